"""Blocks by hand, appeals, and amnesties: what staff decide about how visitors stand with their museum."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, Slot
from kexie.contexts.museums.operations.booking import account_subjects
from kexie.contexts.museums.operations.no_shows import lift_undue
from kexie.contexts.museums.queries import standing as queries
from kexie.foundation.access.models import Account
from kexie.foundation.people.models import Document
from kexie.foundation.visitors import queries as visitors
from kexie.foundation.visitors.details import Person
from kexie.kernel import codes, text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Block, Conduct
from kexie.platform.capacity.operations import conduct

LONGEST_DAYS = 366
_RESIDENT = 18


class StandingRefused(UserError):
    """It cannot be done like this; `fields` says what to change."""


@transaction.atomic
def block(*, museum: Museum, whom: str, days: int, reason: str, actor: Account, now: dt.datetime) -> Block:
    """Keep an account (by its telephone number) or a person (by a resident number) from booking for some days."""
    problems: dict[str, str] = {}
    if not (said := text.clean(reason)):
        problems["reason"] = _("请写明限制的原因，观众会看到。")
    if not 1 <= days <= LONGEST_DAYS:
        problems["days"] = _("请填写1至%(most)d之间的天数。") % {"most": LONGEST_DAYS}
    subject, holder = _subject(museum, whom, problems)
    if problems:
        raise StandingRefused(fields=problems)
    association, venue = museum.association_id, museum.unit_id
    if conduct.blocked_until(association_id=association, venue_id=venue, subjects=[subject], now=now):
        raise StandingRefused(fields={"whom": _("这位观众已在限制中，请在列表里查看。")})
    return conduct.make_block(
        association_id=association, venue_id=venue, subject=subject, holder_id=holder, until=now + dt.timedelta(days=days), reason=said[:200],
        actor=actor, now=now,
    )  # fmt: skip


def _subject(museum: Museum, whom: str, problems: dict[str, str]) -> tuple[str, UUID | None]:
    """Return by what somebody is blocked and the account, if any; note in `problems` what is wrong with the number."""
    typed = codes.normalise(text.clean(whom))
    try:
        if len(typed) == _RESIDENT:
            number = codes.resident_id(typed).number
            return Person(name="", document=Document.RESIDENT_ID, number=number).digest, None
        visitor = visitors.by_phone(museum.association, typed)
    except codes.CodeError as error:
        problems["whom"] = str(error) if typed else _("请填写手机号码或身份证号码。")
        return "", None
    if visitor is None:
        problems["whom"] = _("没有用这个手机号码登录过的观众，可改用身份证号码。")
        return "", None
    return account_subjects(visitor.pk)[0], visitor.pk


@transaction.atomic
def lift(*, block: Block, reason: str, actor: Account, now: dt.datetime) -> Block:
    """End a block early and let the no-shows before it count no longer. Raises conduct.NotBlocked, UserError."""
    lifted = conduct.lift(block_id=block.pk, reason=reason, actor=actor, now=now)
    _forgive_before(lifted, reason, actor, now)
    return lifted


@transaction.atomic
def decide_appeal(*, block: Block, grants: bool, words: str, actor: Account, now: dt.datetime) -> Block:
    """Answer an appeal; granting it ends the block and forgives what led to it. Raises conduct.NotBlocked, UserError."""
    decided = conduct.answer(block_id=block.pk, grants=grants, text=text.clean(words), actor=actor, now=now)
    if grants:
        _forgive_before(decided, decided.answer, actor, now)
    return decided


def _forgive_before(found: Block, reason: str, actor: Account, now: dt.datetime) -> None:
    rows = Conduct.objects.filter(
        association_id=found.association_id, venue_id=found.venue_id, subject=found.subject,
        kind=Conduct.Kind.NO_SHOW, at__lte=found.since, forgiven_at=None,
    )  # fmt: skip
    ids = list(rows.values_list("pk", flat=True))
    conduct.forgive(conduct_ids=ids, reason=reason, actor=actor, now=now)


@transaction.atomic
def amnesty(
    *,
    museum: Museum,
    since: dt.date,
    until: dt.date,
    slot: Slot | None,
    reason: str,
    actor: Account,
    scope: Scope,
    now: dt.datetime,
) -> tuple[int, int]:
    """Let the no-shows of a period or of one slot count no longer, and end the blocks that are then not due.

    Returns how many no-shows and how many blocks.
    """
    problems = {}
    if until < since:
        problems["until"] = _("截止日期早于起始日期，请对调或改正。")
    if not text.clean(reason):
        problems["reason"] = _("请写明免记的原因，例如“暴雪预警，公交停运”。")
    if problems:
        raise StandingRefused(fields=problems)
    rows = list(queries.to_forgive(museum, scope, since=since, until=until, slot=slot))
    said = text.clean(reason)
    conduct.forgive(conduct_ids=[one.pk for one in rows], reason=said, actor=actor, now=now)
    lifted = sum(
        lift_undue(museum, subject, reason=said, actor=actor, now=now)
        for subject in sorted({one.subject for one in rows})
    )
    return len(rows), lifted
