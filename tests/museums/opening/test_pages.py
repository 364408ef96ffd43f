"""The desk's pages of opening: what they show, what they refuse, what they cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kexie.contexts.museums.models import (
    BookingRules,
    ClosedDay,
    Museum,
    MuseumStage,
    Show,
    Slot,
    SlotChange,
    SlotPattern,
)
from kexie.contexts.museums.operations import generation, patterns
from kexie.ledger import operations as ledger
from kexie.ledger.models import Series
from kexie.platform.capacity.models import Offer, Pool, Reservation
from kexie.platform.tasks import run_pending
from tests.architecture.access_rows import World
from tests.architecture.access_rows.museum_desk import museum
from tests.architecture.access_rows.opening import show
from tests.museums.opening.build import Place

pytestmark = pytest.mark.django_db


class Desk(Place):
    """The desk of an open museum, today and not in a fixed year: pages know what day it is."""

    def __init__(self) -> None:
        self.matrix = World()
        super().__init__(self.matrix)
        self.client = Client()
        self.client.force_login(self.actor)
        one = self.museum
        Museum.objects.filter(pk=one.pk).update(
            opens_at=dt.time(9),
            closes_at=dt.time(16, 30),
            open_weekdays="1234567",
            daily_cap=400,
            instant_cap=150,
        )
        record = MuseumStage(**self.own(museum=one, stage="OPEN", occurred_on=dt.date(2024, 1, 1)))
        scope = generation.Scope(association_id=one.association_id)
        ledger.draft(record=record, actor=self.actor, now=timezone.now(), scope=scope)
        ledger.confirm(records=[record], actor=self.actor, now=timezone.now(), scope=scope)
        one.refresh_from_db()

    @property
    def museum(self):
        return museum(self.matrix)

    @property
    def actor(self):
        return self.matrix.account("MUSEUM_DESK", self.matrix.museum)

    @property
    def day(self):
        return timezone.localdate() + dt.timedelta(days=2)

    def url(self, path):
        return f"/work/museum/{self.museum.unit.code}/{path}"

    def get(self, path, status=200):
        response = self.client.get(self.url(path))
        assert response.status_code == status
        return response.content.decode()

    def post(self, path, data=None, status=302):
        response = self.client.post(self.url(path), data or {})
        assert response.status_code == status, response.content.decode()[:2000]
        return response.headers["Location"] if status == 302 else response.content.decode()

    def arrange(self):
        patterns.propose(museum=self.museum, actor=self.actor, now=timezone.now())


@pytest.fixture
def desk(db):
    return Desk()


def test_a_museum_without_patterns_takes_two_half_days_in_one_click(desk):
    assert "采用这两个半天" in desk.get("slots/patterns/")
    assert "还没有时段安排" in desk.get("slots/")
    desk.post("slots/patterns/propose/")
    assert SlotPattern.objects.count() == 2
    assert "上午" in desk.get("slots/")


GOOD = {
    "name": "上午", "weekdays": ["6", "7"], "day_kind": "ANY", "starts_at": "9：00", "last_entry_at": "11:30", "ends_at": "12:00",
    "capacity": "１２０", "group": "30", "valid_from": "2026年1月1日",
}  # fmt: skip


def test_a_pattern_is_entered_as_people_type(desk):
    desk.post("slots/patterns/add/", GOOD)
    found = SlotPattern.objects.get()
    assert (found.weekdays, found.capacity, found.group, found.starts_at) == ("67", 120, 30, dt.time(9))
    assert 'value="120"' in desk.get(f"slots/patterns/{found.pk}/")
    assert "副本" in desk.get(f"slots/patterns/add/?copy={found.pk}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends_at": "8:00"}, "结束时间应晚于开始时间。"),
        ({"last_entry_at": "13:00"}, "停止入场时间应晚于开始、不晚于结束时间。"),
        ({"group": "999"}, "不能多于总名额 120。"),
        ({"capacity": "很多"}, "请填写整数，例如 120。"),
        ({"capacity": ""}, "请填写总名额。"),
        ({"weekdays": []}, "请选择星期。"),
        ({"starts_at": "25:99"}, "请填写时间，例如 9:30。"),
        ({"valid_to": "2025-01-01"}, "截止日期不能早于起始日期。"),
    ],
)
def test_a_wrong_pattern_is_told_beside_the_field_and_kept(desk, wrong, said):
    page = desk.post("slots/patterns/add/", {**GOOD, **wrong}, 422)
    assert page.count(said) == 2  # above the form, and beside the field
    assert 'value="上午"' in page
    assert "<title>错误：" in page
    assert "错误：错误：" not in page
    assert not SlotPattern.objects.exists()


def test_changing_many_is_previewed_and_done(desk):
    desk.arrange()
    desk.take(desk.slots(offer__day=desk.day).first(), 30)
    given = {
        "since": desk.day.isoformat(), "until": desk.day.isoformat(), "weekdays": list("1234567"), "change": "PLACES",
        "capacity": "20", "policy": "REFUSE",
    }  # fmt: skip
    response = desk.client.get(desk.url("slots/change/"), {**given, "preview": "1"})
    assert "有人受影响，按“有人受影响就不改”不会执行" in response.content.decode()
    assert "有30人已预约" in desk.post("slots/change/", {**given, "seen": "30"}, 422)
    desk.post("slots/change/", {**given, "policy": "KEEP"}, 409)  # nobody has looked
    there = desk.post("slots/change/", {**given, "policy": "KEEP", "seen": "30"})
    change = SlotChange.objects.get()
    assert there == desk.url(f"slots/changes/{change.pk}/")
    assert "撤销这次调整" in desk.get(f"slots/changes/{change.pk}/")
    desk.post(f"slots/changes/{change.pk}/undo/")
    assert set(Pool.objects.filter(channel="").exclude(offer=None).values_list("wanted", flat=True)) == {200}
    assert "已撤销" in desk.get("slots/changes/")


def test_a_slot_is_given_out_by_lot_from_the_page(desk):
    desk.arrange()
    given = {
        "since": desk.day.isoformat(), "until": desk.day.isoformat(), "weekdays": list("1234567"), "change": "ALLOT",
        "allotment": "DRAW", "seen": "0",
    }  # fmt: skip
    Offer.objects.filter(day=desk.day).update(opens_at=timezone.now() + dt.timedelta(hours=1))
    page = desk.client.get(desk.url("slots/change/"), {**given, "preview": "1"}).content.decode()
    assert "改名额分配（抽签或先到先得）：抽签" in page
    desk.post("slots/change/", given)
    assert set(Slot.objects.filter(offer__day=desk.day).values_list("allotment", flat=True)) == {"DRAW"}
    assert " · 抽签" in desk.get(f"slots/?since={desk.day}&until={desk.day}")


def test_a_large_change_is_done_by_the_task(desk, monkeypatch):
    monkeypatch.setattr("kexie.contexts.museums.operations.slot_changes.AT_ONCE", 1)
    desk.arrange()
    given = {
        "since": desk.day.isoformat(), "until": desk.day.isoformat(), "weekdays": list("1234567"), "change": "CLOSE", "seen": "0",
    }  # fmt: skip
    desk.post("slots/change/", given)
    change = SlotChange.objects.get()
    assert "正在执行" in desk.get(f"slots/changes/{change.pk}/")
    run_pending()
    change.refresh_from_db()
    assert (change.state, change.done) == ("DONE", 2)
    assert set(Offer.objects.filter(day=desk.day).values_list("state", flat=True)) == {"CLOSED"}


def test_a_change_without_its_values_is_told(desk):
    response = desk.client.get(
        desk.url("slots/change/"),
        {"preview": "1", "since": "x", "until": desk.day.isoformat(), "change": "TIMES"},
    )
    page = response.content.decode()
    assert (
        response.status_code,
        page.count("请填写日期，例如 2025-03-01。"),
        "请填写这个时间。" in page,
    ) == (422, 2, True)


def test_a_day_closes_with_a_preview_and_opens_again(desk):
    desk.arrange()
    desk.take(desk.slots(offer__day=desk.day).first(), 3)
    where = f"calendar/{desk.day.isoformat()}/"
    assert "请选择原因。" in desk.get(f"{where}close/", 422)
    page = desk.client.get(
        desk.url(f"{where}close/"), {"reason": "POWER", "policy": "CANCEL", "notice": ""}
    ).content.decode()
    assert "3 人会受影响" in re.sub("<[^>]+>", "", page)
    desk.post(f"{where}close/", {"reason": "POWER", "policy": "CANCEL", "notice": "", "seen": "3"})
    assert ClosedDay.objects.get().state == "DRAFT"
    assert "停水停电" in desk.get(where)
    assert "停水停电" in desk.get(f"calendar/?month={desk.day:%Y-%m}")
    desk.post(f"{where}reopen/")
    assert set(Offer.objects.filter(day=desk.day).values_list("state", flat=True)) == {"OPEN"}


def moved(desk, taken, where):
    """Assert that those of a reservation now have places in another slot."""
    one = Reservation.objects.get(moved_from_id=taken.pk)
    assert (one.offer_id, one.size, one.state) == (where.offer_id, taken.size, "CONFIRMED")


def test_those_booked_are_moved_when_many_slots_are_cancelled(desk):
    desk.arrange()
    first, other = desk.slots(offer__day=desk.day)
    taken = desk.take(first, 3)
    given = {
        "since": desk.day.isoformat(), "until": desk.day.isoformat(), "until_time": f"{timezone.localtime(first.offer.starts_at):%H:%M}",
        "change": "CANCEL", "policy": "MOVE", "targets": [str(other.pk)], "notice": "设备检修",
    }  # fmt: skip
    preview = desk.client.get(desk.url("slots/change/"), {**given, "preview": "1"})
    assert (preview.status_code, "3" in re.sub("<[^>]+>", "", preview.content.decode())) == (200, True)
    again = desk.client.get(desk.url("slots/change/"), given).content.decode()
    assert re.search(rf'value="{other.pk}"[^>]*checked', again)  # what was chosen is kept when going back
    desk.post("slots/change/", {**given, "seen": "3"})
    moved(desk, taken, other)


def test_those_booked_are_moved_when_a_day_is_closed(desk):
    desk.arrange()
    taken = desk.take(desk.slots(offer__day=desk.day).first(), 3)
    later = desk.slots(offer__day=desk.day + dt.timedelta(days=1)).first()
    given = {"reason": "POWER", "policy": "MOVE", "targets": [str(later.pk)], "notice": "", "seen": "3"}
    assert "targets" in desk.post(f"calendar/{desk.day}/close/", {**given, "targets": ["x"]}, 422)
    assert not ClosedDay.objects.exists()
    desk.post(f"calendar/{desk.day}/close/", given)
    moved(desk, taken, later)


def test_a_seat_at_a_show_does_not_become_a_place_in_the_museum(desk):
    desk.arrange()
    desk.post("shows/add/", session_data(desk))
    seat = desk.take(Slot.objects.get(kind="SHOW"), 2)
    later = desk.slots(offer__day=desk.day + dt.timedelta(days=1)).filter(kind="ENTRY").first()
    given = {"reason": "POWER", "policy": "MOVE", "targets": [str(later.pk)], "notice": "", "seen": "2"}
    preview = desk.client.get(desk.url(f"calendar/{desk.day}/close/"), given).content.decode()
    assert preview.count("所选时段不是同类，取消预约并通知") == 1
    desk.post(f"calendar/{desk.day}/close/", given)
    seat.refresh_from_db()
    assert (seat.state, Reservation.objects.filter(moved_from_id=seat.pk).exists()) == ("CANCELLED", False)


def test_who_saw_a_show_coming_is_moved_to_another_session_of_it_when_the_day_is_closed(desk):
    desk.arrange()
    next_day = desk.day + dt.timedelta(days=1)
    given = session_data(desk)
    for changed in ({}, {"day": next_day.isoformat(), "starts_at": "14:00"}):
        desk.post("shows/add/", {**given, **changed})
    first, later = Slot.objects.filter(kind="SHOW").order_by("offer__starts_at")
    other = Series.objects.create(
        association=desk.museum.association, kind="SHOW", name="天象秀", unit=desk.museum.unit
    )
    seat = desk.take(first, 2)
    where = f"calendar/{desk.day}/"
    page = desk.get(where)
    assert (f'value="{later.pk}"' in page, f'value="{first.pk}"' in page) == (True, False)
    given = {"reason": "POWER", "policy": "MOVE", "targets": [str(later.pk)], "notice": "", "seen": "2"}
    Slot.objects.filter(pk=later.pk).update(series=other)
    assert f'value="{later.pk}"' not in desk.get(where)  # another show is no choice
    Slot.objects.filter(pk=later.pk).update(series=first.series)
    desk.post(f"{where}close/", given)
    moved(desk, seat, later)


def test_slots_to_move_to_are_shown_by_what_is_on_and_day(desk):
    desk.arrange()
    desk.post("shows/add/", session_data(desk))
    page = desk.get("slots/change/")
    groups = re.findall(r'<p class="pick__label">([^<]+)</p>', page)
    assert groups == ["入馆", Slot.objects.get(kind="SHOW").title]
    days = page.count("data-pick-day=")
    chips = page.count('name="targets"')
    assert days < chips  # several slots of a day stand in one line


def test_those_booked_are_moved_when_a_session_is_cancelled(desk):
    given = session_data(desk)
    for starts_at in ("10:00", "14:00"):
        desk.post("shows/add/", {**given, "starts_at": starts_at})
    first, other = Slot.objects.order_by("offer__starts_at")
    taken = desk.take(first, 2)
    given = {"policy": "MOVE", "targets": [str(other.pk)], "notice": "主讲人请假", "seen": "2"}
    desk.post(f"shows/{first.pk}/cancel/", given)
    moved(desk, taken, other)


def test_strange_days_and_months_are_not_found_or_today(desk):
    desk.get("calendar/2026-13-45/", 404)
    assert "开放" in desk.get("calendar/?month=oops")


def test_stages_and_the_standard(desk):
    Museum.objects.update(exhibition_area=7250, instant_cap=1600)
    page = desk.get("calendar/stages/")
    assert "正式开放" in page
    desk.post("calendar/stages/", {"stage": "WORKS", "occurred_on": desk.day.isoformat()})
    assert "请选择进入阶段。" in desk.post("calendar/stages/", {"occurred_on": "2026-01-01"}, 422)


def whole_rules(**values):
    fields = {
        name: value for name, value in vars(BookingRules()).items()
        if value is not None and not name.startswith("_") and name not in {"id", "association_id", "museum_id", "made_by_id", "made_at"}
    }  # fmt: skip
    given = {name: value for name, value in fields.items() if value is not False}
    return {**given, "valid_from": timezone.localdate() + dt.timedelta(days=40), **values}


def test_rules_are_tried_shown_in_words_saved_and_given_up(desk):
    assert "本馆没有另行规定，按默认规则。" in desk.get("rules/")
    assert "试算" in desk.get("rules/add/")
    assert "每单最多3人" in desk.post("rules/words/", whole_rules(max_party=3), 200)
    assert "按这份规则试算" in desk.post("rules/add/", whole_rules(then="try", days="90"), 200)
    assert not BookingRules.objects.exists()
    desk.post("rules/add/", whole_rules(max_party=3))
    found = BookingRules.objects.get()
    assert "将生效" in desk.get("rules/")
    desk.post(f"rules/{found.pk}/edit/", whole_rules(max_party=4))
    assert "每单最多4人" in desk.get(f"rules/{found.pk}/")
    desk.post(f"rules/{found.pk}/drop/")
    assert not BookingRules.objects.exists()


def test_wrong_rules_are_told_beside_the_field(desk):
    page = desk.post(
        "rules/add/", whole_rules(max_party="0", group_min="30", group_max="20", valid_from="2020-01-01"), 422
    )
    assert "团队最少人数不能大于最多人数。" in page
    assert "max_party" in page
    page = desk.post("rules/add/", whole_rules(valid_from="2020-01-01"), 422)
    assert page.count("生效日期不能早于今天。") == 2


def session_data(desk, **values):
    series, hall = show(desk.matrix)
    return {
        "series": series.pk, "hall": hall.pk, "day": desk.day.isoformat(), "starts_at": "10:00", "minutes": "30",
        "needs_booking": "on", **values,
    }  # fmt: skip


def test_a_session_is_put_on_refused_for_a_taken_hall_cancelled_and_recorded(desk):
    given = session_data(desk, presenter="李老师")
    desk.post("shows/add/", given)
    slot = Slot.objects.get()
    assert desk.pool(slot).capacity == 60
    page = desk.post("shows/add/", given, 422)
    assert page.count("科学剧场10:00–10:30已排“液氮奇境”，请换时间或场地。") == 2
    assert "李老师" in desk.get("shows/")
    desk.take(slot, 2)
    desk.post(f"shows/{slot.pk}/cancel/", {"policy": "CANCEL", "notice": "主讲人请假", "seen": "0"}, 409)
    desk.post(f"shows/{slot.pk}/cancel/", {"policy": "CANCEL", "notice": "主讲人请假", "seen": "2"})
    desk.post(f"shows/{slot.pk}/", {"note": "主讲人请假"})
    record = Show.objects.get()
    assert (record.held, record.state, record.note) == (False, "CONFIRMED", "主讲人请假")
    assert "看活动记录" in desk.get(f"shows/{slot.pk}/")
    desk.get(f"shows/{slot.pk}/edit/", 404)


def test_attendance_needs_its_method(desk):
    desk.post("shows/add/", session_data(desk))
    slot = Slot.objects.get()
    begun = timezone.now() - dt.timedelta(minutes=10)
    Offer.objects.filter(pk=slot.offer_id).update(
        starts_at=begun,
        opens_at=begun - dt.timedelta(days=1),
        closes_at=begun,
        last_entry_at=begun + dt.timedelta(minutes=5),
    )
    assert desk.post(f"shows/{slot.pk}/", {"headcount": "37"}, 422).count("填了人数就要选计数方法。") == 2
    desk.post(f"shows/{slot.pk}/", {"headcount": "３７", "method": "COUNTER"})
    assert Show.objects.get().headcount == 37
    assert "37" in desk.get(f"shows/{slot.pk}/")
    desk.post(f"shows/{slot.pk}/", {"headcount": "38", "method": "COUNTER"}, 422)


def test_a_regular_show_and_a_new_series(desk):
    series, hall = show(desk.matrix)
    desk.post("shows/series/add/", {"name": "火焰的秘密", "note": ""})
    assert "已有同名的展演" in desk.post("shows/series/add/", {"name": "火焰的秘密"}, 422)
    given = {
        "series": series.pk,
        "hall": hall.pk,
        "weekdays": list("1234567"),
        "starts_at": "10:00",
        "minutes": "30",
        "valid_from": timezone.localdate().isoformat(),
    }
    desk.post("shows/regular/add/", given)
    assert desk.post("shows/regular/add/", {**given, "starts_at": "10:15"}).startswith(
        desk.url("shows/?left_out=")
    )
    time = Slot.objects.exclude(show_time=None).first().show_time
    desk.post(f"shows/regular/{time.pk}/end/", {"valid_to": timezone.localdate().isoformat()})
    assert "场次不能跨过午夜" in desk.post("shows/regular/add/", {**given, "starts_at": "23:50"}, 422)


@pytest.mark.parametrize(
    "path", ["slots/?kind=", "slots/patterns/", "slots/changes/", "calendar/", "shows/", "rules/"]
)
def test_a_page_costs_the_same_for_one_row_and_for_three(desk, path):
    desk.get(path)  # whatever is remembered by the process is read now
    counts = []
    for number, name in enumerate(("一", "二", "三"), 1):
        desk.pattern(name, valid_from=timezone.localdate())
        generation.refresh(museum=desk.museum, actor=desk.actor, now=timezone.now())
        SlotChange.objects.create(
            association=desk.museum.association, museum=desk.museum, kind="CLOSE", policy="KEEP", slots=[], state="DONE",
            made_by=desk.actor, made_at=timezone.now(),
        )  # fmt: skip
        desk.rules(timezone.localdate() + dt.timedelta(days=number), made_by=desk.actor)
        if name != "二":
            with CaptureQueriesContext(connection) as found:
                desk.get(path)
            counts.append(len(found))
    assert counts[0] == counts[1]
