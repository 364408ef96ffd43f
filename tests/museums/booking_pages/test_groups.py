"""Groups: places are held from the request on; roster, decision, another date, no more."""

import datetime as dt

import pytest

from kexie.contexts.museums.models import GroupRequest
from kexie.contexts.museums.operations import groups
from kexie.contexts.museums.operations.booking import BookingRefused, party_of
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.states import GROUP_TRANSITIONS
from kexie.platform.capacity.models import Reservation
from kexie.platform.capacity.operations import bookings
from tests.museums.booking_pages.conftest import NOW, SATURDAY, adult

SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


def refused(call, **values):
    with pytest.raises((groups.GroupRefused, PartyRefused)) as caught:
        call(**values)
    return {name: str(message) for name, message in caught.value.fields.items()}


def requested(house, slot, **values):
    group = groups.request(asked=house.asked(slot, **values), actor=None, now=NOW)
    party = house.roster(group.size, group.leaders)
    return groups.submit_roster(group=group, party=party, actor=None, now=NOW)


def test_a_request_holds_its_places_for_two_days_and_with_a_roster_until_the_visit(house, slot):
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    assert (group.state, group.reservation.state, house.pool(slot).taken) == ("DRAFT", "HELD", 20)
    assert group.reservation.held_until == NOW + dt.timedelta(days=2)
    group = groups.submit_roster(group=group, party=house.roster(), actor=None, now=NOW)
    group.reservation.refresh_from_db()
    assert (group.state, group.reservation.held_until) == ("REQUESTED", slot.offer.starts_at)
    assert groups.phone_of(group) == "13800000001"


def test_a_second_tap_asks_once(house, slot):
    asked = house.asked(slot, key="same")
    first, again = (groups.request(asked=asked, actor=None, now=NOW) for _ in range(2))
    assert (first.pk, house.pool(slot).taken) == (again.pk, 20)


def test_approval_confirms_the_places_and_the_gate_can_read_who_comes(house, slot):
    group = groups.approve(group=requested(house, slot), note="请走东门", actor=house.actor, now=NOW)
    reservation = Reservation.objects.get(pk=group.reservation_id)
    assert (group.state, reservation.state, reservation.channel) == ("APPROVED", "CONFIRMED", "GROUP")
    assert party_of(reservation) == groups.roster_of(group)
    assert len(party_of(reservation)) == 20


def test_without_approval_by_the_rules_a_complete_request_is_approved_at_once(house):
    house.rules(group_needs_approval=False)
    house.generate()
    assert requested(house, house.slot(SATURDAY)).state == "APPROVED"


def test_refusal_needs_a_reason_and_gives_the_places_back(house, slot):
    group = requested(house, slot)
    assert refused(groups.refuse, group=group, reason=" ", actor=house.actor, now=NOW) == {
        "reason": "请写明未通过的原因，领队会看到。"
    }
    group = groups.refuse(group=group, reason="当天设备检修", actor=house.actor, now=NOW)
    assert (group.state, house.pool(slot).taken) == ("REFUSED", 0)
    with pytest.raises(groups.GroupDecided):
        groups.approve(group=group, actor=house.actor, now=NOW)


def test_what_is_wrong_stands_beside_its_field(house, slot):
    asked = house.asked(slot, organisation=" ", leader_name="", kind="?", leader_phone="123")
    fields = refused(groups.request, asked=asked, actor=None, now=NOW)
    assert set(fields) == {"organisation", "leader_name", "kind", "leader_phone"}


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"size": 10}, "size", "团队应为15至200人（含带队人员），请调整人数或按个人预约。"),
        ({"size": 201}, "size", "团队应为15至200人（含带队人员），请调整人数或按个人预约。"),
        ({"leaders": 0}, "leaders", "带队人数至少1人，且不超过总人数。"),
        ({"leaders": 1, "size": 22}, "leaders", "每名带队人员最多带10人，22人的团队至少需要2名带队人员。"),
    ],
)
def test_size_and_leaders(house, values, field, said):
    house.rules(group_people_a_leader=10)
    house.generate()
    asked = house.asked(house.slot(SATURDAY), **values)
    assert refused(groups.request, asked=asked, actor=None, now=NOW) == {field: said}


def test_days_ahead_bind_the_public_and_not_the_desk(house):
    house.generate(days=45)
    soon, late = house.slot(dt.date(2025, 7, 3)), house.slot(dt.date(2025, 8, 10))
    for slot, said in (
        (soon, "团队须至少提前3天预约，最早可选2025-07-04。"),
        (late, "团队最早可提前30天预约，请选择近一些的日期。"),
    ):
        assert refused(groups.request, asked=house.asked(slot), actor=None, now=NOW) == {"slot": said}
    by_phone = groups.request(
        asked=house.asked(soon, visitor_id=None), actor=house.actor, now=NOW, is_staff=True
    )
    assert by_phone.state == "DRAFT"


