"""Volunteers and shifts: planned and filled by staff, answered by the volunteers, hours entered in the ledger."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, Shift, SignUp, Volunteer, VolunteerDuty
from kexie.contexts.museums.models.shifts import MOST_HOURS
from kexie.contexts.museums.states import SIGN_UP_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.people.operations import phone_number
from kexie.kernel import text as texts
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

State = SignUp.State
_SALT = "museums.sign_up"
MOST_WEEKS = 12


class NotPossible(UserError):
    """The shift or the place in it is in a state from which this cannot be done."""


@transaction.atomic
def keep_volunteer(
    *,
    volunteer: Volunteer,
    phone: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Volunteer:
    """Save a new or changed volunteer; an empty `phone` leaves the number as it is."""
    if not scope.covers(volunteer.unit.path):
        raise NotPossible(_("没有找到这位志愿者，或您无权办理。"))
    is_new = volunteer._state.adding
    volunteer.name = texts.clean(volunteer.name)
    if clean := phone_number(phone):
        volunteer.phone = crypto.encrypt(clean.encode())
        volunteer.phone_digest = crypto.keyed_digest(clean)
    volunteer.full_clean()
    volunteer.save()
    action = "museums.add_volunteer" if is_new else "museums.edit_volunteer"
    _log(volunteer, action, actor, now, has_phone=bool(volunteer.phone))
    return volunteer


@transaction.atomic
def reveal_phone(*, volunteer: Volunteer, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> str:
    """Return a volunteer's number in clear, and write down who asked for it and why."""
    if not reason.strip():
        raise UserError(_("请写明查看号码的原因。"))
    if not scope.covers(volunteer.unit.path):
        raise NotPossible(_("没有找到这位志愿者，或您无权办理。"))
    _log(volunteer, "museums.reveal_volunteer", actor, now, reason=texts.clean(reason))
    return crypto.decrypt(bytes(volunteer.phone)).decode() if volunteer.phone else ""


