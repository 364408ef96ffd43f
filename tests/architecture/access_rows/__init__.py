"""Who gets what from every address of the site, as tables: one module here for each area, with its `ROWS`.

A row names an address and what four people get from it: someone not signed in, someone with the right role over
another unit, someone with another role, and someone with the right role. A new address without a row fails
`test_access_matrix`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kexie.foundation.access import demo, operations
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas import queries as area_queries
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.foundation.visitors import operations as visitor_accounts
from kexie.foundation.visitors.models import Visitor

# What someone may get besides a status code: being sent to sign in.
SIGN_IN = "sign-in"
# Being sent to sign in as a visitor.
MY_SIGN_IN = "my-sign-in"
OK, CREATED, MOVED, FORBIDDEN, HIDDEN, WRONG_METHOD, INVALID = 200, 201, 302, 403, 404, 405, 422
Answer = int | str


class World:
    """An association with two counties and a museum, another association, and accounts made when asked for."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
        areas.load_bundled(actor=None, now=self.now)
        self.association = self._association("阜阳市科学技术协会")
        self.yingzhou = self.unit(self.association, Kind.COUNTY_ASSOCIATION, "颍州区科协", "341202")
        self.yingdong = self.unit(self.association, Kind.COUNTY_ASSOCIATION, "颍东区科协", "341203")
        self.museum = self.unit(self.yingzhou, Kind.MUSEUM, "颍州区科技馆", "341202")
        self.school = self.unit(self.yingzhou, Kind.SCHOOL, "清河路小学", "341202")
        self._accounts: dict[tuple[str, Unit], Account] = {}

    @cached_property
    def other_association(self) -> Unit:
        """Another association of the same installation."""
        return self._association("亳州市科学技术协会")

    def unit(self, parent: Unit, kind: str, name: str, area: str) -> Unit:
        """Make a unit."""
        return units.create_unit(
            association=parent.association,
            parent=parent,
            kind=kind,
            name=name,
            area=area_queries.get(area),
            actor=None,
            now=self.now,
        )

    def account(self, role: str, unit: Unit) -> Account:
        """Return an account with this role over this unit, past its first password and with a second factor."""
        if (role, unit) not in self._accounts:
            self._accounts[role, unit] = self._account(role, unit)
        return self._accounts[role, unit]

    @cached_property
    def firm(self) -> Unit:
        """A firm of the county."""
        return self.unit(self.yingzhou, Kind.FIRM, "颍州面粉厂", "341202")

    @cached_property
    def other_firm(self) -> Unit:
        """A firm of the other county."""
        return self.unit(self.yingdong, Kind.FIRM, "颍东酒厂", "341203")

    @cached_property
    def visitor(self) -> Visitor:
        """A visitor of the association."""
        return visitor_accounts.ensure(association=self.association, phone="13800138000", now=self.now)

    @cached_property
    def other_visitor(self) -> Visitor:
        """Another visitor of the association."""
        return visitor_accounts.ensure(association=self.association, phone="13900139000", now=self.now)

    def _account(self, role: str, unit: Unit) -> Account:
        account, _password = operations.create_account(
            association=unit.association,
            username=f"account{len(self._accounts)}",
            display_name=str(ROLES[role].label),
            unit=unit,
            actor=None,
            now=self.now,
        )
        account.must_change_password = False
        demo.give_second_factor(account, now=self.now)
        account.save()
        operations.grant(account=account, role=role, unit=unit, actor=None, now=self.now)
        return account

    def _association(self, name: str) -> Unit:
        area = area_queries.get("341200")
        return units.create_association(name=name, area=area, actor=None, now=self.now)


def _nothing(_world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One address: its name (namespace:name, or its route after a slash where it has none) and who gets what.

    `role` is held over `unit` (a World attribute) by the right person, and over `elsewhere` by the one of the
    wrong unit; `other_role` is held over the whole association by the one of the wrong role. `visitor` is whose own
    page it is, where it is one. An answer of None is not asked for, because there is no such person.
    """

    name: str
    anonymous: Answer
    wrong_unit: Answer | None = None
    wrong_role: Answer | None = None
    right: Answer
    visitor: Answer | None = None
    other_visitor: Answer | None = None
    role: str = "COUNTY_OFFICER"
    unit: str = "yingzhou"
    elsewhere: str = "yingdong"
    other_role: str = "AUDIT_ADMINISTRATOR"
    method: str = "get"
    kwargs: Callable[[World], Mapping[str, Any]] = _nothing
    data: Callable[[World], Mapping[str, Any]] = _nothing
    query: str = ""
    note: str = field(default="", compare=False)


def own(name: str, **options: Any) -> Row:
    """A visitor's own page: everybody else is sent to sign in as a visitor, whatever staff account they have."""
    defaults = dict.fromkeys(("anonymous", "wrong_role", "right"), MY_SIGN_IN)
    return Row(name=name, **{**defaults, "visitor": OK, **options})


def public(name: str, **options: Any) -> Row:
    """A page that everybody gets alike."""
    return Row(name=name, **{"anonymous": OK, "wrong_role": OK, "right": OK, **options})
