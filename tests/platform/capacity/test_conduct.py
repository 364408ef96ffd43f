"""No-shows and cancellations are counted once, and block by the rule; blocks are lifted, appealed against, forgiven."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from kexie.kernel.errors import UserError
from kexie.platform.audit.models import Entry
from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Block, Conduct
from kexie.platform.capacity.operations import conduct
from kexie.platform.capacity.orders import Placed, Reason, Refused
from kexie.platform.outbox.models import Event
from tests.platform.capacity.build import ASSOCIATION, NOW, VENUE, Staff, offer, order

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)
STAFF = Staff()
RULE = conduct.NoShowRule(count=2, days=120, block_days=30)
WHERE = {"association_id": ASSOCIATION, "venue_id": VENUE}


def missed(
    *subjects: str, at: dt.datetime = NOW, kind: str = "NO_SHOW", of: UUID | None = None
) -> list[Conduct]:
    return conduct.note(**WHERE, subjects=subjects, kind=kind, reservation_id=of or uuid4(), now=at)


def after(*subjects: str, at: dt.datetime = NOW, rule: conduct.NoShowRule = RULE) -> list[Block]:
    return conduct.block_for_no_shows(
        noted=missed(*subjects, at=at), rule=rule, holder_id=None, reason="爽约", now=at
    )  # fmt: skip


def block(subject: str = "a", *, days: int = 30, now: dt.datetime = NOW) -> Block:
    return conduct.make_block(
        **WHERE, subject=subject, holder_id=None, until=now + days * DAYS, reason="爽约", actor=STAFF, now=now
    )


def blocked(*subjects: str, now: dt.datetime = NOW) -> dict[str, dt.datetime]:
    return conduct.blocked_until(**WHERE, subjects=subjects, now=now)


def test_a_reservation_counts_once_against_each_person() -> None:
    made = uuid4()
    assert [one.subject for one in missed("b", "a", "a", of=made)] == ["a", "b"]
    assert [one.subject for one in missed("a", "c", of=made)] == ["c"]
    assert conduct.counted(**WHERE, subject="a", kind="NO_SHOW").count() == 1
    assert conduct.counted(**WHERE, subject="a", kind="CANCELLED").count() == 0
    assert conduct.counted(**{**WHERE, "venue_id": uuid4()}, subject="a", kind="NO_SHOW").count() == 0


def test_counting_since_a_moment_leaves_out_that_moment() -> None:
    missed("a", at=NOW), missed("a", at=NOW + DAYS)
    assert conduct.counted(**WHERE, subject="a", kind="NO_SHOW", since=NOW).count() == 1


def test_the_rule_blocks_when_its_count_is_reached_within_its_days() -> None:
    assert after("a") == []
    assert after("b", at=NOW + 120 * DAYS) == []
    made = after("a", "b", at=NOW + 121 * DAYS)
    assert [(one.subject, one.until) for one in made] == [("b", NOW + 151 * DAYS)]
    assert blocked("a", "b", now=NOW + 121 * DAYS) == {"b": NOW + 151 * DAYS}
    assert blocked("b", now=NOW + 151 * DAYS) == {}


def test_what_led_to_a_block_does_not_lead_to_the_next() -> None:
    after("a")
    assert len(after("a", at=NOW + DAYS)) == 1
    assert after("a", at=NOW + 2 * DAYS) == []
    assert len(after("a", at=NOW + 3 * DAYS)) == 1


def test_a_rule_without_a_period_counts_for_ever_and_one_without_a_count_never_blocks() -> None:
    ever = conduct.NoShowRule(count=2, days=None, block_days=365)
    after("a", rule=ever)
    assert len(after("a", at=NOW + 1000 * DAYS, rule=ever)) == 1
    never = conduct.NoShowRule(count=None, days=None, block_days=1)
    assert [after("b", rule=never) for _ in range(5)] == [[]] * 5


def test_a_lifted_block_ends_at_once_and_needs_a_reason() -> None:
    made = block()
    with pytest.raises(UserError) as refused:
        conduct.lift(block_id=made.pk, reason=" ", actor=STAFF, now=NOW)
    assert list(refused.value.fields) == ["reason"]
    done = conduct.lift(block_id=made.pk, reason="证明属实", actor=STAFF, now=NOW + DAYS)
    assert (done.lifted_at, done.lifted_by_id, done.lift_reason) == (NOW + DAYS, STAFF.id, "证明属实")
    assert blocked("a", now=NOW + DAYS) == {}
    with pytest.raises(conduct.NotBlocked):
        conduct.lift(block_id=made.pk, reason="再次", actor=STAFF, now=NOW + DAYS)
    with pytest.raises(conduct.NotBlocked):
        conduct.lift(block_id=block("b").pk, reason="过期", actor=STAFF, now=NOW + 30 * DAYS)
    assert set(Entry.objects.values_list("action", flat=True)) == {"capacity.block", "capacity.lift"}


def test_after_a_block_was_lifted_old_no_shows_do_not_count_again() -> None:
    after("a")
    (made,) = after("a", at=NOW + DAYS)
    conduct.lift(block_id=made.pk, reason="证明属实", actor=STAFF, now=NOW + 2 * DAYS)
    assert after("a", at=NOW + 3 * DAYS) == []


def test_forgiven_conduct_counts_no_longer() -> None:
    (one,) = missed("a")
    with pytest.raises(UserError):
        conduct.forgive(conduct_ids=[one.pk], reason="", actor=STAFF, now=NOW)
    assert conduct.forgive(conduct_ids=[one.pk], reason="暴雪", actor=STAFF, now=NOW) == 1
    assert conduct.forgive(conduct_ids=[one.pk], reason="暴雪", actor=STAFF, now=NOW) == 0
    one.refresh_from_db()
    assert (one.forgiven_at, one.forgiven_by_id, one.forgiven_reason) == (NOW, STAFF.id, "暴雪")
    assert after("a") == []
    assert Entry.objects.filter(action="capacity.forgive").count() == 1


def test_one_appeal_for_each_block() -> None:
    made = block()
    open_ = conduct.appeal(block_id=made.pk, text=b"sealed", actor=None, now=NOW)
    assert (open_.appeal, bytes(open_.appeal_text), open_.appealed_at) == ("OPEN", b"sealed", NOW)
    with pytest.raises(conduct.NotBlocked):
        conduct.appeal(block_id=made.pk, text=b"again", actor=None, now=NOW)
    with pytest.raises(conduct.NotBlocked):
        conduct.appeal(block_id=block("b").pk, text=b"late", actor=None, now=NOW + 30 * DAYS)


@pytest.mark.parametrize(("grants", "appeal"), [(True, "GRANTED"), (False, "REFUSED")])
def test_an_appeal_is_decided_once(*, grants: bool, appeal: str) -> None:
    made = block()
    conduct.appeal(block_id=made.pk, text=b"sealed", actor=None, now=NOW)
    with pytest.raises(UserError) as refused:
        conduct.answer(block_id=made.pk, grants=grants, text="", actor=STAFF, now=NOW)
    assert list(refused.value.fields) == ["answer"]
    conduct.answer(block_id=made.pk, grants=grants, text="已核实", actor=STAFF, now=NOW + DAYS)
    made.refresh_from_db()
    assert (made.appeal, made.answer, made.answered_by_id) == (appeal, "已核实", STAFF.id)
    assert blocked("a", now=NOW + DAYS) == ({} if grants else {"a": made.until})
    assert Event.objects.get(kind="appeal.decided").payload == {"grants": grants}
    with pytest.raises(conduct.NotBlocked):
        conduct.answer(block_id=made.pk, grants=grants, text="已核实", actor=STAFF, now=NOW + DAYS)


def test_an_appeal_is_answered_also_after_the_block_has_ended() -> None:
    made = block()
    conduct.appeal(block_id=made.pk, text=b"sealed", actor=None, now=NOW)
    conduct.answer(block_id=made.pk, grants=True, text="已核实", actor=STAFF, now=NOW + 31 * DAYS)
    made.refresh_from_db()
    assert (made.appeal, made.lifted_at) == ("GRANTED", None)


def test_the_engine_obeys_blocks_and_liftings() -> None:
    slot, made = offer(), block("account")
    wanted = order(slot, identities=("a",), subjects=("a", "account"))
    assert engine.place([wanted], now=NOW) == [Refused(Reason.BLOCKED, until=made.until)]
    conduct.lift(block_id=made.pk, reason="证明属实", actor=STAFF, now=NOW)
    assert isinstance(engine.place([wanted], now=NOW)[0], Placed)
