"""Finding somebody's reservation at the desk: by code, ticket, telephone, document number or name; each is written down."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.queries import reservations
from kexie.foundation.access.models import Account
from kexie.foundation.visitors import queries as visitors
from kexie.kernel import codes, text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Reservation
from kexie.platform.tickets import token

_CODE = re.compile(r"[0-9a-z]{6,12}")
_MOBILE = re.compile(r"(\+?86)?1\d{10}")
_DOCUMENT = re.compile(r"[A-Z]{0,3}[0-9]{6,18}[0-9A-Z]{0,4}")
_RESIDENT = 18
_SHORTEST_NAME = 2
# Ways of looking for a person, not for a piece of paper: these are written down.
_PERSONAL = frozenset({"phone", "document", "name"})


class NothingToLookFor(UserError):
    """What was typed is nothing one can look for."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked for (`by`: code, ticket, phone, document, name) and what there is."""

    by: str
    reservations: list[Reservation]


@transaction.atomic
def find(
    *, museum: Museum, typed: str, day: dt.date | None, actor: Account, scope: Scope, now: dt.datetime
) -> Found:
    """Return the reservations that what was typed may mean. Raises NothingToLookFor, CodeError for a wrong number.

    Numbers are compared as keyed digests. A name is only looked for among the people of one day (today by default).
    """
    plain = text.clean(typed)
    if not plain:
        raise NothingToLookFor(fields={"typed": _("请输入预约号、手机号码、证件号码或姓名。")})
    search = _Search(museum=museum, scope=scope, today=timezone.localdate(now), day=day)
    found = search.of(plain)
    if found.by in _PERSONAL:
        audit.append(
            association_id=museum.association_id, actor=actor, action="museums.find_reservation",
            subject=museum, detail={"by": found.by, "found": len(found.reservations), "read": search.read},
            now=now,
        )  # fmt: skip
    return found


@dataclass(kw_only=True)
class _Search:
    """One look-up at a museum; `read` counts the reservations that were decrypted for it."""

    museum: Museum
    scope: Scope
    today: dt.date
    day: dt.date | None
    read: int = 0

    @property
    def since(self) -> dt.date:
        return self.today - dt.timedelta(days=reservations.DAYS_BACK)

    def of(self, plain: str) -> Found:
        """Return what was typed, understood as the most exact thing it can be."""
        compact = codes.normalise(plain)
        if plain.upper().startswith(token.PREFIX):
            return self._by_ticket(plain.replace(" ", ""))
        if _MOBILE.fullmatch(compact):
            return self._by_phone(compact)
        if len(compact) == _RESIDENT or not _CODE.fullmatch(compact.lower()):
            return self._by_document(compact) if _DOCUMENT.fullmatch(compact) else self._by_name(plain)
        found = reservations.by_code(self.museum, compact, self.scope)
        if found or not _DOCUMENT.fullmatch(compact):
            return Found(by="code", reservations=found)
        return self._by_document(compact)

    def _by_ticket(self, typed: str) -> Found:
        ticket = token.verify(typed)
        rows = reservations.of_museum(self.museum, self.scope).filter(pk=ticket.reservation_id)
        return Found(by="ticket", reservations=list(rows))

    def _by_phone(self, typed: str) -> Found:
        visitor = visitors.by_phone(self.museum.association, typed)
        found: list[Reservation] = []
        if visitor:
            found = reservations.by_holder(self.museum, visitor.pk, self.scope, since=self.since)
        return Found(by="phone", reservations=found)

    def _by_document(self, typed: str) -> Found:
        number = codes.resident_id(typed).number if len(typed) == _RESIDENT else typed
        found = reservations.by_identity(self.museum, number, self.scope, since=self.since)
        return Found(by="document", reservations=found)

    def _by_name(self, typed: str) -> Found:
        if len(typed) < _SHORTEST_NAME:
            raise NothingToLookFor(fields={"typed": _("按姓名查找请至少输入两个字。")})
        found, self.read = reservations.by_name(self.museum, typed, self.day or self.today, self.scope)
        return Found(by="name", reservations=found)
