"""Reading visitors and their companions. Each answers for one visitor; nobody lists the public."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.foundation.units.models import Unit
from kexie.foundation.visitors import rules, tokens
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor
from kexie.kernel import codes
from kexie.kernel.errors import NotFound
from kexie.platform import crypto
from kexie.platform.notify import gateways
from kexie.platform.notify import queries as notify


def get(visitor_id: UUID) -> Visitor:
    """Return a visitor whose account was not deleted, or raise NotFound."""
    found = Visitor.objects.select_related("association").filter(pk=visitor_id, erased_at=None).first()
    if found is None:
        raise NotFound(_("没有找到这个观众账号。"))
    return found


def by_phone(association: Unit, phone: str) -> Visitor | None:
    """Return the visitor of an association with this mobile number, however it was typed; CodeError if it is none."""
    digest = crypto.keyed_digest(codes.mobile(phone))
    return Visitor.objects.filter(association=association, phone_digest=digest).first()


def by_token(token: str, *, now: dt.datetime) -> Visitor | None:
    """Return the visitor signed in by a token that is valid and was not ended, with the association, in one query."""
    said = tokens.verify(token, now=now)
    if said is None:
        return None
    return (
        Visitor.objects.select_related("association")
        .filter(pk=said.visitor_id, association_id=said.association_id, epoch=said.epoch, is_active=True)
        .first()
    )


def current(sign_ins: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Return which sign-ins (visitor and epoch) were not ended since; one statement for as many as are asked."""
    ids = [visitor_id for visitor_id, _ in sign_ins]
    rows = Visitor.objects.filter(pk__in=ids, is_active=True)
    return set(rows.values_list("pk", "epoch")) & set(sign_ins)


def companions(visitor: Visitor) -> list[Companion]:
    """Return the people a visitor comes with, the visitor first; `companion.person` has the details."""
    return list(visitor.companions.filter(removed_at=None))


def companion(visitor: Visitor, companion_id: UUID) -> Companion:
    """Return one companion of the visitor, or raise NotFound."""
    found = visitor.companions.filter(pk=companion_id, removed_at=None).first()
    if found is None:
        raise NotFound(_("没有找到这名同行人。"))
    return found


def just_removed(visitor: Visitor, *, now: dt.datetime) -> Companion | None:
    """Return the companion removed last, if it can still be put back."""
    since = now - rules.UNDO_LASTS
    return visitor.companions.filter(removed_at__gt=since).order_by("-removed_at").first()


def challenge(challenge_id: UUID) -> OneTimeCode | None:
    """Return a code that was sent, with its association."""
    return OneTimeCode.objects.select_related("association").filter(pk=challenge_id).first()


def shown_message(sent: OneTimeCode) -> str:
    """Return the text of the message with the code, in a demonstration, which sends none; elsewhere ""."""
    if sent.notice_id is None or not gateways.on_screen(sent.association_id):
        return ""
    return notify.shown_text(sent.notice_id)


def phone_of(visitor_id: UUID) -> str:
    """Return a visitor's number in clear, for sending messages; "" when the account was deleted."""
    visitor = Visitor.objects.filter(pk=visitor_id).first()
    return visitor.phone_number if visitor else ""
