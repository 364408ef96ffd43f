"""Files: what is taken, that it is kept once, and who reads it."""

import io
import stat
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image

from kexie.config import kept_files
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound
from kexie.platform import crypto
from kexie.platform.files import content as contents
from kexie.platform.files import kinds, operations, queries, rules
from kexie.platform.files.models import StoredFile
from tests.foundation.conftest import NOW, build_city, make_account

pytestmark = pytest.mark.django_db
OURS, THEIRS = uuid.uuid4(), uuid.uuid4()


def png(colour="red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(buffer, "PNG")
    return buffer.getvalue()


def xlsx(*, macros: bool = False) -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    if macros:
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"x")
    return buffer.getvalue()


def store(name: str, content: bytes, *, association_id=OURS, actor=None) -> StoredFile:
    upload = SimpleUploadedFile(name, content)
    return operations.store(association_id=association_id, upload=upload, actor=actor, now=NOW)


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    crypto.forget_keys()
    yield tmp_path
    crypto.forget_keys()


@pytest.fixture
def leader() -> Account:
    return make_account(build_city(), "LEADER")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("照片.PNG", png(), "image/png"),
        ("说明.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("名单.xlsx", xlsx(), kinds.KINDS["xlsx"].content_type),
        ("名单.csv", "姓名,单位\n".encode("gb18030"), "text/csv"),
        ("说明.txt", "说明".encode(), "text/plain"),
    ],
)
def test_known_files_are_kept_whole(name, content, content_type):
    stored = store(name, content)
    assert (stored.name, stored.content_type, stored.size) == (name, content_type, len(content))
    path = contents.path_of(stored.digest)
    assert contents.read(stored.digest) == content
    assert path.parent.parent.name == stored.digest[:2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert operations.is_intact(stored)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("程序.exe", b"MZ", "不接受“程序.exe”这种文件"),
        ("页面.html", b"<script>", "不接受"),
        ("图.svg", b"<svg/>", "不接受"),
        ("无后缀", b"x", "不接受"),
        ("空.txt", b"", "空文件"),
        ("照片.png", b"%PDF-1.7\n", "内容与扩展名不符"),
        ("报告.docx", xlsx(), "内容与扩展名不符"),
        ("名单.xlsx", xlsx(macros=True), "内容与扩展名不符"),
        ("名单.xlsx", b"PK\x03\x04 broken", "内容与扩展名不符"),
        ("说明.txt", b"a\x00b", "内容与扩展名不符"),
        ("说明.txt", png(), "内容与扩展名不符"),
    ],
)
def test_other_files_are_refused_with_the_reason(own_home, name, content, message):
    with pytest.raises(kinds.FileRefused, match=message):
        store(name, content)
    assert not (own_home / "files").exists()


def test_a_file_too_large_is_refused_by_its_size(own_home):
    with pytest.raises(kinds.FileRefused, match=r"有20\.1 MB，超过了20 MB的上限"):
        store("大.txt", b"a" * int(20.1 * 1024 * 1024))


def test_the_same_content_is_kept_once_per_association(own_home):
    first, again, theirs = (
        store("一.png", png()),
        store("二.png", png()),
        store("三.png", png(), association_id=THEIRS),
    )
    assert first == again
    assert theirs != first
    assert sum(path.is_file() for path in (own_home / "files").rglob("*")) == 1


SECRET = "热处理工艺参数：920度，保温40分钟。\n".encode()


