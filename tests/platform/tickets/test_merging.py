"""Whatever order events arrive in, the gates' story is the same, and its totals are the events'."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from kexie.platform.tickets.merging import Direction, Event, Verdict, judge

NINE = dt.datetime(2026, 11, 28, 1, 0, tzinfo=dt.UTC)
GATES = [uuid.UUID(int=n) for n in (1, 2, 3)]


def event(n: int, *, device: int = 1, minute: int = 0, count: int = 1, out: bool = False, **more) -> Event:
    return Event(
        id=uuid.UUID(int=1000 + n),
        device=uuid.UUID(int=device),
        seq=n,
        at=NINE + dt.timedelta(minutes=minute),
        direction=Direction.OUT if out else Direction.IN,
        count=count,
        **more,
    )


@st.composite
def stories(draw):
    """Events of up to three devices, each counting its own, with clocks that may agree to the second."""
    return [
        Event(
            id=uuid.UUID(int=device.int * 100 + seq),
            device=device,
            seq=seq,
            at=NINE + dt.timedelta(seconds=draw(st.integers(0, 3))),
            direction=draw(st.sampled_from(Direction)),
            count=draw(st.integers(1, 4)),
            is_override=draw(st.booleans()),
        )
        for device in GATES
        for seq in range(draw(st.integers(0, 4)))
    ]


@given(stories(), st.randoms(), st.integers(1, 5))
def test_any_order_of_arrival_and_any_repetition_tells_the_same_story(events, random, size):
    told = judge(events, size=size)
    again = [*events, *events[:2]]
    random.shuffle(again)
    assert judge(again, size=size) == told


@given(stories(), st.integers(1, 5))
def test_totals_are_the_sums_of_the_events(events, size):
    told = judge(events, size=size)
    assert told.entered == sum(
        one.count for one in events if one.direction is Direction.IN and one.id not in told.doubles
    )
    assert told.left == sum(one.count for one in events if one.direction is Direction.OUT)
    assert set(told.verdicts) == {one.id for one in events}


@given(stories(), st.integers(1, 5))
def test_without_override_no_more_are_inside_than_the_ticket_says(events, size):
    told = judge([one for one in events if not one.is_override], size=size)
    assert told.entered - told.left <= size


def test_the_first_scan_wins_and_the_later_is_the_double_though_it_arrived_first():
    at_gate_2, at_gate_1 = event(1, device=2, minute=41, count=5), event(2, device=1, minute=43, count=5)
    told = judge([at_gate_1, at_gate_2], size=5)
    assert told.verdicts == {at_gate_2.id: Verdict.COUNTED, at_gate_1.id: Verdict.DOUBLE}
    assert told.first_id == at_gate_2.id
    assert told.entered == 5


def test_a_party_may_come_in_parts_and_go_out_and_in():
    events = [
        event(1, count=3),
        event(2, minute=1, count=2),
        event(3, minute=2, count=1, out=True),
        event(4, minute=3, count=1),
    ]
    told = judge(events, size=5)
    assert told.doubles == []
    assert (told.entered, told.left) == (6, 1)


def test_an_override_is_never_a_double():
    told = judge([event(1), event(2, minute=1, is_override=True)], size=1)
    assert told.doubles == []
    assert told.verdicts[uuid.UUID(int=1002)] is Verdict.OVERRIDE
