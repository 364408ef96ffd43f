"""Who may do what: scopes from grants, and the lists the administrators work with."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account, Attempt, Grant, Presence, SecurityRules
from kexie.foundation.access.roles import ADMINISTRATOR_CODES, ROLES, Action, Contexts
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.scope import WHOLE_ASSOCIATION, Scope

Actor = Account | AnonymousUser


def scope_for(account: Actor, action: Action | str, context: str | None = None) -> Scope:
    """Return where the account may do the action with records of the context (an app label).

    Without a context, the scope holds what one kind of grant covers: all contexts where the account has
    grants over all of them, else the contexts of its widest grant; `scopes_for` returns every part. Raises
    Forbidden when there is nothing.
    """
    return scope_from(grants_of(account), account, action, context)


def scopes_for(account: Actor, action: Action | str) -> list[Scope]:
    """Return the parts of what the account may do the action with; no single scope can hold their union.

    (Museums' records of one unit and contests' of another are not both contexts in both units.)
    """
    return _parts(grants_of(account), account, Action(action))


def may(account: Actor, action: Action | str, context: str | None = None) -> bool:
    """Whether the account may do the action anywhere, in the context if given."""
    return may_from(grants_of(account), account, action, context)


def may_at(account: Actor, action: Action | str, context: str | None, unit: Unit) -> bool:
    """Whether the account may do the action with records of the context at this unit."""
    try:
        scope = scope_for(account, action, context)
    except Forbidden:
        return False
    return scope.association_id == unit.association_id and scope.covers(unit.path)


def public_scope(association: Unit) -> Scope:
    """Return the scope of a visitor: the whole association, for what the caller knows to be public."""
    return Scope(association_id=association.pk)


def scope_from(
    grants: Iterable[Grant], account: Actor, action: Action | str, context: str | None = None
) -> Scope:
    """As scope_for, over grants already read."""
    parts = _parts(grants, account, Action(action))
    if context is not None:
        parts = _only(parts, context)
    if not parts:
        raise Forbidden(_("您的账号没有进行这项操作的权限。如工作需要，请联系安全管理员授权。"))
    return max(parts, key=lambda part: (part.contexts is None, part.is_whole, len(part.contexts or ())))


def may_from(
    grants: Iterable[Grant], account: Actor, action: Action | str, context: str | None = None
) -> bool:
    """As may, over grants already read."""
    return any(context is None or part.allows(context) for part in _parts(grants, account, Action(action)))


def grants_of(account: Actor, *, on: dt.date | None = None) -> list[Grant]:
    """Return the grants of an account that hold on a day (today), with their units.

    The three administrators see no business records, so an administrator's other grants count for nothing.
    """
    if not isinstance(account, Account) or not account.is_active:
        return []
    found = list(valid_grants(on=on).filter(account=account).select_related("unit"))
    administrators = [grant for grant in found if grant.role in ADMINISTRATOR_CODES]
    return administrators or found


def valid_grants(*, on: dt.date | None = None) -> QuerySet[Grant]:
    """Return the grants that hold on a day (today)."""
    day = on or timezone.localdate()
    return Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day, revoked_at=None)


def granted(
    scope: Scope, action: Action | str, context: str, *, on: dt.date | None = None
) -> QuerySet[Grant]:
    """Return the grants in a scope that let somebody do the action with records of the context, with unit and account.

    Administrators see no business records, so none of theirs is among them.
    """
    allowing = [
        role.code
        for role in ROLES.values()
        if (found := role.contexts_for(Action(action))) is None or context in found
    ]
    administrators = valid_grants(on=on).filter(role__in=ADMINISTRATOR_CODES).values("account")
    rows = valid_grants(on=on).filter(scope.q(), role__in=allowing, account__is_active=True)
    return rows.exclude(account__in=administrators).select_related("unit", "account")


def is_administrator(account: Actor) -> bool:
    """Whether the account holds one of the three administrators' roles, now or from a later day."""
    return (
        isinstance(account, Account)
        and Grant.objects.filter(account=account, role__in=ADMINISTRATOR_CODES, revoked_at=None).exists()
    )


def roles_of(account: Actor) -> list[str]:
    """Return the codes of the roles the account holds today, without repetition."""
    return list(dict.fromkeys(grant.role for grant in grants_of(account)))


