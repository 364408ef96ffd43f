"""Experts: profile, contact, consents, works, who may be proposed, and the desk's pages."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.matching import facade
from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.operations import experts as operations
from kexie.contexts.matching.operations.common import version_of
from kexie.contexts.matching.operations.experts import ChangedMeanwhile, ExpertRefused, Profile
from kexie.contexts.matching.queries import experts as queries
from kexie.contexts.matching.rules import experts as rules
from kexie.kernel import disciplines
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry
from kexie.platform.matching.ranking import Index, Text
from tests.ledger import build
from tests.matching.conftest import TODAY


def askable(world, today=TODAY):
    return [one.name for one in queries.askable(world.scope, today=today).order_by("name")]


def test_disciplines_have_62_names_and_are_read_as_people_write_them():
    assert len(disciplines.FIRST_LEVEL) == 62
    assert disciplines.parse("畜牧、兽医科学，４６０ 5202040、机械工程") == (["230", "460", "5202040"], [])
    assert disciplines.parse("炼金术、999、46") == ([], ["炼金术", "999", "46"])
    assert disciplines.labels(["460", "5202040"]) == "机械工程、计算机科学技术 5202040"


def test_numbers_of_experts_are_checked():
    assert rules.orcid("https://orcid.org/0000-0002-1825-0097") == "0000-0002-1825-0097"
    assert rules.orcid("000000021694233x") == "0000-0002-1694-233X"
    assert rules.openalex("https://openalex.org/a5023888391") == "A5023888391"
    for wrong in ("0000-0002-1825-0098", "", "12"):
        with pytest.raises(ValueError, match="^" + wrong + "$"):
            rules.orcid(wrong)


def test_contact_is_encrypted_masked_and_opened_for_a_reason_that_is_kept(world, by, enter):
    one = enter(phone="１３８ 0013 8000", email="Wang@Example.ORG")
    kept = Expert.objects.get(pk=one.pk)
    assert b"13800138000" not in bytes(kept.phone)
    assert (kept.masked_phone, kept.masked_email) == ("138****8000", "w***@example.org")
    with pytest.raises(ExpertRefused) as refused:
        operations.reveal_contact(expert_id=one.pk, field="phone", reason=" ", **by)
    assert set(refused.value.fields) == {"reason"}
    assert (
        operations.reveal_contact(expert_id=one.pk, field="phone", reason="邀请到厂", **by) == "13800138000"
    )
    entry = Entry.objects.get(action="matching.reveal_expert")
    assert (entry.reason, entry.detail, entry.subject_id) == ("邀请到厂", {"field": "phone"}, str(one.pk))
    assert not any("13800138000" in str(row.detail) for row in Entry.objects.all())
    operations.change_contact(expert_id=one.pk, phone="", email="", **by)
    kept.refresh_from_db()
    assert (kept.phone, kept.phone_digest, kept.masked_phone) == (None, "", "")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("phone", {"phone": "电话"}),
        ("email", {"email": "没有"}),
        ("orcid", {"orcid": "0000-0002-1825-0098"}),
        ("openalex", {"openalex": "W1"}),
    ],
)
def test_wrong_numbers_are_refused_beside_their_field(enter, field, given):
    with pytest.raises(UserError) as refused:
        enter(**given)
    assert set(refused.value.fields) == {field}


def test_an_orcid_belongs_to_one_expert(enter):
    enter(orcid="0000-0002-1825-0097")
    with pytest.raises(ValidationError):
        enter("李清越", orcid="0000000218250097")


def test_experts_from_overseas_have_no_employer_and_no_region(world, by, enter):
    with pytest.raises(ValidationError):
        enter(is_home=True, employer="某国大学")
    one = enter(is_home=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expert.objects.filter(pk=one.pk).update(region="海外")
    assert askable(world) == []
    operations.change(expert_id=one.pk, profile=Profile(name="王知远", is_home=True, cleared_on=TODAY), **by)
    assert askable(world) == ["王知远"]


def test_only_who_agreed_is_here_and_takes_invitations_is_proposed(world, by, enter):
    enter("没同意", agreed=False)
    enter("正忙", availability="AWAY")
    enter("忙到五月", availability="AWAY", away_until=dt.date(2025, 5, 31))
    enter("忙到今天", availability="AWAY", away_until=TODAY)
    gone = enter("退出的")
    changed = enter("反悔的")
    enter("可以")
    operations.withdraw(expert_id=gone.pk, on=TODAY, reason="退休", **by)
    facts.withdraw_consent(expert_id=changed.pk, use="RECOMMEND", on=TODAY, **by)
    assert askable(world) == ["可以", "忙到五月"]
    operations.restore(expert_id=gone.pk, **by)
    facts.give_consent(expert_id=changed.pk, use="RECOMMEND", basis="PHONE", on=TODAY, **by)
    assert askable(world) == ["反悔的", "可以", "忙到五月", "退出的"]
    assert [one.withdrawn_on for one in queries.consents(changed)].count(None) == 1


def test_consents_are_dated_and_stand_once(world, by, enter):
    one = enter()
    again = facts.give_consent(expert_id=one.pk, use="RECOMMEND", basis="PHONE", on=TODAY, **by)
    assert (again.basis, ExpertConsent.objects.count()) == ("PAPER", 1)
    with pytest.raises(UserError):
        facts.give_consent(
            expert_id=one.pk, use="NOTICE", basis="PAPER", on=TODAY + dt.timedelta(days=2), **by
        )
    with pytest.raises(UserError):
        facts.withdraw_consent(expert_id=one.pk, use="RECOMMEND", on=TODAY - dt.timedelta(days=1), **by)
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpertConsent.objects.bulk_create([again])


def test_two_people_changing_one_profile_are_told(by, enter):
    one = enter(employer="淮颍大学")
    seen = version_of(Expert.objects.get(pk=one.pk))
    operations.change(expert_id=one.pk, profile=Profile(name="王知远", title="教授"), seen=seen, **by)
    with pytest.raises(ChangedMeanwhile):
        operations.change(expert_id=one.pk, profile=Profile(name="王知远"), seen=seen, **by)
    assert Entry.objects.get(action="matching.change_expert").detail == {"fields": ["employer", "title"]}


def test_another_association_and_another_unit_see_nobody(world, by, enter):
    one = enter()
    other = build.world("另一市科协")
    for scope in (
        other.scope,
        Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,)),
    ):
        assert list(queries.register(scope)) == []
        with pytest.raises(NotFound):
            operations.verify(expert_id=one.pk, on=TODAY, **{**by, "scope": scope})


def test_works_rank_experts_with_the_phrases_that_speak_for_them(world, by, enter):
    welder, cook = enter("焊接专家", skills="焊缝跟踪"), enter("食品专家", skills="面制品抗老化")
    facts.add_work(expert_id=welder.pk, kind="CASE", title="薄板焊缝跟踪现场诊断", year=2023, **by)
    facts.add_work(expert_id=cook.pk, kind="PAPER", title="馒头老化机理", source_id="10.1/x", **by)
    found = facade.askable_experts(world.scope, today=TODAY)
    assert [(one.name, len(one.documents)) for one in found] == [("焊接专家", 2), ("食品专家", 2)]
    ranked = Index({str(one.id): one.documents for one in found}).rank(Text(title="机器人焊缝跟踪不准"))
    assert ranked[0].id == str(welder.pk)
    assert "焊缝跟踪" in ranked[0].reasons[0].phrases


def test_a_work_stands_once_by_its_number_and_goes_with_a_trace(by, enter):
    one = enter()
    work = facts.add_work(expert_id=one.pk, kind="PAPER", title="馒头老化机理", source_id="10.1/x", **by)
    with pytest.raises(ValidationError):
        facts.add_work(expert_id=one.pk, kind="PAPER", title="别的", source_id="10.1/x", **by)
    facts.remove_work(work_id=work.pk, **by)
    assert not ExpertWork.objects.exists()
    assert Entry.objects.get(action="matching.remove_work").detail["title"] == "馒头老化机理"


def counted(staff):
    """Return how many rows the list shows, and in how many queries."""
    with CaptureQueriesContext(connection) as seen:
        page = staff.get("/work/experts/")
    return len(names(page)), len(seen)


def test_the_list_takes_equally_many_queries(staff, enter):
    enter(disciplines=["460"])
    staff.get("/work/experts/")
    one = counted(staff)
    enter("李清越", disciplines=["460"])
    enter("张听澜")
    assert (one[0], counted(staff)) == (1, (3, one[1]))


def names(response):
    return [row.cells[0].value for row in response.context["table"].rows]


def test_the_list_is_filtered_sorted_and_taken_out_without_contact(staff, by, enter):
    enter("甲", disciplines=["46020", "550"], phone="13800138000")
    enter("乙", disciplines=["550"], agreed=False)
    gone = enter("丙")
    operations.withdraw(expert_id=gone.pk, on=TODAY, reason="退休", **by)
    ask = lambda query: names(staff.get(f"/work/experts/?{query}"))  # noqa: E731 - one line, many times
    assert ask("discipline=460") == ["甲"]
    assert sorted(ask("discipline=550")) == ["乙", "甲"]
    assert ask("standing=CONSENT") == ["乙"]
    assert ask("standing=WITHDRAWN") == ["丙"]
    assert ask("fresh=FRESH") == []
    assert ask("q=甲") == ["甲"]
    assert ask("kind=HOME") == []
    sheet = load_workbook(io.BytesIO(b"".join(staff.get("/work/experts/?export=1")))).active
    assert not any("138" in str(cell.value) for row in sheet for cell in row)


def test_an_expert_is_entered_changed_and_opened_in_the_browser(staff):
    sent = {
        "name": "王知远", "employer": "淮颍大学", "disciplines": "机械工程、炼金术", "availability": "OPEN",
        "most_requests": "３", "phone": "13800138000",
    }  # fmt: skip
    refused = staff.post("/work/experts/new/", sent)
    assert refused.status_code == 422
    assert "没有这些学科：炼金术" in refused.content.decode()
    made = staff.post("/work/experts/new/", {**sent, "disciplines": "机械工程 430"})
    one = Expert.objects.get()
    assert (made.url, one.disciplines, one.most_requests) == (f"/work/experts/{one.pk}/", ["460", "430"], 3)
    page = staff.get(made.url)
    assert "138****8000" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    opened = staff.post(f"{made.url}reveal/", {"field": "phone", "reason": "邀请"}).content.decode()
    assert "13800138000" in opened
    assert "13800138000" not in staff.get(made.url).content.decode()
    assert staff.post(f"{made.url}reveal/", {"field": "phone", "reason": ""}).status_code == 422


def test_a_stale_form_is_refused_once_and_then_goes_through(staff, by, enter):
    one = enter()
    form = staff.get(f"/work/experts/{one.pk}/edit/").context["form"]
    sent = {
        "name": "王知远", "availability": "OPEN", "most_requests": "2", "seen": form["seen"].value()
    }  # fmt: skip
    operations.change(expert_id=one.pk, profile=Profile(name="王知近"), **by)
    stale = staff.post(f"/work/experts/{one.pk}/edit/", sent)
    assert stale.status_code == 422
    assert "别人修改了这位专家" in stale.content.decode()
    again = {**sent, "seen": stale.context["form"]["seen"].value()}
    assert staff.post(f"/work/experts/{one.pk}/edit/", again).status_code == 302
    assert Expert.objects.get().name == "王知远"


def test_works_consents_and_withdrawal_on_the_page(staff, enter):
    one = enter(agreed=False)
    url = f"/work/experts/{one.pk}/"
    do = lambda **data: staff.post(url, data)  # noqa: E731 - one line, many times
    assert do(act="work", kind="CASE", title="焊缝跟踪", year="２０２３").status_code == 302
    assert do(act="work", kind="CASE", title="焊缝跟踪", year="今年").status_code == 422
    assert do(act="consent", use="PUBLIC", basis="SELF", on="2025-07-01").status_code == 422
    assert do(act="consent", use="PUBLIC", basis="PAPER", on="2025年7月1日").status_code == 302
    assert do(act="verify", on="2025-07-01").status_code == 302
    assert do(act="drop_work", row=ExpertWork.objects.get().pk).status_code == 302
    assert do(act="withdraw", on="2025-07-01", reason="").status_code == 422
    assert do(act="withdraw", on="2025-07-01", reason="本人提出").status_code == 302
    page = staff.get(url).content.decode()
    assert "本人提出" in page
    assert do(act="work", kind="CASE", title="晚了").status_code == 302
    assert not ExpertWork.objects.exists()
    assert do(act="restore").status_code == 302
    assert Expert.objects.get().withdrawn_on is None
