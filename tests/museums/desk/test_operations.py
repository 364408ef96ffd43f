"""What the desk does to people's reservations, and how it finds them."""

import datetime as dt

import pytest

from kexie.contexts.museums.operations import booking, desk, lookup
from kexie.contexts.museums.queries import desk as queries
from kexie.contexts.museums.queries import reservations
from kexie.kernel.codes import CodeError
from kexie.kernel.errors import NotFound
from kexie.kernel.ids import uuid7
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Conduct, Passage, Reservation
from kexie.platform.notify.models import Notice
from tests.museums.desk.build import BOOKED_AT, DAY, MORNING, person

pytestmark = pytest.mark.django_db


def find(house, typed, day=None):
    return lookup.find(
        museum=house.museum, typed=typed, day=day, actor=house.actor, scope=house.world.scope, now=MORNING
    )


def test_some_of_a_party_come_first_and_the_others_later(house):
    one = house.book(person(), person("李华"), person("赵云"))
    desk.check_in(reservation=one, count=1, actor=house.actor, now=MORNING)
    one.refresh_from_db()
    assert one.admitted == 1
    with pytest.raises(desk.DeskRefused) as refused:
        desk.check_in(reservation=one, count=3, actor=house.actor, now=MORNING)
    assert refused.value.fields == {"count": "本单还有2人未入馆；确需多放行请写明原因。"}
    desk.check_in(
        reservation=one, count=3, override="多来一名老人，值班长同意", actor=house.actor, now=MORNING
    )
    assert set(Passage.objects.values_list("verdict", "count")) == {("COUNTED", 1), ("OVERRIDE", 3)}


def test_a_ticket_of_another_day_needs_a_reason(house):
    one = house.book(day=dt.date(2025, 7, 3), now=BOOKED_AT)
    with pytest.raises(desk.DeskRefused):
        desk.check_in(reservation=one, count=1, actor=house.actor, now=MORNING)
    desk.check_in(reservation=one, count=1, override="外地观众，记错日期", actor=house.actor, now=MORNING)
    assert Passage.objects.get().verdict == "OVERRIDE"


def test_a_cancelled_reservation_lets_nobody_in_whatever_the_reason(house):
    one = house.book()
    desk.cancel(museum=house.museum, reservation=one, reason="展厅检修", actor=house.actor, now=MORNING)
    one.refresh_from_db()
    with pytest.raises(desk.DeskRefused):
        desk.check_in(reservation=one, count=1, override="领导同意", actor=house.actor, now=MORNING)


def test_what_the_museum_cancels_is_told_with_the_reason_and_never_counts(house):
    one = house.book()
    desk.cancel(museum=house.museum, reservation=one, reason="展厅检修。", actor=house.actor, now=MORNING)
    one.refresh_from_db()
    assert (one.state, one.end_reason, Conduct.objects.count()) == ("CANCELLED", "STAFF", 0)
    assert Notice.objects.filter(to_id=one.holder_id, template="booking.called_off").count() == 1
    assert Entry.objects.get(action="museums.cancel_for_museum").reason == "展厅检修"
    with pytest.raises(desk.DeskRefused):
        desk.cancel(museum=house.museum, reservation=one, reason="再取消", actor=house.actor, now=MORNING)


@pytest.mark.parametrize("act", ["cancel", "reveal", "note"])
def test_without_a_reason_nothing_is_done(house, act):
    one = house.book()
    given = {
        "cancel": {"museum": house.museum, "reason": " "},
        "reveal": {"reason": ""},
        "note": {"words": " "},
    }
    with pytest.raises(desk.DeskRefused) as refused:
        getattr(desk, act)(reservation=one, actor=house.actor, now=MORNING, **given[act])
    assert list(refused.value.fields) == ["words" if act == "note" else "reason"]


def test_the_museum_moves_a_reservation_past_the_cut_off(house):
    one = house.book(person(), person("李华"))
    placed = desk.move(
        museum=house.museum, reservation=one, slot=house.facts(title="下午"), key=str(uuid7()), reason="上午停电",
        actor=house.actor, now=MORNING,
    )  # fmt: skip
    one.refresh_from_db()
    made = Reservation.objects.get(pk=placed.id)
    assert (one.state, one.end_reason, made.state, made.size) == ("CANCELLED", "MOVED", "CONFIRMED", 2)
    assert [p.name for p in booking.party_of(made)] == ["张晓明", "李华"]
    assert house.pool(house.slot_on()).taken == 0
    assert Notice.objects.get().template == "booking.moved"


