"""What experts do themselves: keep their page, agree and withdraw, say that all is still right, ask to be deleted."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertRequest, ExpertWork, Invitation
from kexie.contexts.matching.operations import expert_facts
from kexie.contexts.matching.operations.common import note
from kexie.contexts.matching.queries import expert_self as queries
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.rules import experts as rules
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.notify import links
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

# What the office looked at when it verified somebody: a change waits for another look.
VERIFIED = ("name", "title", "employer")
OWN = (
    "disciplines",
    "skills",
    "about",
    "languages",
    "region",
    "availability",
    "away_until",
    "most_requests",
    "other_names",
)
_SALT, _LINK_DAYS = "matching.still-right", 60
Kind, State = ExpertRequest.Kind, ExpertRequest.State


class SelfRefused(UserError):
    """Something that an expert cannot do so."""


@transaction.atomic
def keep(*, account: Account, values: Mapping[str, Any], now: dt.datetime) -> ExpertRequest | None:
    """Keep what an expert says of themselves; return what waits for the office, where verified fields change."""
    expert = _own(account)
    private = {"employer", "region"} if expert.is_home else set()
    given = {name: values[name] for name in (*VERIFIED, *OWN) if name in values and name not in private}
    changed = {name: value for name, value in given.items() if getattr(expert, name) != value}
    waits = {name: changed.pop(name) for name in VERIFIED if name in changed} if expert.verified_on else {}
    for name, value in changed.items():
        setattr(expert, name, value)
        expert.origins[name] = {"source": "SELF", "on": timezone.localdate(now).isoformat()}
    expert.confirmed_on = timezone.localdate(now)
    expert.full_clean(exclude=["account"])
    expert.save()
    note(expert, "keep_own_page", actor=account, now=now, fields=sorted(changed), waits=sorted(waits))
    return _ask_change(expert, waits, account, now) if waits else None


def _ask_change(
    expert: Expert, wanted: Mapping[str, Any], account: Account, now: dt.datetime
) -> ExpertRequest:
    """Ask the office for a look; what was asked before and waits is asked anew."""
    waiting = ExpertRequest.objects.filter(expert=expert, kind=Kind.CHANGE, state=State.WAITING).first()
    made = waiting or ExpertRequest(
        association_id=expert.association_id, expert=expert, kind=Kind.CHANGE, asked_at=now
    )
    made.wanted, made.asked_at = {**made.wanted, **wanted}, now
    made.full_clean()
    made.save()
    note(expert, "ask_change", actor=account, now=now, fields=sorted(wanted))
    return made


@transaction.atomic
def still_right(*, account: Account, now: dt.datetime) -> None:
    """The expert looked and says that all is right."""
    _confirm(_own(account), account, now)


@transaction.atomic
def still_right_by_link(*, token: str, now: dt.datetime) -> Expert:
    """The same, by the link of a reminder."""
    expert = Expert.objects.select_for_update().get(pk=by_token(token, now=now).pk)
    _confirm(expert, None, now)
    return expert


def by_token(token: str, *, now: dt.datetime) -> Expert:
    """Return whose link it is; NotFound where it is none, or too old."""
    try:
        told = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise NotFound(_("这个链接不完整，请从收到的消息里重新打开。")) from error
    found = Expert.objects.filter(pk=UUID(told["expert"]), merged_into=None, withdrawn_on=None).first()
    if found is None or dt.date.fromisoformat(told["until"]) < timezone.localdate(now):
        raise NotFound(_("这个链接已过期，请登录后在“我的专家资料”里确认。"))
    return found


def _confirm(expert: Expert, account: Account | None, now: dt.datetime) -> None:
    expert.confirmed_on = timezone.localdate(now)
    expert.save(update_fields=["confirmed_on"])
    note(expert, "confirm_own_page", actor=account, now=now)


def agree(*, account: Account, use: str, now: dt.datetime) -> None:
    """Agree to one use of one's data."""
    if use not in ExpertConsent.Use.values:
        raise SelfRefused(_("请选择用途。"))
    expert = _own(account)
    expert_facts.give_consent(
        expert_id=expert.pk, use=use, basis="SELF", on=timezone.localdate(now), **_by(account, expert, now)
    )


def disagree(*, account: Account, use: str, now: dt.datetime) -> None:
    """Withdraw it again, from today on."""
    expert = _own(account)
    expert_facts.withdraw_consent(
        expert_id=expert.pk, use=use, on=timezone.localdate(now), **_by(account, expert, now)
    )