def test_a_day_takes_no_more_groups_than_its_cap(house):
    house.rules(group_a_day=30)
    house.generate()
    morning, afternoon = house.slots(offer__day=SATURDAY)
    groups.request(asked=house.asked(morning), actor=None, now=NOW)
    with pytest.raises(BookingRefused, match="当天团队还可接待10人，请减少人数或换一天。"):
        groups.request(asked=house.asked(afternoon), actor=None, now=NOW)


def test_a_full_quota_refuses(house):
    house.pattern(name="团队", start=8, end=9, group=25)
    house.generate()
    slot = house.slot(SATURDAY)
    groups.request(asked=house.asked(slot), actor=None, now=NOW)
    with pytest.raises(BookingRefused) as caught:
        groups.request(asked=house.asked(slot), actor=None, now=NOW)
    assert caught.value.left == 5


def test_a_roster_must_fit_the_request(house, slot):
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    short, twice = house.roster(19), house.roster(20)
    twice[5] = twice[4]
    without = [*house.roster(20)[2:], *house.roster(2, 0)]
    call = groups.submit_roster
    assert "名单有19人，申请的是20人" in refused(call, group=group, party=short, actor=None, now=NOW)["party"]
    assert set(refused(call, group=group, party=twice, actor=None, now=NOW)) == {"party-5"}
    assert "少于带队人数2" in refused(call, group=group, party=without, actor=None, now=NOW)["party"]


def test_somebody_who_comes_already_is_named(house, slot):
    person = adult("李四")
    house.booked(slot, person)
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    party = [person, *house.roster(20)[1:]]
    fields = refused(groups.submit_roster, group=group, party=party, actor=None, now=NOW)
    assert set(fields) == {"party-0"}


def test_another_date_asks_again_and_keeps_the_roster(house, slot):
    group = groups.approve(group=requested(house, slot), actor=house.actor, now=NOW)
    other = house.slot(SUNDAY)
    group = groups.change(group=group, slot=house.facts(other), actor=None, now=NOW)
    assert (group.state, group.changes, len(groups.roster_of(group))) == ("REQUESTED", 1, 20)
    assert (house.pool(slot).taken, house.pool(other).taken) == (0, 20)
    assert groups.approve(group=group, actor=house.actor, now=NOW).state == "APPROVED"


def test_another_number_asks_for_a_new_roster(house, slot):
    group = groups.change(
        group=requested(house, slot), slot=house.facts(slot), size=30, leaders=3, actor=None, now=NOW
    )
    assert (group.state, group.size, groups.roster_of(group)) == ("DRAFT", 30, ())
    assert house.pool(slot).taken == 30


def test_a_change_that_finds_no_places_changes_nothing(house, slot):
    group = requested(house, slot)
    house.pool(slot).__class__.objects.filter(offer=house.slot(SUNDAY).offer_id).update(taken=95)
    with pytest.raises(BookingRefused):
        groups.change(group=group, slot=house.facts(house.slot(SUNDAY)), actor=None, now=NOW)
    group.refresh_from_db()
    assert (group.state, group.slot_id, house.pool(slot).taken) == ("REQUESTED", slot.pk, 20)


def test_cancelling_gives_the_places_back_until_the_cut_off(house, slot):
    group = requested(house, slot)
    late = slot.offer.starts_at - dt.timedelta(minutes=30)
    with pytest.raises(groups.GroupDecided, match="不能再取消或改期"):
        groups.cancel(group=group, actor=None, now=late)
    assert groups.cancel(group=group, actor=None, now=NOW).state == "CANCELLED"
    assert house.pool(slot).taken == 0


def test_the_museum_may_ask_for_more_and_gets_an_answer(house, slot):
    group = requested(house, slot)
    until = NOW + dt.timedelta(days=1)
    group = groups.ask(group=group, what="单位介绍信", until=until, actor=house.actor, now=NOW)
    group = groups.reply(group=group, words="已带纸质介绍信", actor=None, now=NOW)
    assert (group.asked_for, group.reply, group.state) == ("单位介绍信", "已带纸质介绍信", "REQUESTED")


def test_a_request_without_roster_in_time_is_called_off(house, slot):
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    later = NOW + dt.timedelta(days=2, minutes=1)
    with pytest.raises(bookings.NotPossible):
        groups.submit_roster(group=group, party=house.roster(), actor=None, now=later)
    bookings.expire(now=later)
    done = groups.follow(reservation_id=group.reservation_id, reason="未在期限内提交名单", now=later)
    assert done.state == "CANCELLED"


def test_every_state_can_be_reached():
    reached = {after for found in GROUP_TRANSITIONS.values() for after in found}
    assert reached == set(GroupRequest.State.values)
    assert set(GROUP_TRANSITIONS) == reached | {""}
