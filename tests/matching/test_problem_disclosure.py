"""Of a problem the title is for everybody, the summary for verified experts, the rest for who undertook to keep it: channel by channel."""

import io
import logging
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers import serialize
from openpyxl import load_workbook

from kexie.contexts.matching.models import (
    Invitation,
    Problem,
    ProblemFile,
    ProblemStage,
    ProblemText,
    TextOpening,
    Undertaking,
)
from kexie.contexts.matching.operations import disclosure as operations
from kexie.contexts.matching.operations import experts, invitations, problems, vectors
from kexie.contexts.matching.operations.disclosure import NotDisclosed, UndertakingRefused
from kexie.contexts.matching.operations.problems import Posting
from kexie.contexts.matching.queries import disclosure as queries
from kexie.contexts.matching.queries.disclosure import Viewer
from kexie.contexts.matching.rules.disclosure import CURRENT, Disclosed, for_expert
from kexie.foundation.access import operations as access
from kexie.kernel.errors import Forbidden, NotFound
from kexie.platform.audit.models import Entry
from kexie.platform.files.models import StoredFile
from kexie.platform.matching.endpoint import Endpoint
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.conftest import TODAY
from tests.matching.test_problems import _at, firm, firm_by  # noqa: F401 - fixtures

NOW = build.NOW
SECRET, SUMMARY = "琥珀配方七号", "压铸后加工面露出气孔，废品率百分之八。"


@pytest.fixture
def posted(firm, firm_by):  # noqa: F811
    posting = Posting(name="铝压铸件内部气孔超标", summary=SUMMARY, confidentiality="AGREEMENT", full=SECRET)
    return problems.post(posting=posting, firm=firm, **firm_by)


@pytest.fixture
def firm_views(firm_by):  # noqa: F811
    return Viewer(account=firm_by["actor"], scope=firm_by["scope"])


@pytest.fixture
def paper(posted, firm_views, firm_by):  # noqa: F811
    drawing = SimpleUploadedFile("drawing.pdf", b"%PDF-1.4\n" + SECRET.encode())
    return operations.attach(
        problem=posted, upload=drawing, viewer=firm_views, actor=firm_by["actor"], now=NOW
    )


@pytest.fixture
def invited(posted, enter, by):
    problems.accept(problem_id=posted.pk, on=TODAY, **by)
    one = enter("甲")
    (made,) = invitations.invite(problem_id=posted.pk, expert_ids=[one.pk], **by)
    return made


def says(response) -> str:
    return response.content.decode()


def test_what_an_expert_may_read():
    assert {
        (level, verified): for_expert(level, is_verified=verified, undertook=False)
        for level in ("PUBLIC", "VERIFIED", "AGREEMENT")
        for verified in (False, True)
    } == {
        ("PUBLIC", False): Disclosed.SUMMARY, ("PUBLIC", True): Disclosed.SUMMARY,
        ("VERIFIED", False): Disclosed.TITLE, ("VERIFIED", True): Disclosed.SUMMARY,
        ("AGREEMENT", False): Disclosed.TITLE, ("AGREEMENT", True): Disclosed.TITLE,
    }  # fmt: skip
    assert for_expert("AGREEMENT", is_verified=False, undertook=True) == Disclosed.FULL


def test_the_text_is_kept_sealed_and_opened_by_name(posted, firm_views, by, world):
    kept = ProblemText.objects.get()
    assert SECRET.encode() not in bytes(kept.sealed)
    assert operations.open_text(problem=posted, viewer=firm_views, now=NOW) == SECRET
    mine = Viewer(account=world.account, scope=world.scope)
    with pytest.raises(NotDisclosed):
        operations.open_text(problem=posted, viewer=mine, now=NOW)
    with pytest.raises(UndertakingRefused):
        operations.undertake(problem_id=posted.pk, agrees=False, **by)
    given = operations.undertake(problem_id=posted.pk, agrees=True, **by)
    assert (given.wording, given.how, given.account) == (CURRENT, "ONLINE", world.account)
    assert operations.open_text(problem=posted, viewer=mine, now=NOW) == SECRET
    assert [one.who for one in TextOpening.objects.order_by("pk")] == ["周厂长", str(world.account)]
    assert Entry.objects.filter(action="matching.open_problem_text").count() == 2


