"""Writing records: drafts, confirmation, correction, and what is refused."""

import datetime as dt

import pytest

from kexie.contexts.museums.models import DailyVisits, Hall
from kexie.kernel.ids import uuid7
from kexie.ledger.models import State
from kexie.platform.audit.models import Entry
from tests.workbench.conftest import DAY, Desk, entry, read

NEW = "/work/records/museums.visits/new"
HALLS = "/work/records/museums.halls/"


def url(record: DailyVisits, page: str = "") -> str:
    return f"/work/records/museums.visits/{record.pk}/{page}"


def test_what_is_typed_becomes_a_draft(desk: Desk) -> None:
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    sent = entry(
        unit=str(desk.city.museum.pk), headcount="１，３２０", occurred_on="2026年2月3日", note="　两批研学　"
    )
    page = client.post(NEW, sent)
    saved = DailyVisits.objects.get()
    assert page.status_code == 302
    assert (saved.headcount, saved.occurred_on, saved.note) == (1320, dt.date(2026, 2, 3), "两批研学")
    assert (saved.state, saved.area_id, saved.recorded_by) == (
        State.DRAFT, desk.city.museum.area_id, desk.account("MUSEUM_DESK", desk.city.museum),
    )  # fmt: skip


def test_the_same_form_sent_twice_makes_one_record(desk: Desk) -> None:
    client, pk = desk.client("MUSEUM_DESK", desk.city.museum), uuid7()
    for _again in range(2):
        client.post(NEW, entry(pk, unit=str(desk.city.museum.pk)))
    assert [one.pk for one in DailyVisits.objects.all()] == [pk]


def test_saving_and_confirming_is_one_step_for_who_may(desk: Desk) -> None:
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    client.post(NEW, entry(unit=str(desk.city.museum.pk), then="confirm"))
    assert DailyVisits.objects.get().state == State.CONFIRMED


def test_the_next_form_keeps_unit_and_day(desk: Desk) -> None:
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    page = client.post(NEW, entry(unit=str(desk.city.museum.pk), then="next"), follow=True)
    form = page.context["form"]
    assert form["occurred_on"].value() == "2026-02-03"
    assert form["unit"].value() == str(desk.city.museum.pk)
    assert form["headcount"].value() is None


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"occurred_on": "2026-02-30"}, "occurred_on", "请填写日期，例如 2025-03-01。"),
        ({"occurred_on": ""}, "occurred_on", "这个字段是必填项。"),
        ({"headcount": "三百"}, "headcount", "请填写整数，例如 320。"),
        ({"headcount": "300", "method": ""}, "method", "填写了人次，请选择是怎样计数的。"),
        ({"headcount": "", "method": "GATE"}, "headcount", "选择了计数方法，请填写人次；没有计数就都留空。"),
        (
            {"unit": "没有这个单位", "unit_text": "没有这个单位"},
            "unit",
            "没有找到“没有这个单位”，请从列表中选择。",
        ),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    desk: Desk, change, field, message
) -> None:
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    page = client.post(NEW, entry(**{"unit": str(desk.city.museum.pk), "note": "保留我", **change}))
    assert page.status_code == 422
    assert page.context["form"].errors == {field: [message]}
    assert "保留我" in page.content.decode()
    assert DailyVisits.objects.count() == 0


def test_another_units_record_cannot_be_written(desk: Desk) -> None:
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    page = client.post(NEW, entry(unit=str(desk.museum_b.pk)))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["unit"]