def accounts(scope: Scope, *, text: str = "", active: bool | None = None) -> QuerySet[Account]:
    """Return the accounts of the scope's association (those of its units, where it is not the whole)."""
    found = Account.objects.filter(scope.q()).select_related("unit", "person")
    if text:
        found = found.filter(
            Q(username__icontains=text) | Q(display_name__icontains=text) | Q(unit__name__icontains=text)
        )
    return found if active is None else found.filter(is_active=active)


def account(scope: Scope, account_id: UUID) -> Account:
    """Return one account in scope or raise NotFound."""
    found = accounts(scope).filter(pk=account_id).first()
    if found is None:
        raise NotFound(_("没有找到这个账号。"))
    return found


def grants(scope: Scope, *, text: str = "", role: str = "", current: bool = True) -> QuerySet[Grant]:
    """Return the grants over units in scope; only those not revoked, unless asked for all."""
    found = Grant.objects.filter(scope.q()).select_related("account", "unit", "granted_by", "revoked_by")
    if current:
        found = found.filter(revoked_at=None)
    if role:
        found = found.filter(role=role)
    if text:
        found = found.filter(
            Q(account__username__icontains=text)
            | Q(account__display_name__icontains=text)
            | Q(unit__name__icontains=text)
        )
    return found


def grant(scope: Scope, grant_id: UUID) -> Grant:
    """Return one grant in scope or raise NotFound."""
    found = grants(scope, current=False).filter(pk=grant_id).first()
    if found is None:
        raise NotFound(_("没有找到这项授权。"))
    return found


def rules_of(association_id: UUID) -> SecurityRules:
    """Return the security rules of an association; the defaults where none were set."""
    found = SecurityRules.objects.filter(pk=association_id).first()
    return found or SecurityRules(association_id=association_id)


def attempts_of(account: Account) -> QuerySet[Attempt]:
    """Return the sign-in history of an account, newest first."""
    return Attempt.objects.filter(account=account)


def presences_of(account: Account) -> QuerySet[Presence]:
    """Return the sessions of an account that have not ended, newest first."""
    return Presence.objects.filter(account=account, ended_at=None)


def demo_accounts() -> list[Account]:
    """Return the accounts a demonstration shows on its sign-in page, in the order of ROLES."""
    found = (
        Account.objects.filter(association__is_demo=True, is_active=True)
        .exclude(demo_password="")
        .select_related("unit")
        .prefetch_related("grants")
    )
    order = list(ROLES)
    return sorted(found, key=lambda account: (min(_positions(account, order)), account.username))


def _positions(account: Account, order: Sequence[str]) -> list[int]:
    return [order.index(grant.role) for grant in account.grants.all()] or [len(order)]


def _parts(grants: Iterable[Grant], account: Actor, action: Action) -> list[Scope]:
    """Return one scope for each set of contexts that some grant allows the action in."""
    if not isinstance(account, Account):
        return []
    paths: dict[Contexts, list[str]] = {}
    for grant in grants:
        contexts = ROLES[grant.role].contexts_for(action)
        if contexts != () and grant.association_id == account.association_id:
            paths.setdefault(contexts, []).append(_path(grant.unit))
    return [
        Scope(
            association_id=account.association_id,
            unit_paths=_outermost(found),
            contexts=contexts,
            account_id=account.pk,
        )
        for contexts, found in paths.items()
    ]


def _only(parts: list[Scope], context: str) -> list[Scope]:
    """Return at most one scope: every unit in which some part allows the context, for that context alone."""
    allowed = [part for part in parts if part.allows(context)]
    if not allowed:
        return []
    paths = _outermost([path for part in allowed for path in part.unit_paths])
    first = allowed[0]
    return [
        Scope(
            association_id=first.association_id,
            unit_paths=paths,
            contexts=(context,),
            account_id=first.account_id,
        )
    ]


def _path(unit: Unit) -> str:
    return "" if unit.is_association else unit.path


def _outermost(paths: list[str]) -> tuple[str, ...]:
    """Drop the paths that lie inside others."""
    if "" in paths:
        return WHOLE_ASSOCIATION
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)
