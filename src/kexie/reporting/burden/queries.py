"""A year's typing set against what came out of it, for the whole and for each role."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from kexie.foundation.access.models import Grant
from kexie.foundation.access.roles import ROLES
from kexie.kernel.scope import Scope
from kexie.ledger.origins import Way
from kexie.reporting.burden import outputs as out
from kexie.reporting.burden import typed
from kexie.reporting.burden.outputs import Output
from kexie.reporting.burden.typed import Tally

NO_ROLE = ""


@dataclass
class RoleLine:
    """What the accounts of one role typed, and what came out through them."""

    role: str
    records: int = 0
    derived: int = 0
    typed: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    for_reports: int = 0

    @property
    def typed_once(self) -> int:
        """The fields typed for records."""
        return self.typed.total()


@dataclass(frozen=True, kw_only=True)
class Burden:
    """A year: its tallies, its outputs, the role of each account, and the fields of reference data in all."""

    year: int
    tallies: Sequence[Tally]
    outputs: Sequence[Output]
    roles: dict[UUID, str]
    kept: int

    @cached_property
    def records(self) -> int:
        """The year's records."""
        return sum(one.records for one in self.tallies)

    @cached_property
    def derived(self) -> int:
        """The records that came by themselves."""
        return sum(one.records for one in self.tallies if one.way == Way.DERIVED)

    @cached_property
    def typed(self) -> int:
        """The fields typed for records, once, whatever came of them."""
        return sum(one.fields for one in self.tallies)

    @cached_property
    def fields(self) -> int:
        """The filled fields of all outputs."""
        return sum(one.fields for one in self.outputs)

    @cached_property
    def for_reports(self) -> int:
        """The fields typed for outputs alone."""
        return sum(one.typed for one in self.outputs)

    @cached_property
    def computed(self) -> int:
        """The fields of outputs that nobody filled in."""
        return sum(one.computed for one in self.outputs)

    @cached_property
    def nothing(self) -> int:
        """The fields that say zero because no record stands behind them."""
        return sum(one.nothing for one in self.outputs)

    @cached_property
    def uses(self) -> int:
        """How often records were used for outputs."""
        return sum(one.uses for one in self.outputs)

    @property
    def share(self) -> float | None:
        """Fields typed for outputs alone, for each hundred fields that came out."""
        return self.for_reports * 100 / self.fields if self.fields else None

    @property
    def whole(self) -> float | None:
        """Every field typed, records among them, for each field that came out."""
        return (self.typed + self.for_reports) / self.fields if self.fields else None

    @property
    def with_kept(self) -> float | None:
        """The same with all reference data, whenever it was entered."""
        return (self.typed + self.for_reports + self.kept) / self.fields if self.fields else None

    @property
    def reuse(self) -> float | None:
        """How often a record was used, on average."""
        return self.uses / self.records if self.records else None

    @cached_property
    def by_role(self) -> list[RoleLine]:
        """One line for each role that typed or brought out anything, in the order of the roles."""
        found: dict[str, RoleLine] = {}
        for one in self.tallies:
            line = _line(found, self.roles.get(one.account, NO_ROLE))
            line.records += one.records
            line.derived += one.records if one.way == Way.DERIVED else 0
            line.typed[one.way] += one.fields
        for output in self.outputs:
            for share in output.shares:
                line = _line(found, self.roles.get(share.account, NO_ROLE))
                line.fields += share.fields
                line.for_reports += share.by_hand + share.beside
        order = [*ROLES, NO_ROLE]
        return sorted(found.values(), key=lambda line: order.index(line.role))

    @cached_property
    def by_type(self) -> dict[str, Counter[str]]:
        """Of each type of record: its records, those that came by themselves, and the fields typed."""
        found: dict[str, Counter[str]] = {}
        for one in self.tallies:
            counted = found.setdefault(one.key, Counter())
            counted["records"] += one.records
            counted["derived"] += one.records if one.way == Way.DERIVED else 0
            counted["typed"] += one.fields
        return found


def burden(scope: Scope, year: int) -> Burden:
    """Return a year's typing and what came out of it, as far as the scope sees."""
    tallies, outputs = typed.tallies(scope, year), out.outputs(scope, year)
    accounts = {one.account for one in tallies} | {share.account for one in outputs for share in one.shares}
    return Burden(
        year=year, tallies=tallies, outputs=outputs, roles=roles_of(scope.association_id, accounts),
        kept=typed.kept(scope),
    )  # fmt: skip


def roles_of(association_id: UUID, accounts: Iterable[UUID]) -> dict[UUID, str]:
    """Return one role for each account: of several, revoked ones too, the first in the order of the roles."""
    grants = Grant.objects.filter(association_id=association_id, account_id__in=accounts)
    found: dict[UUID, str] = {}
    order = list(ROLES)
    for account, role in sorted(
        grants.order_by().values_list("account_id", "role"), key=lambda one: order.index(one[1])
    ):
        found.setdefault(account, role)
    return found


def accounts_in(scope: Scope, role: str) -> list[UUID]:
    """Return the accounts that count for a role."""
    every = Grant.objects.filter(association_id=scope.association_id).values_list("account_id", flat=True)
    found = roles_of(scope.association_id, set(every))
    return [account for account, own in found.items() if own == role]


def _line(found: dict[str, RoleLine], role: str) -> RoleLine:
    return found.setdefault(role, RoleLine(role))
