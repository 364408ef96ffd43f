"""Photographs lose what a camera writes into them; what is no photograph is refused with what to do."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kexie.platform.files import pictures
from kexie.platform.files.kinds import FileRefused

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def photo(form="JPEG", size=(60, 40), *, name="现场.jpg", exif=None, mode="RGB", colour="red"):
    buffer = io.BytesIO()
    options = {"exif": exif} if exif else {}
    Image.new(mode, size, colour).save(buffer, form, **options)
    return SimpleUploadedFile(name, buffer.getvalue())


def seen(upload):
    return Image.open(io.BytesIO(pictures.plain(upload).read()))


def test_place_device_and_orientation_are_taken_out_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Huawei"
    exif.get_ifd(GPS)[1] = "N"
    upload = photo(exif=exif)
    assert b"Huawei" in upload.read()
    kept = seen(upload)
    assert (dict(kept.getexif()), kept.size, kept.info.get("comment")) == ({}, (40, 60), None)


def test_a_large_picture_is_made_smaller():
    assert seen(photo(size=(4800, 1200))).size == (2400, 600)


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.PNG"), ("WEBP", "a.webp")])
def test_other_kinds_become_jpeg_on_white(form, name):
    kept = seen(photo(form, name=name, mode="RGBA", colour=(0, 0, 0, 0)))
    assert (kept.format, kept.getpixel((5, 5))) == ("JPEG", (255, 255, 255))


def half():
    whole = photo(size=(800, 800)).read()
    return SimpleUploadedFile("a.jpg", whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("IMG_0001.HEIC", b"\0\0\0\x18ftypheic"), "还不能处理HEIC照片"),
        (SimpleUploadedFile("a.gif", b"GIF89a"), "请选择照片（JPG、PNG 或 WEBP）"),
        (SimpleUploadedFile("无扩展名", b"x"), "请选择照片"),
        (SimpleUploadedFile("a.jpg", b"<script>"), "打不开"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0"), "打不开"),
        (half(), "打不开"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"0" * pictures.MOST_BYTES), "超过10MB"),
        (photo("PNG", size=(12_001, 10_000), name="a.png", mode="1", colour=0), "尺寸太大"),
    ],
)  # fmt: skip
def test_what_is_no_photograph_is_refused_with_what_to_do(upload, said):
    with pytest.raises(FileRefused, match=said):
        pictures.check(upload)
