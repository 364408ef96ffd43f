"""Two gates, any order of arrival: one story, and tallies that are the sum of the passages."""

import dataclasses
import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.platform.capacity import engine
from kexie.platform.capacity.gates import Handed, take_in
from kexie.platform.capacity.models import Device, Passage, Reservation, Tally
from kexie.platform.capacity.operations import passages
from kexie.platform.capacity.operations.passages import Batch, NoReason
from tests.platform.capacity import gates
from tests.platform.capacity.gates import ASSOCIATION, DAY, NOW, STAFF, VENUE, batch, note

pytestmark = pytest.mark.django_db


def verdicts() -> dict[uuid.UUID, str]:
    return dict(Passage.objects.values_list("id", "verdict"))


def tally() -> tuple[int, int, int]:
    """The kept count, which must be what the passages add up to."""
    kept, counted = (read(ASSOCIATION, VENUE, DAY) for read in (passages.tally_of, passages.recount))
    assert (kept.entered, kept.left, kept.walk_ins) == (counted.entered, counted.left, counted.walk_ins)
    return kept.entered, kept.left, kept.walk_ins


def test_a_batch_counts_once_however_often_it_is_sent():
    device, party = gates.device(), gates.reservation(gates.offer())
    sent = batch(note(party.pk, count=3), note(count=2, kind="CHILD"), note(out=True, kind="COUNT"))
    first = passages.receive(device=device, batch=sent, now=NOW)
    again = passages.receive(device=device, batch=sent, now=NOW)
    assert tally() == (5, 1, 2)
    assert (first.tally.entered, again.tally.entered) == (5, 5)
    assert Reservation.objects.get().admitted == 3


def test_the_later_scan_at_another_gate_is_a_double_though_it_arrives_first():
    one, two, party = gates.device(1), gates.device(2), gates.reservation(gates.offer())
    late, early = note(party.pk, count=5, minute=43), note(party.pk, count=5, minute=41)
    assert passages.receive(device=one, batch=batch(late), now=NOW).doubles == []
    found = passages.receive(device=two, batch=batch(early), now=NOW).doubles
    assert [one.pk for one in found] == [late.id]
    assert verdicts() == {early.id: "COUNTED", late.id: "DOUBLE"}
    assert tally() == (5, 0, 0)


def test_a_clock_that_is_wrong_is_corrected():
    one, two, party = gates.device(1), gates.device(2), gates.reservation(gates.offer())
    hour = dt.timedelta(hours=1)
    slow = note(party.pk, count=5, minute=43, at=NOW - dt.timedelta(minutes=17) - hour)
    passages.receive(device=one, batch=batch(slow, sent_at=NOW - hour), now=NOW)
    right = note(party.pk, count=5, minute=41)
    passages.receive(device=two, batch=batch(right), now=NOW)
    assert verdicts() == {right.id: "COUNTED", slow.id: "DOUBLE"}
    one.refresh_from_db()
    assert one.skew_ms == 3_600_000


def test_what_is_taken_back_does_not_count_and_makes_room_again():
    device, party = gates.device(), gates.reservation(gates.offer())
    wrong, right, walk_in = note(party.pk, count=5), note(party.pk, count=5, minute=1), note(count=4)
    passages.receive(device=device, batch=batch(wrong, right, walk_in), now=NOW)
    assert verdicts()[right.id] == "DOUBLE"
    for _turn in range(2):
        passages.receive(device=device, batch=batch(undone=[wrong.id, walk_in.id]), now=NOW)
        assert verdicts()[right.id] == "COUNTED"
        assert tally() == (5, 0, 0)


def test_what_is_noted_and_taken_back_in_one_batch_does_not_count():
    device, party = gates.device(), gates.reservation(gates.offer())
    ticket, walk_in = note(party.pk, count=5), note(count=4)
    passages.receive(device=device, batch=batch(ticket, walk_in, undone=[ticket.id, walk_in.id]), now=NOW)
    assert set(verdicts().values()) == {"REFUSED"}
    assert tally() == (0, 0, 0)


def test_nobody_takes_back_what_another_device_noted():
    one, two = gates.device(1), gates.device(2)
    theirs = note(count=2)
    passages.receive(device=one, batch=batch(theirs), now=NOW)
    passages.receive(device=two, batch=batch(undone=[theirs.id]), now=NOW)
    assert tally() == (2, 0, 2)


@pytest.mark.parametrize(("came_in", "entered"), [(True, 10), (False, 5)])
def test_a_person_decides_about_a_double_once(came_in, entered):
    device, party = gates.device(), gates.reservation(gates.offer())
    passages.receive(device=device, batch=batch(note(party.pk, count=5), note(party.pk, count=5)), now=NOW)
    (double,) = passages.doubles(ASSOCIATION, VENUE, DAY)
    for _turn in range(2):
        passages.settle(passage=double, came_in=came_in, reason="同一张截图", actor=STAFF, now=NOW)
    assert tally() == (entered, 0, 0)
    assert list(passages.doubles(ASSOCIATION, VENUE, DAY)) == []
    with pytest.raises(NoReason):
        passages.settle(passage=double, came_in=True, reason=" ", actor=STAFF, now=NOW)


def test_a_ticket_of_elsewhere_that_was_let_in_counts_as_a_walk_in():
    device, elsewhere = gates.device(), gates.reservation(gates.offer(), venue_id=uuid.UUID(int=77))
    let_in = note(elsewhere.pk, verdict="OVERRIDE", reason="值班馆长同意")
    passages.receive(device=device, batch=batch(let_in), now=NOW)
    made = Passage.objects.get()
    assert (made.kind, made.reservation_id, made.verdict) == ("WALK_IN", None, "OVERRIDE")
    assert tally() == (1, 0, 1)