def test_who_ends_an_undertaking_closes_the_text(posted, firm_by, by, world):  # noqa: F811
    given = operations.undertake(problem_id=posted.pk, agrees=True, **by)
    with pytest.raises(UndertakingRefused):
        operations.end(undertaking_id=given.pk, reason=" ", **firm_by)
    operations.end(undertaking_id=given.pk, reason="合作结束", **firm_by)
    mine = Viewer(account=world.account, scope=world.scope)
    assert queries.disclosed(posted, mine) == Disclosed.SUMMARY
    with pytest.raises(UndertakingRefused, match="企业"):
        operations.undertake(problem_id=posted.pk, agrees=True, **by)
    with pytest.raises(NotFound):
        operations.end(undertaking_id=given.pk, reason="再一次", **firm_by)


def test_nobody_overwrites_what_they_were_not_shown(posted, by, firm_by, firm_views):  # noqa: F811
    changed = Posting(name=posted.name, summary=SUMMARY, full="改写")
    with pytest.raises(Forbidden):
        problems.change(problem_id=posted.pk, posting=changed, **by)
    problems.change(problem_id=posted.pk, posting=Posting(name=posted.name, summary=SUMMARY), **by)
    assert operations.open_text(problem=posted, viewer=firm_views, now=NOW) == SECRET
    problems.change(problem_id=posted.pk, posting=changed, **firm_by)
    assert (ProblemText.objects.get().version, ProblemText.objects.get().open()) == (2, "改写")


def test_page_by_link(client, posted, paper, invited, by):
    page, file = f"/invitations/{invited.code}/", f"/invitations/{invited.code}/files/{paper.pk}/"
    hidden = says(client.get(page))
    assert posted.name in hidden
    assert not {SUMMARY, SECRET, paper.file.name} & {
        word for word in (SUMMARY, SECRET, paper.file.name) if word in hidden
    }
    assert client.post(page, {"act": "open"}).status_code == 403
    experts.verify(expert_id=invited.expert_id, on=NOW.date(), **by)
    assert SUMMARY not in says(client.get(page))
    client.post(page, {"act": "accept"})
    assert client.get(file).status_code == 404
    client.post(page, {"act": "undertake", "undertakes": "on"})
    shown = says(client.get(page))
    assert SUMMARY in shown
    assert paper.file.name in shown
    assert SECRET not in shown
    opened = client.post(page, {"act": "open"})
    assert SECRET in says(opened)
    assert "no-store" in opened["Cache-Control"]
    assert SECRET.encode() in b"".join(client.get(file).streaming_content)
    assert [one.expert for one in TextOpening.objects.all()] == [invited.expert] * 2
    invitations.withdraw(invitation_id=invited.pk, reason="企业改了计划", **by)
    assert client.post(page, {"act": "open"}).status_code == 403
    assert client.get(file).status_code == 404
    assert Undertaking.objects.get().withdrawn_why == "企业改了计划"


def test_a_closed_undertaking_is_not_given_again_by_the_link(invited, firm_by):  # noqa: F811
    invitations.accept(code=invited.code, undertakes=True, now=NOW)
    operations.end(undertaking_id=Undertaking.objects.get().pk, reason="资料有误", **firm_by)
    with pytest.raises(UndertakingRefused):
        invitations.accept(code=invited.code, undertakes=True, now=NOW)
    found = Invitation.objects.select_related("problem", "expert").get(pk=invited.pk)
    assert queries.disclosed(found.problem, Viewer(invitation=found)) == Disclosed.TITLE


def test_desk_pages(staff, posted, paper, invited):
    page = f"/work/problems/{posted.pk}/"
    every = (
        page, "/work/problems/", f"{page}edit/", f"{page}experts/", f"/work/problems/for-expert/{invited.expert_id}/",
        "/work/records/matching.problems/", f"/work/records/matching.problems/{posted.pk}/",
    )  # fmt: skip
    for address in every:
        answer = staff.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in says(answer), address
        assert paper.file.name not in says(answer), address
    assert staff.post(f"{page}text/").status_code == 403
    assert staff.get(f"{page}files/{paper.pk}/").status_code == 403
    assert staff.get(f"/files/{paper.file_id}/").status_code == 404
    assert staff.post(page, {"act": "undertake"}).status_code == 422
    assert staff.post(page, {"act": "undertake", "agrees": "on"}).status_code == 302
    assert SECRET in says(staff.post(f"{page}text/"))
    assert SECRET not in says(staff.get(f"{page}text/", follow=True))
    assert SECRET.encode() in b"".join(staff.get(f"{page}files/{paper.pk}/").streaming_content)


