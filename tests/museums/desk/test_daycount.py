"""The day's end: nobody counted twice, once only, corrected through the ledger, and in the year's figure at once."""

import pytest

from kexie.contexts.museums.models import BookingDay, DailyVisits, DayCount, HourEntries
from kexie.contexts.museums.operations import daycount, desk
from kexie.contexts.museums.operations.daycount import DayRefused, Word
from kexie.contexts.museums.queries import daycount as queries
from kexie.kernel.ids import uuid7
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from kexie.platform.capacity.operations.passages import recount, tally_of
from tests.museums.desk.build import DAY, EVENING, MORNING, NOON, person

pytestmark = pytest.mark.django_db
YEAR = Period.year(2025)


def figure(house, key):
    return figures.value(Cell(f"museums.{key}", YEAR), house.world.scope)


def confirm(house, word=None, *, may_confirm=True, now=EVENING):
    return daycount.confirm(
        museum=house.museum, day=DAY, word=word or Word(), may_confirm=may_confirm, actor=house.actor, now=now,
        scope=house.world.scope,
    )  # fmt: skip


def a_day(house):
    """Five came on two tickets in the morning, one of six stayed away; three walk-ins; two signed in at the desk."""
    family, pair = (
        house.book(person(), person("李华"), person("赵云")),
        house.book(person(), person("孙权"), phone="13800000002"),
    )
    house.book(phone="13800000003")
    house.come(family)
    house.come(pair, count=2)
    house.gate(house.note(count=3, at=NOON), now=NOON)
    signed = house.book(person(), person("周瑜"), phone="13800000004", title="下午")
    desk.check_in(reservation=signed, count=2, actor=house.actor, now=MORNING)
    house.gate(now=EVENING)
    return family


def visits():
    rows = DailyVisits.objects.filter(state="CONFIRMED").order_by("slot", "method")
    return {(row.slot, row.method): row.headcount for row in rows}


def test_a_confirmed_day_is_in_the_years_figures_at_once(house):
    a_day(house)
    assert figure(house, "visits") == 0
    count = confirm(house)
    assert visits() == {("MORNING", "GATE"): 5, ("AFTERNOON", "GATE"): 3, ("AFTERNOON", "BOOKING"): 2}
    assert (count.state, count.tickets, count.walk_ins, count.peak) == ("CONFIRMED", 7, 3, 10)
    assert (figure(house, "visits"), figure(house, "booked_people")) == (10, 8)
    assert str(figure(house, "no_show_rate")) == "12.50"
    assert figure(house, "hour_entries") == 10
    assert HourEntries.objects.count() == 2


def test_the_day_is_confirmed_once(house):
    a_day(house)
    confirm(house)
    with pytest.raises(DayRefused, match="已经核对过"):
        confirm(house)
    assert figure(house, "visits") == 10


def test_not_while_slots_are_open(house):
    a_day(house)
    with pytest.raises(DayRefused, match="还有时段没有结束"):
        confirm(house, now=NOON)


def test_a_difference_is_explained_and_the_rest_only_counts_when_the_desk_says_so(house):
    a_day(house)
    with pytest.raises(DayRefused) as refused:
        confirm(house, Word(counter=14))
    assert list(refused.value.fields) == ["note"]
    confirm(house, Word(counter=14, adds_rest=True, note="闸机断电十分钟，按计数器补记"))
    assert visits()["DAY", "COUNTER"] == 4
    assert (figure(house, "visits"), DayCount.objects.get().counter) == (14, 14)


def by_hand(house, slot="MORNING", count=120):
    record = DailyVisits(**house.own(occurred_on=DAY, slot=slot, headcount=count, method="HOST"))
    record = ledger.draft(record=record, actor=house.actor, now=NOON, scope=house.world.scope)
    return ledger.confirm(records=[record], actor=house.actor, now=NOON, scope=house.world.scope)[0]


def test_what_was_written_by_hand_is_kept_and_not_doubled(house):
    a_day(house)
    by_hand(house)
    confirm(house)
    assert visits() == {("MORNING", "HOST"): 120, ("AFTERNOON", "GATE"): 3, ("AFTERNOON", "BOOKING"): 2}


def test_what_was_written_by_hand_may_be_replaced(house):
    a_day(house)
    written = by_hand(house)
    confirm(house, Word(by_hand="REPLACE"))
    written.refresh_from_db()
    assert (written.state, figure(house, "visits")) == ("REVERSED", 10)


def test_who_may_not_confirm_leaves_drafts_that_another_confirms(house):
    a_day(house)
    confirm(house, may_confirm=False)
    assert figure(house, "visits") == 0
    daycount.approve(museum=house.museum, day=DAY, actor=house.actor, now=EVENING, scope=house.world.scope)
    assert figure(house, "visits") == 10
    assert set(BookingDay.objects.values_list("state", flat=True)) == {"CONFIRMED"}


def test_a_correction_reverses_and_writes_anew(house):
    family = a_day(house)
    confirm(house)
    house.gate(house.note(count=2, at=NOON), now=EVENING)
    corrected = daycount.correct(
        museum=house.museum, day=DAY, word=Word(), reason="2号门次日补传", actor=house.actor, now=EVENING,
        scope=house.world.scope,
    )  # fmt: skip
    assert (figure(house, "visits"), corrected.walk_ins) == (12, 5)
    assert DayCount.objects.filter(state="REVERSED", reversal_reason="2号门次日补传").count() == 1
    family.refresh_from_db()
    assert family.state == "USED"


def test_everybody_is_let_out_and_the_kept_count_still_adds_up(house):
    a_day(house)
    confirm(house)
    where = (house.museum.association_id, house.museum.unit_id, DAY)
    kept, added = tally_of(*where), recount(*where)
    assert kept.inside == 0
    assert (kept.entered, kept.left) == (added.entered, added.left) == (10, 10)


def test_walk_ins_at_the_desk_take_places_and_are_visits_by_the_gate(house):
    key = str(uuid7())
    for _again in range(2):
        desk.admit(slot=house.facts(), channel="WALK_IN", size=4, key=key, actor=house.actor, now=MORNING)
    assert house.pool(house.slot_on()).taken == 4
    confirm(house)
    assert visits() == {("MORNING", "GATE"): 4}


def test_a_day_reads_the_same_number_of_statements_however_many_came(house, django_assert_num_queries):
    a_day(house)
    with django_assert_num_queries(9):
        queries.reconcile(house.museum, DAY, house.world.scope)