def test_revealing_a_party_is_written_down(house):
    one = house.book(person("欧阳明月"))
    (shown,) = desk.reveal(reservation=one, reason="核对证件", actor=house.actor, now=MORNING)
    assert shown.name == "欧阳明月"
    entry = Entry.objects.get(action="museums.reveal_party")
    assert (entry.actor_id, entry.reason, entry.subject_id) == (house.actor.pk, "核对证件", str(one.pk))


def test_pausing_stops_bookings_for_today_only_and_resuming_takes_them_again(house):
    later = house.slot_on(dt.date(2025, 7, 3))
    assert desk.pause(museum=house.museum, reason="客流已满", actor=house.actor, now=MORNING) == 2
    assert {slot.offer.state for slot in house.slots(offer__day=DAY)} == {"CLOSED"}
    later.offer.refresh_from_db()
    assert later.offer.state == "OPEN"
    assert queries.today(house.museum, house.world.scope, now=MORNING).is_paused
    assert desk.resume(museum=house.museum, actor=house.actor, now=MORNING) == 2
    assert {slot.offer.state for slot in house.slots(offer__day=DAY)} == {"OPEN"}


def test_a_notice_goes_to_those_who_still_come(house):
    here, coming = house.book(), house.book(phone="13800000002")
    house.come(here)
    assert desk.tell_booked(museum=house.museum, words="请走东门", actor=house.actor, now=MORNING) == 1
    assert Notice.objects.get().to_id == coming.holder_id


def test_a_reservation_is_found_by_code_phone_document_and_name(house):
    who = person("欧阳明月")
    one, other = house.book(who, phone="13800000005"), house.book(person("张三丰"), phone="13800000006")
    for typed, by in (
        (one.code, "code"), (f" {one.code.upper()} ", "code"), ("138 0000 0005", "phone"), (who.number, "document"),
        ("明月", "name"),
    ):  # fmt: skip
        found = find(house, typed)
        assert (found.by, [row.pk for row in found.reservations]) == (by, [one.pk]), typed
    assert other.pk not in {row.pk for row in find(house, "明月").reservations}


def test_looking_for_a_person_is_written_down_without_saying_whom(house):
    who = person("欧阳明月")
    house.book(who)
    for typed in ("欧阳明月", who.number, "13800000001"):
        find(house, typed)
    entries = Entry.objects.filter(action="museums.find_reservation")
    assert [entry.detail["by"] for entry in entries.order_by("id")] == ["name", "document", "phone"]
    assert all(secret not in str(entry.detail) for entry in entries for secret in ("欧阳", who.number, "138"))


def test_a_name_is_looked_for_among_the_people_of_one_day(house):
    one = house.book(person("欧阳明月"), day=dt.date(2025, 7, 3), now=BOOKED_AT)
    assert find(house, "欧阳").reservations == []
    assert [row.pk for row in find(house, "欧阳", dt.date(2025, 7, 3)).reservations] == [one.pk]


def test_a_wrong_document_number_is_told(house):
    with pytest.raises(CodeError):
        find(house, "341202198001010011"[:17] + "Z")
    with pytest.raises(lookup.NothingToLookFor):
        find(house, "  ")


def test_another_museums_reservation_is_not_there(house):
    one = house.book()
    with pytest.raises(NotFound):
        reservations.reservation(
            house.museum, one.code, house.world.scope.within(house.world.museums[1].path)
        )


def test_occupancy_starts_from_the_last_count_by_hand(house):
    house.gate(house.note(count=30))
    later = MORNING + dt.timedelta(minutes=30)
    desk.count_heads(museum=house.museum, kind="INSIDE", count=25, actor=house.actor, now=later)
    after = later + dt.timedelta(minutes=5)
    house.gate(house.note(count=4, at=after), house.note(count=1, at=after, direction="OUT"), now=after)
    assert queries.occupancy(house.museum, DAY).inside == 28


@pytest.mark.parametrize("count", [1, 3])
def test_todays_page_costs_the_same_however_much_is_on(house, django_assert_num_queries, count):
    for number in range(count):
        house.book(phone=f"1380000010{number}")
    with django_assert_num_queries(18):
        queries.today(house.museum, house.world.scope, now=MORNING)