def test_an_experts_account_at_the_desk(client, world, posted, enter, by):
    account, _password = access.create_account(
        association=world.association, username="expert", display_name="王教授", unit=world.association, person=None,
        actor=None, now=NOW,
    )  # fmt: skip
    account.must_change_password = False
    account.save()
    access.grant(account=account, role="EXPERT", unit=world.association, actor=None, now=NOW)
    client.force_login(account)
    page = f"/work/problems/{posted.pk}/"
    assert SUMMARY not in says(client.get(page))
    assert SUMMARY not in says(client.get(f"/work/records/matching.problems/{posted.pk}/"))
    assert client.get(f"{page}experts/").status_code == 403
    assert client.post(f"{page}text/").status_code == 403
    # What may not be read cannot be guessed at by searching for it either.
    assert posted.number not in says(client.get("/work/problems/?q=废品率"))
    assert posted.number in says(client.get("/work/problems/?q=铝压铸件"))
    expert = enter("王教授")
    expert.account = account
    expert.save()
    experts.verify(expert_id=expert.pk, on=NOW.date(), **by)
    Problem.objects.update(confidentiality="VERIFIED")
    assert SUMMARY in says(client.get(page))


def test_search_and_export(staff, posted, paper):
    assert posted.number not in says(staff.get(f"/work/problems/?q={SECRET}"))
    for address in ("/work/problems/?export=1", "/work/records/matching.problems/export.xlsx"):
        answer = staff.get(address)
        assert answer.status_code == 200, address
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        words = [str(cell.value) for sheet in book for row in sheet for cell in row]
        assert any(posted.name in word for word in words)
        assert not any(SECRET in word for word in words)


def test_log(caplog, posted, paper, firm_views, by):
    with caplog.at_level(logging.DEBUG):
        operations.undertake(problem_id=posted.pk, agrees=True, **by)
        operations.open_text(problem=posted, viewer=firm_views, now=NOW)
        problems.change(
            problem_id=posted.pk, posting=Posting(name=posted.name, summary=SUMMARY, full=SECRET + "改"), **by
        )
    kept = serialize("json", Entry.objects.all())
    assert "matching.write_problem_text" in kept
    assert SECRET not in kept + caplog.text + repr(Posting(name="", summary="", full=SECRET))
    assert paper.file.name not in serialize("json", Entry.objects.filter(action__startswith="matching"))


def test_notices_and_public_pages(client, posted, invited, by):
    Problem.objects.update(confidentiality="PUBLIC")
    problems.move(problem_id=posted.pk, stage="PUBLISHED", on=TODAY, **by)
    for notice in Notice.objects.all():
        assert SECRET not in str(notice.__dict__)
    for address in ("/services/", "/en/services/", "/api/v1/openapi.json", f"/search/?q={SECRET}"):
        assert SECRET not in says(client.get(address, follow=True)), address


def test_embedding_requests(posted, paper, monkeypatch):
    asked: list[str] = []

    def embed(self, texts):
        asked.extend(texts)
        raise vectors.NoVectors("noted")

    monkeypatch.setattr(Endpoint, "embed", embed)
    monkeypatch.setattr(vectors, "endpoint", lambda: Endpoint("http://127.0.0.1:9/v1", "small"))
    vectors.refresh_all(now=NOW, pauses=())
    assert any(posted.name in text for text in asked)
    assert not any(SECRET in text or SUMMARY in text for text in asked)


def test_an_undertaking_is_a_persons_under_whatever_entry(posted, enter, by):
    one, other, stranger = enter("甲"), enter("甲（另一份）"), enter("乙")
    operations.record_paper(problem_id=posted.pk, expert=other, **by)
    other.merged_into = one
    other.save()
    standing = {entry.name: queries.standing_of(posted, entry).exists() for entry in (one, other, stranger)}
    assert standing == {"甲": True, "甲（另一份）": True, "乙": False}


def test_papers_are_sealed_on_disk(paper, settings):
    kept = [path for path in (Path(settings.KEXIE_HOME) / "files").rglob("*") if path.is_file()]
    assert paper.file.digest in {path.name for path in kept}
    assert [path for path in kept if SECRET.encode() in path.read_bytes()] == []


def test_every_other_table_knows_nothing(posted, paper, invited):
    rows = [
        *Problem.objects.all(),
        *ProblemStage.objects.all(),
        *ProblemFile.objects.all(),
        *StoredFile.objects.all(),
    ]
    assert SECRET not in serialize("json", rows)