@transaction.atomic
def plan(
    *,
    museum: Museum,
    days: Sequence[dt.date],
    starts_at: dt.time,
    ends_at: dt.time,
    post: str,
    places: int,
    note: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> list[Shift]:
    """Plan the same shift on several days."""
    if not scope.covers(museum.unit.path):
        raise NotPossible(_("您无权为这座科技馆排班。"))
    found = []
    for day in days:
        shift = Shift(
            association_id=museum.association_id, unit=museum.unit, on=day, starts_at=starts_at, ends_at=ends_at,
            post=texts.clean(post), places=places, note=texts.clean(note),
        )  # fmt: skip
        if shift.begins <= now:
            raise UserError(fields={"on": _("班次要排在以后的时间。")})
        if shift.ends - shift.begins > dt.timedelta(hours=MOST_HOURS):
            raise UserError(fields={"ends_at": _("一个班次不超过12小时。")})
        shift.full_clean()
        shift.save(force_insert=True)
        found.append(shift)
    _log(found[0], "museums.plan_shifts", actor, now, days=[day.isoformat() for day in days])
    return found


@transaction.atomic
def cancel_shift(
    *, shift: Shift, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> list[SignUp]:
    """Cancel a shift that has not begun; whoever had a place is told. Returns their places."""
    said = texts.clean(reason)
    if not said:
        raise UserError(fields={"reason": _("请写明取消的原因，会告诉已安排的志愿者。")})
    found = _locked_shift(shift.pk, scope)
    if found.cancelled_at or found.begins <= now:
        raise NotPossible(_("这个班次已经开始或已经取消。"))
    active = found.sign_ups.filter(state__in=(State.INVITED, State.CONFIRMED)).select_related("volunteer")
    told = list(active)
    found.sign_ups.filter(pk__in=[one.pk for one in told]).update(
        state=State.CANCELLED, answered_at=now, reason=said
    )
    found.cancelled_at, found.cancel_reason, found.taken = now, said, 0
    found.save(update_fields=["cancelled_at", "cancel_reason", "taken"])
    for one in told:
        _tell(one, found, "shift.cancelled", now, reason=said)
    _log(found, "museums.cancel_shift", actor, now, told=len(told))
    return told


@transaction.atomic
def invite(
    *,
    shift: Shift,
    volunteer: Volunteer,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    site: str = "",
) -> SignUp:
    """Give a volunteer a place, to be confirmed by the link that is sent where there is a number.

    `site` is what stands before the path in the site's addresses, such as https://museum.example.
    """
    found = _locked_shift(shift.pk, scope)
    if found.cancelled_at or found.ends <= now:
        raise NotPossible(_("这个班次已经结束或已经取消。"))
    if volunteer.unit_id != found.unit_id or not volunteer.is_active:
        raise NotPossible(fields={"volunteer": _("请选择本馆仍在服务的志愿者。")})
    made = _take(found, volunteer, State.INVITED, actor, now)
    _tell(made, found, "shift.invited", now, link=f"{site}{path_of(made)}")
    _log(found, "museums.invite_volunteer", actor, now, sign_up=str(made.pk))
    return made


@transaction.atomic
def confirm(*, sign_up: SignUp, now: dt.datetime) -> SignUp:
    """The volunteer will come."""
    return _move(sign_up, State.CONFIRMED, now)


@transaction.atomic
def decline(*, sign_up: SignUp, reason: str, now: dt.datetime) -> SignUp:
    """The volunteer cannot come: an invitation is declined, a promise taken back, until the shift begins."""
    found = _locked_sign_up(sign_up.pk)
    if found.shift.begins <= now:
        raise NotPossible(_("班次已经开始，请直接联系工作人员。"))
    to = State.DECLINED if found.state == State.INVITED else State.CANCELLED
    return _move(found, to, now, reason=texts.clean(reason)[:200])


@transaction.atomic
def release(*, sign_up: SignUp, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> SignUp:
    """Staff takes a place back."""
    shift = _locked_shift(sign_up.shift_id, scope)
    found = _move(sign_up, State.CANCELLED, now, reason=texts.clean(reason)[:200])
    _tell(found, shift, "shift.cancelled", now, reason=found.reason or _("人员调整"))
    _log(shift, "museums.release_volunteer", actor, now, sign_up=str(found.pk))
    return found


@transaction.atomic
def change(*, sign_up: SignUp, to: Shift, now: dt.datetime) -> SignUp:
    """The volunteer changes to another shift: both or neither."""
    found = _locked_sign_up(sign_up.pk)
    if found.shift.begins <= now or to.begins <= now or to.cancelled_at:
        raise NotPossible(_("班次已经开始或取消，不能再换。"))
    if to.unit_id != found.shift.unit_id or to.pk == found.shift_id:
        raise NotPossible(fields={"to": _("请选择本馆的另一个班次。")})
    said = _("换到%(day)s %(post)s") % {"day": to.on.isoformat(), "post": to.post}
    _move(found, State.DECLINED if found.state == State.INVITED else State.CANCELLED, now, reason=said)
    return _take(to, found.volunteer, State.CONFIRMED, None, now)


@transaction.atomic
def record_attendance(
    *,
    shift: Shift,
    hours: Mapping[UUID, Decimal | None],
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    confirm: Scope | None,
) -> int:
    """Enter who came for how many hours (None: did not come) once the shift has begun; return how many came."""
    found = _locked_shift(shift.pk, scope)
    if found.begins > now or found.cancelled_at:
        raise NotPossible(_("班次开始以后才能记录到岗。"))
    waiting = found.sign_ups.filter(state__in=(State.INVITED, State.CONFIRMED), pk__in=hours)
    duties = [_attend(one, found, hours[one.pk], now) for one in waiting.select_related("volunteer")]
    drafts = [
        ledger.draft(record=duty, actor=actor, now=now, scope=scope) for duty in duties if duty is not None
    ]
    if drafts and confirm is not None and confirm.covers(found.unit.path):
        ledger.confirm(records=drafts, actor=actor, now=now, scope=confirm)
    _log(found, "museums.record_attendance", actor, now, came=len(drafts), asked=len(duties))
    return len(drafts)


def path_of(sign_up: SignUp) -> str:
    """Return the path of a volunteer's own page about a place: signed, so that it cannot be made up."""
    return reverse("exhibit:sign_up", args=[signing.dumps(str(sign_up.pk), salt=_SALT)])


def sign_up_id(token: str) -> UUID:
    """Return the place a link speaks of, or raise NotFound."""
    try:
        return UUID(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(_("这个链接不完整，请从收到的消息里重新打开。")) from error


def _attend(one: SignUp, shift: Shift, hours: Decimal | None, now: dt.datetime) -> VolunteerDuty | None:
    if hours is None:
        one.state, one.answered_at = State.ABSENT, now
        one.save(update_fields=["state", "answered_at"])
        return None
    if one.state == State.INVITED:  # came without having answered
        one.answered_at = now
    one.state = State.ATTENDED
    one.save(update_fields=["state", "answered_at"])
    return VolunteerDuty(
        unit=shift.unit, area=shift.unit.area, occurred_on=shift.on, volunteer=one.volunteer, post=shift.post,
        hours=hours, sign_up=one,
    )  # fmt: skip


def _take(
    shift: Shift, volunteer: Volunteer, state: State, actor: Account | None, now: dt.datetime
) -> SignUp:
    raised = Shift.objects.filter(pk=shift.pk, cancelled_at=None, taken__lt=F("places"))
    if not raised.update(taken=F("taken") + 1):
        raise NotPossible(_("这个班次的人数已满，请换一个班次，或先增加需要人数。"))
    made = SignUp(
        association_id=shift.association_id, shift=shift, volunteer=volunteer, during=(shift.begins, shift.ends),
        state=state, invited_at=now, invited_by=actor, answered_at=None if actor else now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as refused:
        if "museums_signup_no_overlap" not in str(refused):
            raise
        raise NotPossible(_("%(name)s在这段时间里已有另一个班次。") % {"name": volunteer.name}) from refused
    made.refresh_from_db()
    return made


def _move(sign_up: SignUp, to: State, now: dt.datetime, *, reason: str = "") -> SignUp:
    found = _locked_sign_up(sign_up.pk)
    if to not in SIGN_UP_TRANSITIONS[found.state]:
        raise NotPossible(
            _("这个班次安排现在是“%(state)s”，不能再改。") % {"state": found.get_state_display()}
        )
    if to == State.CONFIRMED and found.shift.ends <= now:
        raise NotPossible(_("班次已经结束。"))
    found.state, found.answered_at, found.reason = to, now, reason
    found.save(update_fields=["state", "answered_at", "reason"])
    if to in {State.DECLINED, State.CANCELLED}:
        Shift.objects.filter(pk=found.shift_id, taken__gt=0).update(taken=F("taken") - 1)
    return found


def _locked_shift(pk: UUID, scope: Scope) -> Shift:
    rows = Shift.objects.select_for_update(of=("self",)).filter(scope.q(), pk=pk)
    found = rows.select_related("unit__area").first()
    if found is None:
        raise NotPossible(_("没有找到这个班次，或您无权办理。"))
    return found


def _locked_sign_up(pk: UUID) -> SignUp:
    rows = SignUp.objects.select_for_update(of=("self",)).select_related("shift__unit", "volunteer")
    return rows.get(pk=pk)


def _tell(sign_up: SignUp, shift: Shift, template: str, now: dt.datetime, **more: object) -> None:
    """Send a notice where there is a number; else staff passes the link on."""
    if not sign_up.volunteer.phone:
        return
    values = {
        "museum": shift.unit.name,
        "day": shift.on,
        "hours": f"{shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}",
        "post": shift.post,
        **more,
    }
    notify.send(
        association_id=shift.association_id,
        to=Recipient(phone=crypto.decrypt(bytes(sign_up.volunteer.phone)).decode()),
        template=template,
        values=values,
        now=now,
        expires_at=shift.begins,
    )


def _log(
    subject: Volunteer | Shift,
    action: str,
    actor: Account,
    now: dt.datetime,
    *,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=subject.association_id,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        reason=reason,
        now=now,
    )