def add_work(*, account: Account, now: dt.datetime, **work: Any) -> ExpertWork:
    """Enter a work of one's own."""
    expert = _own(account)
    return expert_facts.add_work(
        expert_id=expert.pk, source=ExpertWork.Source.SELF, **work, **_by(account, expert, now)
    )


@transaction.atomic
def remove_work(*, account: Account, work_id: UUID, now: dt.datetime) -> None:
    """Take away a work that is not one's own, whoever entered it."""
    expert = _own(account)
    if not ExpertWork.objects.filter(pk=work_id, expert__identity=expert.pk).exists():
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    expert_facts.remove_work(work_id=work_id, **_by(account, expert, now))


@transaction.atomic
def ask_deletion(*, account: Account, words: str = "", now: dt.datetime) -> ExpertRequest:
    """Ask for everything to be deleted; until then nobody proposes or contacts the expert."""
    expert = _own(account)
    for use in ExpertConsent.Use.values:
        expert_facts.withdraw_consent(
            expert_id=expert.pk, use=use, on=timezone.localdate(now), **_by(account, expert, now)
        )
    made = ExpertRequest(
        association_id=expert.association_id,
        expert=expert,
        kind=Kind.DELETION,
        words=words.strip(),
        asked_at=now,
    )
    made.full_clean()
    made.save(force_insert=True)
    note(expert, "ask_deletion", actor=account, now=now)
    return made


@transaction.atomic
def take_back(*, account: Account, request_id: UUID, now: dt.datetime) -> None:
    """Take a request back that still waits."""
    expert = _own(account)
    found = ExpertRequest.objects.filter(expert=expert, pk=request_id, state=State.WAITING).first()
    if found is None:
        raise NotFound(_("没有找到这项申请，或已经办理。"))
    found.state, found.decided_at, found.decided_by = State.TAKEN_BACK, now, account
    found.save()
    note(expert, "take_back_request", actor=account, now=now, kind=found.kind)


def _own(account: Account) -> Expert:
    return Expert.objects.select_for_update().get(pk=queries.own(account).pk)


def _by(account: Account, expert: Expert, now: dt.datetime) -> dict[str, Any]:
    """Return how operations of the desk are told that an expert acts on their own entry."""
    return {"actor": account, "now": now, "scope": Scope(association_id=expert.association_id)}


# --- freshness ---------------------------------------------------------------------------------------------------


def remind_stale(*, now: dt.datetime) -> int:
    """Ask experts who said nothing for a year whether their page is still right, once for each confirmation."""
    today = timezone.localdate(now)
    since = today - dt.timedelta(days=rules.FRESH_DAYS)
    stale = Expert.objects.filter(merged_into=None, withdrawn_on=None).filter(
        Q(confirmed_on=None) | Q(confirmed_on__lt=since)
    )
    due = [
        one for one in stale.only("pk", "confirmed_on", "reminded_at")
        if one.reminded_at is None or (one.confirmed_on and timezone.localdate(one.reminded_at) <= one.confirmed_on)
    ]  # fmt: skip
    return sum(_remind(one.pk, now) for one in due)


@transaction.atomic
def _remind(pk: UUID, now: dt.datetime) -> bool:
    expert = Expert.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
    to, site = recipient(expert), _site(expert)
    if to is None or (to.phone and not site):
        return False
    path = still_right_path(expert, now)
    values = {"unit": expert.unit.public_name, "link": f"{site}{path}"}
    notify.send(
        association_id=expert.association_id,
        to=to,
        template="expert.stale",
        values=values,
        href=path,
        now=now,
    )
    expert.reminded_at = now
    expert.save(update_fields=["reminded_at"])
    return True


def _site(expert: Expert) -> str:
    """Return what stands before this site's paths, as it is set or as somebody who invited experts saw it last."""
    rows = Invitation.objects.filter(association=expert.association_id).exclude(site="")
    return links.site() or rows.order_by("-invited_at").values_list("site", flat=True).first() or ""


def still_right_path(expert: Expert, now: dt.datetime) -> str:
    """Return the path that says, in one tap, that an expert's page is still right."""
    until = timezone.localdate(now) + dt.timedelta(days=_LINK_DAYS)
    token = signing.dumps({"expert": str(expert.pk), "until": until.isoformat()}, salt=_SALT)
    return reverse("my_expert:still_right", args=[token])


def recipient(expert: Expert) -> Recipient | None:
    """Return where an expert may be told something: only whoever agreed to it."""
    if ExpertConsent.Use.NOTICE not in register.standing_uses(expert):
        return None
    if expert.account_id is not None:
        return Recipient(account_id=expert.account_id)
    phone = expert.open("phone")
    return Recipient(phone=phone) if phone else None