def test_a_draft_is_changed_and_a_confirmed_record_is_not(desk: Desk) -> None:
    draft, client = desk.visits(), desk.client("COORDINATOR")
    version = client.get(url(draft, "edit")).context["version"]
    sent = entry(unit=str(draft.unit_id), headcount="99", version=version)
    assert client.post(url(draft, "edit"), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.headcount == 99
    client.post(url(draft, "confirm"))
    assert client.get(url(draft, "edit")).status_code == 403
    assert client.post(url(draft, "edit"), {**sent, "headcount": "7"}).status_code == 422
    draft.refresh_from_db()
    assert draft.headcount == 99


def test_a_draft_changed_by_somebody_else_meanwhile_is_not_overwritten_unseen(desk: Desk) -> None:
    draft, client = desk.visits(), desk.client("COORDINATOR")
    version = client.get(url(draft, "edit")).context["version"]
    sent = entry(unit=str(draft.unit_id), headcount="99", version=version)
    client.post(url(draft, "edit"), sent)
    page = client.post(url(draft, "edit"), {**sent, "headcount": "7"})
    assert page.status_code == 422
    draft.refresh_from_db()
    assert draft.headcount == 99
    latest = page.context["version"]
    assert client.post(url(draft, "edit"), {**sent, "headcount": "7", "version": latest}).status_code == 302


def test_a_record_is_confirmed_once(desk: Desk) -> None:
    draft, client = desk.visits(), desk.client("COORDINATOR")
    assert client.post(url(draft, "confirm")).status_code == 302
    page = client.post(url(draft, "confirm"))
    assert page.status_code == 422
    assert "刚被别人确认" in page.content.decode()


def test_a_reversal_needs_a_reason_and_leaves_a_trace(desk: Desk) -> None:
    record, client = desk.confirmed(), desk.client("COORDINATOR")
    assert client.post(url(record, "reverse"), {"reason": ""}).status_code == 422
    assert client.post(url(record, "reverse"), {"reason": "重复"}).status_code == 302
    page = client.get(url(record)).content.decode()
    assert "已冲销" in page
    assert "重复" in page


def test_a_correction_reverses_and_confirms_together(desk: Desk) -> None:
    record, client = desk.confirmed(), desk.client("COORDINATOR")
    page = client.get(url(record, "correct"))
    assert page.context["form"]["headcount"].value() == 120
    sent = entry(unit=str(record.unit_id), headcount="12")
    assert client.post(url(record, "correct"), {**sent, "reason": ""}).status_code == 422
    assert DailyVisits.objects.count() == 1
    client.post(url(record, "correct"), {**sent, "reason": "多录一位"})
    record.refresh_from_db()
    other = DailyVisits.objects.exclude(pk=record.pk).get()
    assert (record.state, other.state, other.corrects, other.headcount) == (
        State.REVERSED, State.CONFIRMED, record.pk, 12,
    )  # fmt: skip
    assert f"{other.pk}" in client.get(url(record)).content.decode()


def test_a_draft_is_discarded_and_a_confirmed_record_is_not(desk: Desk) -> None:
    draft, record, client = (
        desk.visits(),
        desk.confirmed(occurred_on=DAY + dt.timedelta(days=1)),
        desk.client("COORDINATOR"),
    )
    assert client.post(url(draft, "discard")).status_code == 302
    assert client.post(url(record, "discard")).status_code == 422
    assert list(DailyVisits.objects.all()) == [record]


def test_whoever_may_not_confirm_is_forbidden_to(desk: Desk) -> None:
    draft, leader = desk.visits(), desk.client("LEADER")
    for page in ("confirm", "reverse", "discard", "edit", "correct", "evidence"):
        assert leader.post(url(draft, page)).status_code == 403, page
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_the_records_page_names_the_figures_it_counts_in(desk: Desk) -> None:
    record = desk.confirmed()
    found = desk.client("COORDINATOR").get(url(record)).context["figures"]
    assert ("museums.visits", 120) in {(one.measure.key, one.adds) for one in found}


def test_an_extraordinary_count_asks_for_a_note_and_takes_it(desk: Desk) -> None:
    record, client = desk.confirmed(headcount=9000), desk.client("COORDINATOR")
    (note,) = client.get(url(record)).context["notes"]
    assert client.post(url(record, f"notes/{note.pk}"), {"answer": ""}).status_code == 422
    assert client.post(url(record, f"notes/{note.pk}"), {"answer": "国庆闸机"}).status_code == 302
    assert "国庆闸机" in client.get(url(record)).content.decode()


def test_evidence_is_kept_and_served_to_who_may_read_the_record(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    record, client = desk.confirmed(), desk.client("COORDINATOR")
    upload = SimpleUploadedFile("签到表.txt", "张三\n李四\n".encode())
    assert client.post(url(record, "evidence"), {"file": upload, "caption": "签到表"}).status_code == 302
    (one,) = client.get(url(record)).context["evidence"]
    assert read(client.get(f"/files/{one.file.pk}/")) == "张三\n李四\n".encode()
    assert read(desk.client("MUSEUM_DESK", desk.city.museum).get(f"/files/{one.file.pk}/"))
    assert desk.client("JUDGE").get(f"/files/{one.file.pk}/").status_code == 404
    assert client.post(url(record, "evidence"), {}).status_code == 422


def test_reference_data_are_edited_with_an_audit_entry_and_never_overwritten_unseen(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    sent = {
        "unit": str(desk.city.museum.pk),
        "name": "球幕影院",
        "use": Hall.Use.values[0],
        "floor": "1",
        "area_m2": "",
        "seats": "120",
    }
    page = client.post(f"{HALLS}new", {**sent, "id": str(uuid7())})
    assert page.status_code == 302, page.context["form"].errors
    hall = Hall.objects.get()
    version = client.get(f"{HALLS}{hall.pk}/edit").context["version"]
    assert (
        client.post(f"{HALLS}{hall.pk}/edit", {**sent, "seats": "130", "version": version}).status_code == 302
    )
    assert (
        client.post(f"{HALLS}{hall.pk}/edit", {**sent, "seats": "90", "version": version}).status_code == 422
    )
    hall.refresh_from_db()
    assert hall.seats == 130
    changes = [one.detail for one in Entry.objects.filter(action="reference.edit")]
    assert changes == [{"seats": ["120", "130"]}]


def test_the_home_page_lists_what_waits_and_what_changed(desk: Desk) -> None:
    desk.visits()
    client = desk.client("COORDINATOR")
    page = client.get("/work/")
    (waiting,) = page.context["to_confirm"]
    assert (str(waiting.label), waiting.count) == ("参观人次日记录", 1) or waiting.count == 1
    client.post(f"{waiting.href.partition('?')[0]}confirm", {"record": [str(DailyVisits.objects.get().pk)]})
    page = client.get("/work/")
    assert page.context["to_confirm"] == []
    assert client.get("/work/museums/").status_code == 200
    assert client.get("/work/no-such/").status_code == 404
