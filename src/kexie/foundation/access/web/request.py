"""What a request knows of its account."""

from collections.abc import Callable
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from kexie.foundation.access import queries
from kexie.foundation.access.models import Account, Grant, SecurityRules
from kexie.foundation.access.roles import Action
from kexie.kernel.scope import Scope


class Access:
    """The account of one request, with its grants and its association's rules, each read at most once."""

    def __init__(self, account: Account | AnonymousUser) -> None:
        self.account = account

    @cached_property
    def grants(self) -> list[Grant]:
        """The grants that hold today."""
        return queries.grants_of(self.account)

    @cached_property
    def rules(self) -> SecurityRules:
        """The security rules of the account's association."""
        if not isinstance(self.account, Account):
            return SecurityRules()
        return queries.rules_of(self.account.association_id)

    def scope_for(self, action: Action | str, context: str | None = None) -> Scope:
        """As `queries.scope_for`."""
        return queries.scope_from(self.grants, self.account, action, context)

    def may(self, action: Action | str, context: str | None = None) -> bool:
        """As `queries.may`."""
        return queries.may_from(self.grants, self.account, action, context)


class AccessRequest(HttpRequest):
    """A request behind a guard: someone is signed in; with `requires`, `scope` is theirs for its action."""

    access: Access
    scope: Scope
    scope_for: Callable[..., Scope]
    user: Account