@pytest.mark.parametrize("times", [1, 2_000, 5_000])
def test_what_lies_on_disk_does_not_hold_the_text(own_home, times):
    text = SECRET * times
    stored = store("工艺.txt", text)
    on_disk = contents.path_of(stored.digest).read_bytes()
    assert SECRET not in on_disk
    assert "热处理".encode() not in on_disk
    with contents.open_clear(stored.digest) as clear:
        assert clear.seek(0, io.SEEK_END) == len(text)
        half = clear.seek(len(text) // 2)
        assert clear.read() == text[half:]
    for key in (own_home / "keys").glob("data-*.key"):
        key.write_text("00" * 32)
    crypto.forget_keys()
    with pytest.raises(crypto.Unreadable):
        contents.read(stored.digest)
    assert not operations.is_intact(stored)


def test_pieces_cannot_be_cut_off_swapped_or_put_into_another_file():
    one, other = (store(f"{name}.txt", (name.encode() + b"\n") * 100_000) for name in ("a", "b"))
    path = contents.path_of(one.digest)
    whole, piece = path.read_bytes(), contents.PIECE + crypto.OVERHEAD
    start = len(contents.MARK)
    first, second, rest = (
        whole[start : start + piece],
        whole[start + piece : start + 2 * piece],
        whole[start + 2 * piece :],
    )
    others = contents.path_of(other.digest).read_bytes()
    for altered in (
        contents.MARK + first + second,
        contents.MARK + second + first + rest,
        whole[:-1],
        whole[: start + 2 * piece + 5],
        whole[: start + 2 * piece + crypto.OVERHEAD],
        contents.MARK,
        others,
    ):
        path.write_bytes(altered)
        with pytest.raises(crypto.Unreadable):
            contents.read(one.digest)
    path.write_bytes(whole)
    assert operations.is_intact(one)


def test_files_in_clear_are_read_and_sealed_and_all_come_under_a_further_key():
    old, new = store("旧.txt", SECRET), store("新.png", png())
    contents.path_of(old.digest).write_bytes(SECRET)
    assert contents.read(old.digest) == SECRET
    assert (kept_files.survey().current, kept_files.survey().renewed) == (1, 1)
    done = kept_files.rewrap()
    assert (done.current, done.renewed, done.unreadable) == (1, 1, 0)
    assert SECRET not in contents.path_of(old.digest).read_bytes()
    crypto.rotate("data")
    assert (kept_files.rewrap().renewed, kept_files.rewrap().current) == (2, 2)
    assert (contents.read(old.digest), contents.read(new.digest)) == (SECRET, png())
    contents.path_of(new.digest).unlink()
    assert kept_files.rewrap().unreadable == 1


def test_a_file_whose_key_is_gone_is_told_as_lost(client, leader):
    stored = store("一.png", png(), actor=leader)
    client.force_login(leader)
    page = reverse("files:show", args=[stored.pk])
    assert b"".join(client.get(page).streaming_content) == png()
    contents.path_of(stored.digest).write_bytes(contents.MARK + b"x" * 40)
    assert client.get(page).status_code == 404


def test_a_changed_file_is_found():
    stored = store("一.png", png())
    path = contents.path_of(stored.digest)
    path.write_bytes(png("blue"))
    assert not operations.is_intact(stored)
    path.unlink()
    assert not operations.is_intact(stored)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\work\\报告.docx", "报告.docx"),
        ("a\r\nb.txt", "a_b.txt"),
        ("gpj.\u202egnp.exe", "gpj._gnp.exe"),
        ("", "file"),
        ("...", "file"),
        ("长" * 200 + ".pdf", "长" * 146 + ".pdf"),
    ],
)
def test_names_are_made_safe(given, safe):
    assert operations.safe_name(given) == safe


def test_a_file_is_read_by_its_uploader_and_through_what_it_belongs_to(leader):
    other = make_account(build_city("亳州市科学技术协会"), "OFFICE")
    stored = store("一.png", png(), actor=leader)
    assert queries.get_for(leader, stored.pk) == stored
    with pytest.raises(NotFound):
        queries.get_for(other, stored.pk)
    rules.register("tests.owner", lambda reader, file: reader == other and file == stored)
    assert queries.get_for(other, stored.pk) == stored
    rules.register("tests.owner", lambda _reader, _file: False)


def test_pictures_are_shown_and_the_rest_is_saved(client, leader):
    client.force_login(leader)
    xlsx_content = xlsx()
    picture, table = store("照片.png", png(), actor=leader), store("名单.xlsx", xlsx_content, actor=leader)
    shown = client.get(reverse("files:show", args=[picture.pk]))
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert set(shown["Cache-Control"].split(", ")) == {"private", "max-age=3600"}
    assert b"".join(shown.streaming_content) == png()
    saved = client.get(reverse("files:show", args=[table.pk]))
    assert saved["Content-Disposition"].startswith("attachment")
    assert b"".join(saved.streaming_content) == xlsx_content


def test_a_stranger_gets_the_same_answer_as_for_a_file_that_is_not_there(client, leader):
    stored = store("照片.png", png(), actor=leader)
    for file_id in (stored.pk, uuid.uuid4()):
        assert client.get(reverse("files:show", args=[file_id])).status_code == 404
