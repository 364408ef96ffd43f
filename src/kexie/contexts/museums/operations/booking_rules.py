"""A museum's booking rules: a new version with effect from a day; what is in force is not edited."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import BookingRules, Museum, Slot
from kexie.contexts.museums.operations import generation
from kexie.contexts.museums.queries.opening import rules_by_day
from kexie.contexts.museums.queries.rules import history
from kexie.contexts.museums.rules import planning
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.operations import offers


class InForce(UserError):
    """Rules that have been in force stay as they were; a new version takes their place."""


@transaction.atomic
def save(*, rules: BookingRules, museum: Museum, actor: Account, now: dt.datetime) -> int:
    """Save rules with effect from a day after today, or from today if none were saved for it.

    The release times of slots already made follow; return of how many. Raises ValidationError by field, InForce.
    """
    stored = BookingRules.objects.filter(pk=rules.pk).first()
    _refuse_past(rules, stored, now)
    before = _values(stored) if stored else {}
    rules.association_id, rules.museum = museum.association_id, museum
    rules.made_by, rules.made_at = actor, now
    rules.full_clean()
    rules.save()
    after = _values(rules)
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    _audit(rules, "change_rules" if stored else "add_rules", actor, changed, now)
    generation.refresh(museum=museum, actor=actor, now=now)
    return retime(museum=museum, actor=actor, now=now)


@transaction.atomic
def drop(*, rules: BookingRules, actor: Account, now: dt.datetime) -> int:
    """Give up rules that have not come into force. Raises InForce."""
    _refuse_past(rules, rules, now)
    museum = rules.museum
    _audit(rules, "drop_rules", actor, _values(rules), now)
    rules.delete()
    return retime(museum=museum, actor=actor, now=now)


@transaction.atomic
def retime(*, museum: Museum, actor: Account, now: dt.datetime) -> int:
    """Give the coming slots the release and closing times of the rules of their day; return how many changed."""
    today = timezone.localdate(now)
    rules = rules_by_day(museum, today, Scope(association_id=museum.association_id))
    rows = Slot.objects.filter(association=museum.association_id, museum=museum, offer__starts_at__gt=now)
    changed = []
    for slot in rows.exclude(offer__state="CANCELLED").select_related("offer"):
        offer, of_day = slot.offer, rules.on(slot.offer.day)
        earlier = dt.timedelta(minutes=of_day.closes_minutes)
        closes = offer.starts_at if slot.kind == Slot.Kind.SHOW else offer.last_entry_at - earlier
        times = planning.bookable(offer.starts_at, offer.ends_at, offer.last_entry_at, closes, rules=of_day)
        wanted = (times.opens_at, times.closes_at, of_day.offer_minutes)
        if (offer.opens_at, offer.closes_at, offer.wish_minutes) != wanted:
            offer.opens_at, offer.closes_at, offer.wish_minutes = wanted
            changed.append(offer)
    if changed:
        offers.retime_offers(association_id=museum.association_id, offers=changed, actor=actor, now=now)
    return len(changed)


def next_day(museum: Museum, now: dt.datetime, scope: Scope) -> dt.date:
    """Return the first day for which rules may still be set anew: today where none are saved, else tomorrow."""
    today = timezone.localdate(now)
    return today if not history(museum.pk, scope).exists() else today + dt.timedelta(days=1)


def _refuse_past(rules: BookingRules, stored: BookingRules | None, now: dt.datetime) -> None:
    today = timezone.localdate(now)
    if stored and stored.valid_from <= today:
        raise InForce(_("这份规则已经生效，不能修改；请新建一份并写明从哪天起生效。"))
    if rules.valid_from < today:
        raise InForce(fields={"valid_from": _("生效日期不能早于今天。")})


def _values(rules: BookingRules) -> dict[str, object]:
    skipped = {"id", "association_id", "museum_id", "made_by_id", "made_at"}
    fields = (one.attname for one in rules._meta.concrete_fields if one.attname not in skipped)
    return {name: getattr(rules, name) for name in fields}


def _audit(
    rules: BookingRules, verb: str, actor: Account, detail: Mapping[str, object], now: dt.datetime
) -> None:
    audit.append(
        association_id=rules.association_id, actor=actor, action=f"museums.{verb}", subject=rules,
        detail=detail, now=now,
    )  # fmt: skip
