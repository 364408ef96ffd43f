"""No-shows and cancellations counted against people, and the blocks that follow from them."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Block, Conduct
from kexie.platform.outbox import operations as outbox


class NotBlocked(UserError):
    """There is no block in force to lift or to appeal against."""


@dataclass(frozen=True, kw_only=True)
class NoShowRule:
    """After `count` no-shows within `days` (None: ever), a block of `block_days`."""

    count: int | None
    days: int | None
    block_days: int


@transaction.atomic
def note(
    *,
    association_id: UUID,
    venue_id: UUID,
    subjects: Collection[str],
    kind: str,
    reservation_id: UUID,
    now: dt.datetime,
) -> list[Conduct]:
    """Count something against people once for each reservation; return what was not counted before."""
    rows = [
        Conduct(
            association_id=association_id,
            venue_id=venue_id,
            subject=subject,
            kind=kind,
            reservation_id=reservation_id,
            at=now,
        )
        for subject in sorted(set(subjects))
    ]
    known = set(
        Conduct.objects.filter(
            association_id=association_id, reservation_id=reservation_id, kind=kind
        ).values_list("subject", flat=True)
    )
    Conduct.objects.bulk_create(rows, ignore_conflicts=True)
    return [row for row in rows if row.subject not in known]


def counted(
    *, association_id: UUID, venue_id: UUID, subject: str, kind: str, since: dt.datetime | None = None
) -> QuerySet[Conduct]:
    """Return what counts against somebody: not forgiven, since a moment."""
    rows = Conduct.objects.filter(
        association_id=association_id, venue_id=venue_id, subject=subject, kind=kind, forgiven_at=None
    )
    return rows.filter(at__gt=since) if since else rows


def blocked_until(
    *, association_id: UUID, venue_id: UUID, subjects: Collection[str], now: dt.datetime
) -> dict[str, dt.datetime]:
    """Return who of these may not reserve at a venue now, and until when."""
    rows = Block.objects.filter(
        association_id=association_id, venue_id=venue_id, subject__in=subjects,
        since__lte=now, until__gt=now, lifted_at=None,
    )  # fmt: skip
    return dict(rows.order_by("until").values_list("subject", "until"))


@transaction.atomic
def block_for_no_shows(
    *, noted: Iterable[Conduct], rule: NoShowRule, holder_id: UUID | None, reason: str, now: dt.datetime
) -> list[Block]:
    """Block whoever of those has reached the rule's count since the last block; return the new blocks."""
    return [made for one in noted if (made := _block(one, rule, holder_id, reason, now))]


def _block(
    one: Conduct, rule: NoShowRule, holder_id: UUID | None, reason: str, now: dt.datetime
) -> Block | None:
    if rule.count is None:
        return None
    mine = Block.objects.filter(association_id=one.association_id, venue_id=one.venue_id, subject=one.subject)
    last = mine.order_by("-since").values_list("since", flat=True).first()
    starts = [last] if last else []
    if rule.days is not None:
        starts.append(now - dt.timedelta(days=rule.days))
    rows = counted(
        association_id=one.association_id, venue_id=one.venue_id, subject=one.subject,
        kind=Conduct.Kind.NO_SHOW, since=max(starts) if starts else None,
    )  # fmt: skip
    if rows.count() < rule.count:
        return None
    return make_block(
        association_id=one.association_id, venue_id=one.venue_id, subject=one.subject, holder_id=holder_id,
        until=now + dt.timedelta(days=rule.block_days), reason=reason, actor=None, now=now,
    )  # fmt: skip


@transaction.atomic
def make_block(
    *,
    association_id: UUID,
    venue_id: UUID,
    subject: str,
    holder_id: UUID | None,
    until: dt.datetime,
    reason: str,
    actor: audit.Actor | None,
    now: dt.datetime,
) -> Block:
    """Keep somebody from reserving at a venue until a moment."""
    made = Block.objects.create(
        association_id=association_id, venue_id=venue_id, subject=subject, holder_id=holder_id, since=now,
        until=until, reason=reason, made_by_id=actor.id if actor else None,
    )  # fmt: skip
    _log(made, "block", actor, now, until=until.isoformat())
    outbox.append(
        association_id=association_id, kind="block.made", subject_id=made.pk,
        payload={"venue": str(venue_id), "until": until.isoformat()}, now=now,
    )  # fmt: skip
    return made


