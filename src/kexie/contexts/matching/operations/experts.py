"""The register of experts: entering and changing a profile, contact, verifying, withdrawing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.operations.common import locked, note, version_of
from kexie.contexts.matching.rules import experts as rules
from kexie.foundation.access.models import Account
from kexie.foundation.people import operations as people
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Conflict, UserError
from kexie.kernel.scope import Scope

CONTACTS = ("phone", "email")


class ExpertRefused(UserError):
    """An expert that cannot be entered so; the message stands beside the field."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the expert after the form was opened."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a form or a file says of an expert, without contact and consent."""

    name: str
    other_names: str = ""
    title: str = ""
    employer: str = ""
    society: Unit | None = None
    disciplines: Sequence[str] = ()
    skills: str = ""
    about: str = ""
    languages: Sequence[str] = ()
    region: str = ""
    availability: str = Expert.Availability.OPEN
    away_until: dt.date | None = None
    most_requests: int = 3
    is_home: bool = False
    cleared_on: dt.date | None = None
    orcid: str = ""
    openalex: str = ""
    note: str = ""


@transaction.atomic
def register(
    *,
    profile: Profile,
    phone: str = "",
    email: str = "",
    unit: Unit | None = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Expert:
    """Enter an expert, kept by a unit (the actor's own if none is given)."""
    kept_by = unit or actor.unit
    if kept_by is None or not scope.covers(kept_by.path):
        raise ExpertRefused(_("您的账号没有可以管理专家的单位。"))
    expert = Expert(association_id=scope.association_id, unit=kept_by)
    fill(expert, profile)
    set_contact(expert, phone=phone, email=email)
    expert.full_clean()
    expert.save(force_insert=True)
    note(expert, "register_expert", actor=actor, now=now)
    return expert


@transaction.atomic
def change(
    *, expert_id: UUID, profile: Profile, seen: str = "", actor: Account, now: dt.datetime, scope: Scope
) -> Expert:
    """Change a profile. `seen` is `version_of` when the form was opened. The log names fields, never values."""
    expert = locked(Expert, expert_id, scope)
    if seen and seen != version_of(expert):
        raise ChangedMeanwhile(
            _("在您填写期间，别人修改了这位专家。请在新窗口核对最新内容，再次保存将以您填写的为准。")
        )
    fields = fill(expert, profile)
    expert.origins = {name: origin for name, origin in expert.origins.items() if name not in fields}
    expert.full_clean()
    expert.save()
    note(expert, "change_expert", actor=actor, now=now, fields=fields)
    return expert


def fill(expert: Expert, profile: Profile) -> list[str]:
    """Set what a profile says on an expert not yet saved; return the names of the fields that differ."""
    given = {
        **{name: getattr(profile, name) for name in asdict(profile)},
        "disciplines": list(profile.disciplines),
        "languages": list(profile.languages),
        "orcid": _number("orcid", profile.orcid),
        "openalex": _number("openalex", profile.openalex),
    }
    changed = sorted(name for name, value in given.items() if getattr(expert, name) != value)
    for name in changed:
        setattr(expert, name, given[name])
    return changed


def _number(name: str, written: str) -> str:
    messages = {
        "orcid": _("ORCID 是16位，像 0000-0002-1825-0097，请核对。"),
        "openalex": _("OpenAlex 作者编号像 A5023888391，请核对。"),
    }
    try:
        return str(getattr(rules, name)(written)) if written.strip() else ""
    except ValueError as error:
        raise ExpertRefused(fields={name: messages[name]}) from error


def set_contact(expert: Expert, *, phone: str, email: str) -> None:
    """Set contact on an expert not yet saved; "" takes it away."""
    expert.seal("phone", people.phone_number(phone))
    try:
        expert.seal("email", rules.email(email) if email.strip() else "")
    except ValueError as error:
        raise ExpertRefused(fields={"email": _("电子邮箱应像 name@example.org，请核对。")}) from error


@transaction.atomic
def change_contact(
    *, expert_id: UUID, phone: str, email: str, actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Replace an expert's contact; what is left empty is taken away."""
    expert = locked(Expert, expert_id, scope)
    set_contact(expert, phone=phone, email=email)
    expert.save()
    note(expert, "change_expert_contact", actor=actor, now=now)


@transaction.atomic
def reveal_contact(
    *, expert_id: UUID, field: str, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> str:
    """Return the number or the address in clear, and write down who asked for it and why."""
    if field not in CONTACTS:
        raise ValueError(field)
    if not reason.strip():
        raise ExpertRefused(fields={"reason": _("请写明查看完整联系方式的原因。")})
    expert = locked(Expert, expert_id, scope)
    note(expert, "reveal_expert", actor=actor, now=now, reason=reason.strip(), field=field)
    return expert.open(field)


@transaction.atomic
def verify(*, expert_id: UUID, actor: Account, now: dt.datetime, scope: Scope, on: dt.date) -> None:
    """Say that the association looked at who this is; only verified experts see the summaries of problems."""
    expert = locked(Expert, expert_id, scope)
    if on > timezone.localdate(now):
        raise ExpertRefused(fields={"on": _("认证日期不能晚于今天。")})
    expert.verified_on = on
    expert.save(update_fields=["verified_on"])
    note(expert, "verify_expert", actor=actor, now=now, on=on)


@transaction.atomic
def withdraw(
    *, expert_id: UUID, on: dt.date, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Take an expert out of the register: found and asked no more, old records stay."""
    expert = locked(Expert, expert_id, scope)
    expert.withdrawn_on, expert.withdrawn_why = on, reason
    expert.full_clean(exclude=["account"])
    expert.save(update_fields=["withdrawn_on", "withdrawn_why"])
    note(expert, "withdraw_expert", actor=actor, now=now, reason=reason)


@transaction.atomic
def restore(*, expert_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Bring an expert back into the register."""
    expert = locked(Expert, expert_id, scope)
    expert.withdrawn_on, expert.withdrawn_why = None, ""
    expert.save(update_fields=["withdrawn_on", "withdrawn_why"])
    Expert.objects.filter(merged_into=expert).update(withdrawn_on=None, withdrawn_why="")
    note(expert, "restore_expert", actor=actor, now=now)
