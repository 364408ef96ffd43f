"""What visitors say about their visit: taken in, answered, hidden with a reason, and entered in the ledger."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Feedback, Museum, Rating
from kexie.contexts.museums.queries import feedback as queries
from kexie.contexts.museums.states import FEEDBACK_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger import voices
from kexie.platform.audit import operations as audit
from kexie.platform.outbox import operations as outbox

State = Feedback.State
LONGEST_TEXT = 1_000
# A visit longer ago is remembered too dimly to rate.
DAYS_BACK = 60


class NotPossible(UserError):
    """The feedback is in a state from which this cannot be done."""


@transaction.atomic
def say(
    *,
    museum: Museum,
    score: int,
    tags: Sequence[str],
    visited_on: dt.date,
    now: dt.datetime,
    feedback_id: uuid.UUID | None = None,
    text: str = "",
    ticket: str = "",
    device: str = "",
    address: str = "",
) -> Feedback:
    """Take a visitor's word; a ticket of the museum that was used marks it as a real visit.

    The same `feedback_id` sent twice is said once.
    """
    known = Feedback.objects.filter(association_id=museum.association_id, unit_id=museum.unit_id)
    if feedback_id and (found := known.filter(pk=feedback_id).first()):
        return found
    today = timezone.localdate(now)
    if not today - dt.timedelta(days=DAYS_BACK) <= visited_on <= today:
        raise UserError(fields={"visited_on": _("请填写最近60天内的参观日期。")})
    voices.check(Feedback, association_id=museum.association_id, device=device, address=address, now=now)
    number = texts.clean(ticket).replace(" ", "")[:32]
    found = Feedback(
        id=feedback_id or uuid.uuid4(),
        association_id=museum.association_id,
        unit_id=museum.unit_id,
        visited_on=visited_on,
        score=score,
        tags=sorted(set(tags)),
        text=texts.clean_lines(text)[:LONGEST_TEXT],
        ticket=number,
        is_visit=bool(number) and queries.was_used(museum, number),
        said_at=now,
        device=device,
        address=address,
    )
    found.save(force_insert=True)
    outbox.append(
        association_id=museum.association_id, kind="feedback.given", subject_id=found.pk,
        payload={"venue": str(museum.unit_id), "score": score}, now=now,
    )  # fmt: skip
    return found


def answer(
    *,
    feedback: Feedback,
    answer: str,
    is_public: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Feedback:
    """Answer; with `is_public` word and answer stand on the museum's public page."""
    said = texts.clean_lines(answer)
    if not said:
        raise UserError(fields={"answer": _("请填写答复。")})
    with transaction.atomic():
        return _move(feedback, State.ANSWERED, actor, now, scope, answer=said, is_public=is_public)


def hide(*, feedback: Feedback, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> Feedback:
    """Keep it from being shown, with the reason. It is not deleted and its score counts all the same."""
    said = texts.clean(reason)
    if not said:
        raise UserError(fields={"reason": _("请写明隐藏的原因，例如“含他人电话”。")})
    with transaction.atomic():
        return _move(feedback, State.HIDDEN, actor, now, scope, hidden_reason=said, is_public=False)


def show_again(*, feedback: Feedback, actor: Account, now: dt.datetime, scope: Scope) -> Feedback:
    """Take the hiding back."""
    with transaction.atomic():
        return _move(feedback, State.NEW, actor, now, scope, hidden_reason="")


@transaction.atomic
def enter(*, museum: Museum, actor: Account, now: dt.datetime, scope: Scope, confirm: Scope | None) -> int:
    """Enter every rating up to yesterday in the ledger that is not there yet, and return how many.

    All of them, also of hidden feedback: nobody picks the ones that count.
    """
    waiting = list(queries.not_entered(museum, scope, before=timezone.localdate(now)))
    drafts = [ledger.draft(record=_rating(one, museum), actor=actor, now=now, scope=scope) for one in waiting]
    if drafts and confirm is not None and confirm.covers(museum.unit.path):
        ledger.confirm(records=drafts, actor=actor, now=now, scope=confirm)
    return len(drafts)


def _rating(one: Feedback, museum: Museum) -> Rating:
    return Rating(
        unit=museum.unit,
        area=museum.unit.area,
        occurred_on=one.visited_on,
        score=one.score,
        is_visit=one.is_visit,
        feedback=one,
        note=one.code,
    )


def _move(
    feedback: Feedback,
    to: Feedback.State,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    **values: object,
) -> Feedback:
    rows = Feedback.objects.select_for_update(of=("self",)).filter(scope.q(), pk=feedback.pk)
    found = rows.first()
    if found is None or to not in FEEDBACK_TRANSITIONS[found.state]:
        raise NotPossible(_("这条评价的状态已经变了，请刷新后再办理。"))
    before, found.state = found.state, to
    found.handled_by, found.handled_at = actor, now
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=["state", "handled_by", "handled_at", *values])
    audit.append(
        association_id=found.association_id,
        actor=actor,
        action="museums.move_feedback",
        subject=found,
        detail={"before": before, "after": str(to)},
        reason=found.hidden_reason,
        now=now,
    )
    return found