@transaction.atomic
def lift(*, block_id: UUID, reason: str, actor: audit.Actor | None, now: dt.datetime) -> Block:
    """End a block early and forgive what led to it. Raises NotBlocked when it is over already."""
    block = _in_force(block_id, now)
    if not reason.strip():
        raise UserError(fields={"reason": _("请写明解除的原因。")})
    block.lifted_at, block.lifted_by_id, block.lift_reason = (
        now,
        actor.id if actor else None,
        reason.strip()[:200],
    )
    block.save(update_fields=["lifted_at", "lifted_by_id", "lift_reason"])
    _log(block, "lift", actor, now, reason=reason.strip())
    return block


@transaction.atomic
def forgive(
    *, conduct_ids: Collection[UUID], reason: str, actor: audit.Actor | None, now: dt.datetime
) -> int:
    """Let no-shows or cancellations count no longer (an amnesty); return how many."""
    if not reason.strip():
        raise UserError(fields={"reason": _("请写明免记的原因。")})
    rows = Conduct.objects.filter(pk__in=conduct_ids, forgiven_at=None)
    found = list(rows.select_for_update())
    for one in found:
        audit.append(
            association_id=one.association_id, actor=actor, action="capacity.forgive", subject=one,
            detail={}, reason=reason.strip(), now=now,
        )  # fmt: skip
    by = actor.id if actor else None
    return rows.update(forgiven_at=now, forgiven_by_id=by, forgiven_reason=reason.strip()[:200])


@transaction.atomic
def appeal(*, block_id: UUID, text: bytes, actor: audit.Actor | None, now: dt.datetime) -> Block:
    """Store an appeal (encrypted by the caller) against a block in force; one for each block."""
    block = _in_force(block_id, now)
    if block.appeal:
        raise NotBlocked(_("这次限制已经申诉过，请等待答复。"))
    block.appeal, block.appeal_text, block.appealed_at = Block.Appeal.OPEN, text, now
    block.save(update_fields=["appeal", "appeal_text", "appealed_at"])
    _log(block, "appeal", actor, now)
    return block


@transaction.atomic
def answer(*, block_id: UUID, grants: bool, text: str, actor: audit.Actor, now: dt.datetime) -> Block:
    """Decide an appeal; granting it lifts the block and forgives what led to it."""
    block = Block.objects.select_for_update().get(pk=block_id)
    if block.appeal != Block.Appeal.OPEN:
        raise NotBlocked(_("这项申诉已经处理过。"))
    if not text.strip():
        raise UserError(fields={"answer": _("请写明答复内容，观众会看到。")})
    block.appeal = Block.Appeal.GRANTED if grants else Block.Appeal.REFUSED
    block.answer, block.answered_at, block.answered_by_id = text.strip()[:300], now, actor.id
    block.save(update_fields=["appeal", "answer", "answered_at", "answered_by_id"])
    if grants and block.lifted_at is None and block.until > now:
        lift(block_id=block.pk, reason=text, actor=actor, now=now)
    _log(block, "answer_appeal", actor, now, grants=grants)
    outbox.append(
        association_id=block.association_id, kind="appeal.decided", subject_id=block.pk,
        payload={"grants": grants}, now=now,
    )  # fmt: skip
    return block


def _in_force(block_id: UUID, now: dt.datetime) -> Block:
    block = Block.objects.select_for_update().get(pk=block_id)
    if block.lifted_at or block.until <= now:
        raise NotBlocked(_("这次限制已经结束。"))
    return block


def _log(
    block: Block,
    verb: str,
    actor: audit.Actor | None,
    now: dt.datetime,
    *,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=block.association_id, actor=actor, action=f"capacity.{verb}", subject=block,
        detail=detail, reason=reason, now=now,
    )  # fmt: skip
