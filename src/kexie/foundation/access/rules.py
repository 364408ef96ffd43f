"""Permission predicates and the limits on signing in."""

from django.utils.translation import gettext as _

from kexie.foundation.access import queries
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ADMINISTRATOR_CODES, ROLES, Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden

# Failed attempts from one address within these minutes, over all accounts. An office behind one address
# stays below this; a guessing machine does not.
FAILURES_PER_ADDRESS = 50
ADDRESS_MINUTES = 10
# The name of the account last tried and the password wait this long for the second factor.
CODE_MINUTES = 10


def require(actor: Account | None, action: Action, association: Unit) -> None:
    """Raise Forbidden unless the actor may do this to the association; None is the installation itself."""
    if actor is None:
        return
    scope = queries.scope_for(actor, action)
    if scope.association_id != association.pk:
        raise Forbidden(_("您只能管理本科协的账号。"))


def needs_second_factor(account: Account) -> bool:
    """Whether the account must set up a second factor before anything else."""
    return queries.is_administrator(account) and not account.has_totp


def conflict(role: str, held: list[Grant]) -> str:
    """Return why the holder of these grants may not also have `role`, or "".

    The three administrators are three people, and none of them does business: who creates accounts, who says
    what they may do, and who reads what they did.
    """
    administrators = [grant for grant in held if grant.role in ADMINISTRATOR_CODES]
    if administrators:
        label = ROLES[administrators[0].role].label
        return _("此人已是%(label)s。系统、安全、审计三员须由不同的人担任，且不得兼任业务角色。") % {
            "label": label
        }
    if held and role in ADMINISTRATOR_CODES:
        label = ROLES[held[0].role].label
        return _("此人持有业务角色“%(label)s”，请先撤销，再授予管理员角色。") % {"label": label}
    return ""
