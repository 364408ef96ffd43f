"""Requests for a caravan: sent by anybody, answered by the office of the county."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CaravanRequest, Site
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.states import REQUEST_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel import text as texts
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

State = CaravanRequest.State
# Within an hour from one network (a whole school shares one), and open ones of one telephone number.
PER_ADDRESS, PER_PHONE = 10, 5
WINDOW = dt.timedelta(hours=1)
FURTHEST = dt.timedelta(days=366)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")


class RequestRefused(UserError):
    """The request cannot be sent or answered like this."""


@transaction.atomic
def submit(
    *,
    association: Unit,
    area: Area,
    kind: str,
    name: str,
    contact_name: str,
    phone: str,
    wished_from: dt.date,
    wished_to: dt.date,
    people: int,
    now: dt.datetime,
    conditions: Sequence[str] = (),
    address: str = "",
    text: str = "",
    origin: str = "",
) -> CaravanRequest:
    """Take a request. `origin` is the digest of the network it came from. Raises RequestRefused."""
    phone = texts.clean(phone).replace(" ", "")
    _check(area, phone, wished_from, wished_to, timezone.localdate(now))
    made = CaravanRequest(
        association=association, unit=_office(association, area), area=area, kind=kind, name=name,
        address=address, wished_from=wished_from, wished_to=wished_to, people=people, note=text,
        conditions=sorted(set(conditions)), origin=origin, made_at=now,
    )  # fmt: skip
    made.seal_contact(name=contact_name, phone=phone)
    _limit(made, now)
    made.full_clean()
    made.save(force_insert=True)
    audit.append(
        association_id=association.pk, actor=None, action="touring.submit_request", subject=made,
        detail={"kind": kind, "area": area.pk}, now=now,
    )  # fmt: skip
    return made


@transaction.atomic
def reply(*, request: CaravanRequest, text: str, now: dt.datetime) -> CaravanRequest:
    """Take what was asked for; the request waits for its answer again."""
    if not text:
        raise RequestRefused(fields={"text": _("请填写要补充的内容。")})
    return _follow(request, State.SUBMITTED, "reply_request", now, reply=text[:500])


@transaction.atomic
def withdraw(*, request: CaravanRequest, now: dt.datetime) -> CaravanRequest:
    """Take a request back."""
    return _follow(request, State.WITHDRAWN, "withdraw_request", now)


@transaction.atomic
def ask_back(
    *, request_id: UUID, text: str, actor: Account, now: dt.datetime, scope: Scope, link: str = ""
) -> CaravanRequest:
    """Ask whoever sent it for more."""
    if not text:
        raise RequestRefused(fields={"text": _("请写明要对方补充什么。")})
    found = _decide(request_id, State.ASKED, text, actor=actor, now=now, scope=scope)
    _tell(found, "caravan.asked", now, text=text, link=link)
    return found


@transaction.atomic
def refuse(
    *, request_id: UUID, text: str, actor: Account, now: dt.datetime, scope: Scope, link: str = ""
) -> CaravanRequest:
    """Refuse it, with the reason."""
    if not text:
        raise RequestRefused(fields={"text": _("请写明不受理的原因，对方会看到。")})
    found = _decide(request_id, State.REFUSED, text, actor=actor, now=now, scope=scope)
    _tell(found, "caravan.refused", now, text=text, link=link)
    return found


@transaction.atomic
def accept(
    *,
    request_id: UUID,
    site_id: UUID | None,
    longitude: Any,
    latitude: Any,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    link: str = "",
) -> CaravanRequest:
    """Make it a site of the season: a known one (`site_id`), or a new one. Without a point it is planned once it has one."""
    found = locked(CaravanRequest, request_id, scope)
    _require(found, State.ACCEPTED)
    if (longitude is None) != (latitude is None):
        raise RequestRefused(fields={"latitude": _("经度和纬度要么都填，要么都不填。")})
    site = _known_site(found, site_id, scope) if site_id else _new_site(found, longitude, latitude)
    found.site, found.state, found.answer = site, State.ACCEPTED, text
    found.decided_at, found.decided_by = now, actor
    found.save(update_fields=["site", "state", "answer", "decided_at", "decided_by"])
    note(found, "accept_request", actor=actor, now=now, site=str(site.pk))
    _tell(found, "caravan.accepted", now, text=text, link=link)
    return found


def is_mobile(phone: str) -> bool:
    """Whether a message reaches the number."""
    return bool(_MOBILE.fullmatch(phone))


def is_landline(phone: str) -> bool:
    """Whether it is a telephone number with its area code."""
    return bool(_LANDLINE.fullmatch(phone))


def _check(area: Area, phone: str, first: dt.date, last: dt.date, today: dt.date) -> None:
    errors: dict[str, str] = {}
    if area.level != Area.Level.TOWNSHIP:
        errors["area"] = _("请选择所在的乡镇或街道。")
    if not is_mobile(phone) and not is_landline(phone):
        errors["phone"] = _("请填写11位手机号码，或带区号的固定电话，例如0558-1234567。")
    if first <= today:
        errors["wished_from"] = _("最早的日期要在明天或以后。")
    if last < first:
        errors["wished_to"] = _("最晚的日期不能早于最早的日期。")
    elif last > today + FURTHEST:
        errors["wished_to"] = _("请填写一年以内的日期。")
    if errors:
        raise RequestRefused(fields=errors)


def _limit(made: CaravanRequest, now: dt.datetime) -> None:
    known = CaravanRequest.objects.filter(association=made.association_id)
    recent = known.filter(made_at__gt=now - WINDOW).exclude(origin="")
    if recent.filter(origin=made.origin).count() >= PER_ADDRESS:
        raise RequestRefused(_("这个网络提交得太频繁，请一小时后再试，或打电话给县（市、区）科协。"))
    if known.filter(phone_digest=made.phone_digest, state__in=CaravanRequest.OPEN).count() >= PER_PHONE:
        raise RequestRefused(
            fields={"phone": _("这个电话已有%(n)d份申请正在办理，请等答复后再交。") % {"n": PER_PHONE}}
        )


def _office(association: Unit, area: Area) -> Unit:
    """Return the county's association, or the city's where the county has none."""
    county = Unit.objects.filter(
        association=association, kind=Unit.Kind.COUNTY_ASSOCIATION, area_id=area.parent_id
    )
    return county.order_by("path").first() or association


def _known_site(found: CaravanRequest, site_id: UUID, scope: Scope) -> Site:
    """Return a site that is there already; whoever asks is told of visits where nobody else is known."""
    site = locked(Site, site_id, scope)
    if not site.contact:
        name, phone = found.open_contact()
        site.seal_contact(name=name, phone=phone)
        site.save(update_fields=["contact"])
    return site


def _new_site(found: CaravanRequest, longitude: Any, latitude: Any) -> Site:
    if Site.objects.filter(association=found.association_id, area=found.area_id, name=found.name).exists():
        raise RequestRefused(fields={"site": _("这个乡镇已有同名的点位，请在“点位”里选它，不要新建。")})
    wish = _("申请希望：%(from)s 至 %(to)s") % {"from": found.wished_from, "to": found.wished_to}
    kind = found.kind if found.kind in Site.Kind.values else Site.Kind.OTHER
    site = Site(
        association_id=found.association_id, unit=found.unit, area=found.area, name=found.name, kind=kind,
        address=found.address, pupils=found.people, longitude=longitude, latitude=latitude, note=wish,
        priority=Site.Priority.HIGH,
    )  # fmt: skip
    name, phone = found.open_contact()
    site.seal_contact(name=name, phone=phone)
    site.full_clean()
    site.save(force_insert=True)
    return site


def _require(found: CaravanRequest, to: str) -> None:
    if to not in REQUEST_TRANSITIONS[found.state]:
        raise RequestRefused(
            _("这份申请现在%(state)s，不能这样办理；请刷新后再看。") % {"state": found.get_state_display()}
        )


def _decide(
    request_id: UUID, to: str, text: str, *, actor: Account, now: dt.datetime, scope: Scope
) -> CaravanRequest:
    found = locked(CaravanRequest, request_id, scope)
    _require(found, to)
    found.state, found.answer, found.decided_at, found.decided_by = to, text, now, actor
    found.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    note(found, f"{to.lower()}_request", actor=actor, now=now)
    return found


def _follow(request: CaravanRequest, to: str, action: str, now: dt.datetime, **values: Any) -> CaravanRequest:
    """Move a request for whoever sent it."""
    found = CaravanRequest.objects.select_for_update().get(pk=request.pk)
    _require(found, to)
    for name, value in {"state": to, **values}.items():
        setattr(found, name, value)
    found.save(update_fields=["state", *values])
    audit.append(
        association_id=found.association_id, actor=None, action=f"touring.{action}", subject=found, detail={},
        now=now,
    )  # fmt: skip
    return found


def _tell(found: CaravanRequest, template: str, now: dt.datetime, *, text: str, link: str) -> None:
    """Send a notice to the mobile number; a landline is called by a person."""
    _name, phone = found.open_contact()
    if not is_mobile(phone):
        return
    values = {"unit": found.unit, "place": found.name, "code": found.code, "text": text, "link": link}
    notify.send(
        association_id=found.association_id,
        to=Recipient(phone=phone),
        template=template,
        values=values,
        now=now,
    )


def origin(address: str, day: dt.date) -> str:
    """Return what is kept of the network a request came from; another one every day."""
    return crypto.keyed_digest(f"caravan-origin:{day}:{address}") if address else ""
