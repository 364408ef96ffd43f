"""Sign-in, one's own account, the three administrators."""

from kexie.foundation.access import clients
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World, public

SYSTEM, SECURITY, AUDIT = "SYSTEM_ADMINISTRATOR", "SECURITY_ADMINISTRATOR", "AUDIT_ADMINISTRATOR"


def own(name: str, **options) -> Row:
    """A page of one's own account: for everyone signed in."""
    return Row(name=name, **{"anonymous": SIGN_IN, "wrong_role": OK, "right": OK, **options})


def administrator(name: str, role: str, **options) -> Row:
    """A page of one of the three administrators; a leader of the association has no business there."""
    whole = {"role": role, "unit": "association", "elsewhere": "other_association", "other_role": "LEADER"}
    return Row(name=name, **{"anonymous": SIGN_IN, "wrong_role": FORBIDDEN, "right": OK, **whole, **options})


def account(world: World):
    return {"account_id": world.account("LEADER", world.association).pk}


def grant(world: World):
    return {"grant_id": world.account("LEADER", world.association).grants.get().pk}


def client(world: World):
    made, _token = clients.create(
        association=world.association,
        name="市民服务平台",
        unit=world.association,
        scopes=["museums:read"],
        actor=None,
        now=world.now,
    )
    return {"client_id": made.pk}


ROWS = (
    public("access:sign_in", wrong_role=MOVED, right=MOVED),
    Row(name="access:code", anonymous=MOVED, wrong_role=MOVED, right=MOVED),
    Row(
        name="access:start_method",
        kwargs=lambda _world: {"key": "none"},
        anonymous=HIDDEN,
        wrong_role=HIDDEN,
        right=HIDDEN,
        note="no other method is configured",
    ),
    Row(
        name="access:finish_method",
        kwargs=lambda _world: {"key": "none"},
        anonymous=HIDDEN,
        wrong_role=HIDDEN,
        right=HIDDEN,
    ),
    Row(name="access:sign_out", method="post", anonymous=MOVED, wrong_role=MOVED, right=MOVED),
    own("access:own"),
    own("access:password"),
    own("access:password", method="post", wrong_role=INVALID, right=INVALID),
    own("access:second_factor"),
    own(
        "access:end_session",
        method="post",
        kwargs=lambda world: {"presence_id": world.association.pk},
        wrong_role=MOVED,
        right=MOVED,
    ),
    administrator("access:accounts", SYSTEM),
    administrator("access:accounts", SYSTEM, other_role=SECURITY),
    administrator("access:accounts", SYSTEM, other_role=AUDIT),
    administrator("access:create_account", SYSTEM),
    administrator("access:create_account", SYSTEM, method="post", other_role=SECURITY, right=INVALID),
    administrator("access:account", SYSTEM, kwargs=account, wrong_unit=HIDDEN),
    administrator(
        "access:change_account",
        SYSTEM,
        method="post",
        kwargs=lambda world: {**account(world), "verb": "disable"},
        wrong_unit=HIDDEN,
        right=INVALID,
    ),
    administrator("access:clients", SYSTEM),
    administrator("access:clients", SYSTEM, other_role=SECURITY),
    administrator("access:create_client", SYSTEM),
    administrator("access:create_client", SYSTEM, method="post", other_role=AUDIT, right=INVALID),
    administrator("access:client", SYSTEM, kwargs=client, wrong_unit=HIDDEN),
    administrator(
        "access:change_client",
        SYSTEM,
        method="post",
        kwargs=lambda world: {**client(world), "verb": "revoke"},
        wrong_unit=HIDDEN,
        other_role=SECURITY,
        right=INVALID,
    ),
    administrator("access:parked", SYSTEM),
    administrator("access:parked", SYSTEM, other_role=SECURITY),
    administrator("access:export_parked", SYSTEM, method="post", other_role=SECURITY),
    administrator("access:retry_parked", SYSTEM, method="post", other_role=AUDIT, right=MOVED),
    administrator("access:discard_parked", SYSTEM, other_role=SECURITY, right=MOVED),
    administrator("access:grants", SECURITY, other_role=SYSTEM),
    administrator("access:create_grant", SECURITY, method="post", other_role=SYSTEM, right=INVALID),
    administrator("access:revoke", SECURITY, kwargs=grant, wrong_unit=HIDDEN, other_role=SYSTEM),
    administrator(
        "access:revoke",
        SECURITY,
        method="post",
        kwargs=grant,
        data=lambda _world: {"reason": "调离"},
        wrong_unit=HIDDEN,
        other_role=AUDIT,
        right=MOVED,
    ),
    administrator("access:rules", SECURITY, other_role=AUDIT),
    administrator("access:audit", AUDIT, other_role=SYSTEM),
    administrator("access:audit", AUDIT, other_role=SECURITY),
    administrator("access:export_audit", AUDIT, method="post"),
)
