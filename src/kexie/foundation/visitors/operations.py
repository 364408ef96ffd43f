"""What changes visitor accounts and their companions."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.units.models import Unit
from kexie.foundation.visitors import consent, details, hooks, rules
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor
from kexie.kernel import codes
from kexie.kernel.errors import NotFound, UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient


class CompanionRefused(UserError):
    """A companion that cannot be kept so; each message stands beside its field."""


class ConsentNeeded(CompanionRefused):
    """The companion is under 14 and no guardian has agreed yet."""


class StillNeeded(UserError):
    """The account cannot be deleted yet; `reasons` say what to do first."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def ensure(*, association: Unit, phone: str, now: dt.datetime, actor: audit.Actor | None = None) -> Visitor:
    """Return the visitor with this mobile number, made if there is none yet; raise CodeError if it is no such number.

    For whoever acts for somebody: signing in, the museum's desk, a client of the API.
    """
    number = codes.mobile(phone)
    visitor, made = Visitor.objects.get_or_create(
        association=association,
        phone_digest=crypto.keyed_digest(number),
        defaults={"phone": crypto.encrypt(number.encode()), "created_at": now},
    )
    if made:
        _log(visitor, "visitors.create", actor=actor, subject=visitor, now=now)
    return visitor


@transaction.atomic
def add_companion(
    *,
    visitor: Visitor,
    name: str,
    document: str,
    number: str,
    now: dt.datetime,
    birth_date: dt.date | None = None,
    is_self: bool = False,
    relation: str = "",
    actor: audit.Actor | None = None,
) -> Companion:
    """Keep somebody to come with. `relation` (consent.Relation) says that a child's guardian agrees, and who does.

    Raises details.DetailsRefused, ConsentNeeded or CompanionRefused.
    """
    person = details.check(
        name=name, document=document, number=number, birth_date=birth_date, today=timezone.localdate(now)
    )
    _one_after_another(visitor)
    if visitor.companions.filter(removed_at=None).count() >= rules.COMPANIONS:
        raise CompanionRefused(_("最多保存%(most)d名同行人，请先移除不常来的。") % {"most": rules.COMPANIONS})
    companion = Companion(
        association_id=visitor.association_id, visitor=visitor, is_self=is_self, created_at=now
    )
    _set_person(companion, person, relation, now)
    _save(companion)
    _log(visitor, "visitors.add_companion", actor=actor or visitor, subject=companion, now=now)
    return companion


@transaction.atomic
def edit_companion(
    *,
    companion: Companion,
    now: dt.datetime,
    name: str = "",
    document: str = "",
    number: str = "",
    birth_date: dt.date | None = None,
    relation: str = "",
    actor: audit.Actor | None = None,
) -> Companion:
    """Change a companion's details; what is empty stays. Another document needs its own number."""
    known = companion.person
    document = document or known.document
    kept_number = known.number if document == known.document else ""
    says_birth_date = document in details.SAYS_BIRTH_DATE
    person = details.check(
        name=name or known.name,
        document=document,
        number=number or kept_number,
        birth_date=None if says_birth_date else birth_date or known.birth_date,
        today=timezone.localdate(now),
    )
    _set_person(companion, person, relation, now)
    _save(companion)
    visitor = companion.visitor
    _log(visitor, "visitors.edit_companion", actor=actor or visitor, subject=companion, now=now)
    return companion


@transaction.atomic
def remove_companion(*, companion: Companion, now: dt.datetime) -> None:
    """Take a companion off the list. For half an hour it can be put back; then its details are erased."""
    companion.removed_at = now
    companion.save(update_fields=["removed_at"])
    visitor = companion.visitor
    _log(visitor, "visitors.remove_companion", actor=visitor, subject=companion, now=now)


@transaction.atomic
def restore_companion(*, visitor: Visitor, companion_id: UUID, now: dt.datetime) -> Companion:
    """Put a companion just removed back on the list."""
    since = now - rules.UNDO_LASTS
    companion = visitor.companions.filter(pk=companion_id, removed_at__gt=since).first()
    if companion is None:
        raise NotFound(_("已过可以恢复的时间，请重新添加。"))
    _one_after_another(visitor)
    if visitor.companions.filter(removed_at=None).count() >= rules.COMPANIONS:
        raise CompanionRefused(_("最多保存%(most)d名同行人，请先移除不常来的。") % {"most": rules.COMPANIONS})
    companion.removed_at = None
    _save(companion)
    _log(visitor, "visitors.restore_companion", actor=visitor, subject=companion, now=now)
    return companion


@transaction.atomic
def erase(*, visitor: Visitor, now: dt.datetime, actor: audit.Actor | None = None) -> None:
    """Delete an account: everything that says who it was; raise StillNeeded while another app holds it.

    The empty row stays, so that what was counted keeps its key.
    """
    visitor = Visitor.objects.select_for_update().get(pk=visitor.pk)
    if reasons := hooks.reasons_to_keep(visitor, now):
        raise StillNeeded(reasons)
    hooks.erase(visitor, now)
    visitor.companions.all().delete()
    OneTimeCode.objects.filter(association=visitor.association_id, phone_digest=visitor.phone_digest).delete()
    notify.erase(association_id=visitor.association_id, to=Recipient(visitor_id=visitor.pk))
    Visitor.objects.filter(pk=visitor.pk).update(
        phone=None, phone_digest="", is_active=False, erased_at=now, epoch=F("epoch") + 1
    )
    _log(visitor, "visitors.erase", actor=actor, subject=visitor, now=now)


def _set_person(companion: Companion, person: details.Person, relation: str, now: dt.datetime) -> None:
    """Seal the details into the row, with the consent that a child needs and nobody else has."""
    is_child = person.is_child_on(timezone.localdate(now))
    if is_child and companion.is_self:
        raise CompanionRefused(fields={"document": _("未满14周岁请由监护人登录，把孩子添加为同行人。")})
    if is_child and relation:
        companion.consent_relation = _relation(relation)
        companion.consent_version, companion.consented_at = consent.VERSION, now
    elif is_child and not companion.consented_at:
        raise ConsentNeeded(fields={"relation": _("请选择您与孩子的关系，并表示同意。")})
    companion.sealed = details.to_bytes([person], context=companion.pk.bytes)
    companion.digest = person.digest
    companion.__dict__.pop("person", None)


def _relation(relation: str) -> str:
    if relation not in consent.Relation.values:
        raise ConsentNeeded(fields={"relation": _("请选择您与孩子的关系，并表示同意。")})
    return relation


def _save(companion: Companion) -> None:
    try:
        with transaction.atomic():
            companion.save()
    except IntegrityError as error:
        if "companion_one_self" in str(error):
            raise CompanionRefused(_("您已添加过本人，请修改原有的。")) from error
        if "companion_once" not in str(error):
            raise
        raise CompanionRefused(fields={"number": _("此人已在您的同行人中。")}) from error


def _one_after_another(visitor: Visitor) -> None:
    """Let simultaneous additions wait for each other, so that the limit holds."""
    Visitor.objects.select_for_update().filter(pk=visitor.pk).first()


def _log(
    visitor: Visitor,
    action: str,
    *,
    actor: audit.Actor | None,
    subject: Visitor | Companion,
    now: dt.datetime,
) -> None:
    audit.append(
        association_id=visitor.association_id,
        actor=actor,
        action=action,
        subject=subject,
        detail={},
        now=now,
    )
