"""What an account may do at the desk: its grants, read once for a request."""

from dataclasses import dataclass
from functools import cached_property

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ROLES, Action
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.record_types import DeskType


@dataclass(frozen=True)
class Rights:
    """The grants of one account, asked many times for the price of one query."""

    account: Account

    @cached_property
    def grants(self) -> list[Grant]:
        """The grants that hold today."""
        return access.grants_of(self.account)

    def scope(self, action: Action, context: str | None = None) -> Scope:
        """Return where the account may do this with records of the context (of any), or raise Forbidden."""
        return access.scope_from(self.grants, self.account, action, context)

    def find(self, action: Action, context: str) -> Scope | None:
        """Return the same, or None where it may not."""
        try:
            return self.scope(action, context)
        except Forbidden:
            return None

    def may(self, action: Action, context: str) -> bool:
        """Whether the account may do this anywhere with records of the context."""
        return self.find(action, context) is not None

    def scope_of(self, action: Action, one: DeskType) -> Scope:
        """Return where the account may do this with records of the type at the desk, or raise Forbidden.

        A role may have some types of a context only (see Role.types).
        """
        offering = [grant for grant in self.grants if ROLES[grant.role].offers(one.key)]
        return access.scope_from(offering, self.account, action, one.context)

    def find_of(self, action: Action, one: DeskType) -> Scope | None:
        """Return the same, or None where it may not."""
        try:
            return self.scope_of(action, one)
        except Forbidden:
            return None

    def types(self, action: Action) -> list[DeskType]:
        """Return the declared types whose records the account may do this with at the desk."""
        declared: list[DeskType] = [
            *registry.record_types().values(),
            *registry.reference_types().values(),
        ]
        return [one for one in declared if self.find_of(action, one)]

    def is_staff_in(self, context: str) -> bool:
        """Whether the account reads the context's records as one of those who look after them."""
        within = [grant for grant in self.grants if not ROLES[grant.role].outside]
        return access.may_from(within, self.account, Action.READ, context)