def test_a_gate_that_reports_late_turns_a_no_show_into_a_visit():
    party = gates.reservation(gates.offer(), state="NO_SHOW", ended_at=NOW)
    passages.receive(device=gates.device(), batch=batch(note(party.pk)), now=NOW)
    party.refresh_from_db()
    assert (party.state, party.admitted) == ("USED", 1)


def test_a_refusal_is_kept_and_counts_nowhere():
    party = gates.reservation(gates.offer())
    passages.receive(device=gates.device(), batch=batch(note(party.pk, verdict="REFUSED")), now=NOW)
    assert verdicts() != {}
    assert tally() == (0, 0, 0)


NOTES = st.lists(
    st.tuples(
        st.integers(0, 2),  # device
        st.integers(0, 2),  # reservation, or a walk-in
        st.integers(1, 3),  # people
        st.booleans(),  # out
        st.integers(0, 3),  # minute
        st.sampled_from(["COUNTED", "COUNTED", "OVERRIDE", "REFUSED"]),
    ),
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NOTES, st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_order_and_size_of_batches_gives_the_same_verdicts_and_tallies(drawn, random, size):
    made = None
    tickets = [uuid.UUID(int=5001), uuid.UUID(int=5002)]
    notes = [
        (device, note((*tickets, None)[which], count=count, out=out, minute=minute, verdict=verdict))
        for device, which, count, out, minute, verdict in drawn
    ]
    results = []
    for shuffled in (False, True, True):
        with transaction.atomic():
            made = gates.offer()
            devices = [gates.device(n) for n in (1, 2, 3)]
            for pk in tickets:
                gates.reservation(made, size, id=pk)
            sending = list(notes)
            if shuffled:
                random.shuffle(sending)
            while sending:
                device = sending[0][0]
                together = [one for number, one in sending[:3] if number == device]
                sending = [pair for pair in sending if pair[1] not in together]
                passages.receive(device=devices[device], batch=batch(*together), now=NOW)
            results.append(
                (verdicts(), tally(), list(Reservation.objects.order_by("pk").values_list("admitted")))
            )
            transaction.set_rollback(True)
    assert results[0] == results[1] == results[2]


def test_an_empty_batch_says_only_that_the_device_is_there():
    device = gates.device()
    receipt = passages.receive(device=device, batch=Batch(sent_at=NOW, pending=4, gate="西门"), now=NOW)
    device.refresh_from_db()
    assert (device.pending, device.gate, device.seen_at) == (4, "西门", NOW)
    assert receipt.tally.inside == 0
    assert Tally.objects.count() == 0


class _Counted:
    """A cursor that counts what it runs."""

    def __init__(self) -> None:
        self.cursor, self.statements = engine.plain_cursor(), 0

    def execute(self, *args, **kwargs):
        self.statements += 1
        return self.cursor.execute(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.cursor, name)


def handed(device: Device, *notes) -> Handed:
    return Handed(batch=batch(*notes), now=NOW, token_digest=device.token_digest)


@pytest.mark.parametrize("count", [1, 3])
def test_three_statements_take_in_what_several_gates_send_at_once(count: int, django_assert_num_queries):
    made = gates.offer()
    sent = [
        handed(gates.device(n), *(note(gates.reservation(made).pk) for _ in range(n)))
        for n in range(1, count + 1)
    ]
    cursor = _Counted()
    with django_assert_num_queries(0):
        receipts = take_in(sent, cursor=cursor)
    assert cursor.statements == 3
    assert [one.tally.entered for one in receipts] == [count * (count + 1) // 2] * count
    assert tally() == (count * (count + 1) // 2, 0, 0)


def test_two_gates_that_read_one_ticket_and_send_it_together_get_one_verdict():
    one, two, party = gates.device(1), gates.device(2), gates.reservation(gates.offer())
    late, early = note(party.pk, count=5, minute=43), note(party.pk, count=5, minute=41)
    first, second = take_in([handed(one, late), handed(two, early)], cursor=engine.plain_cursor())
    assert verdicts() == {early.id: "COUNTED", late.id: "DOUBLE"}
    assert [[double.pk for double in receipt.doubles] for receipt in (first, second)] == [[late.id]] * 2
    assert tally() == (5, 0, 0)


def test_a_token_of_nobody_and_a_device_taken_away_count_nothing_beside_one_that_does():
    party, there = gates.reservation(gates.offer()), gates.device(1)
    gone, unknown = gates.device(2, revoked_at=NOW), Device(token_digest="nobody")
    sent = [handed(one, note(party.pk)) for one in (gone, there, unknown)]
    told = take_in(sent, cursor=engine.plain_cursor())
    assert [getattr(told[0], "pk", None), told[2]] == [gone.pk, None]
    assert told[1].tally.entered == 1
    assert tally() == (1, 0, 0)


def test_a_batch_sent_again_in_the_same_breath_counts_once():
    device, party = gates.device(), gates.reservation(gates.offer())
    sent = handed(device, note(party.pk, count=2), note(count=3))
    first, again = take_in([sent, dataclasses.replace(sent)], cursor=engine.plain_cursor())
    assert (first.tally.entered, again.tally.entered) == (5, 5)
    assert tally() == (5, 0, 3)
