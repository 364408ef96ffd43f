"""Returns: for those who read them, each within their own units."""

from typing import Any

from kexie.kernel.scope import Scope
from kexie.reporting.returns import operations
from kexie.reporting.returns.models import Return
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World


def _return(world: World) -> Return:
    found = Return.objects.filter(association=world.association).first()
    officer = world.account("COUNTY_OFFICER", world.yingzhou)
    scope = Scope(association_id=world.association.pk)
    return found or operations.begin(
        edition="kx-2025", unit=world.yingzhou, scope=scope, actor=officer, now=world.now
    )


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"returns:{name}", **{**defaults, **options})


def _one(name: str, more: dict[str, str] | None = None, **options: Any) -> Row:
    kwargs = lambda world: {"pk": _return(world).pk, **(more or {})}  # noqa: E731 - one shape for every row
    return _page(name, **{"wrong_unit": HIDDEN, "kwargs": kwargs, **options})


ROWS = (
    _page("list"),
    _page("new", other_role="LEADER"),
    _page("new", method="post", other_role="LEADER", wrong_unit=INVALID, right=INVALID),
    _page("gaps"),
    _page("units"),
    _page("units", method="post", other_role="LEADER", wrong_unit=MOVED, right=MOVED),
    _page("editions"),
    _one("one"),
    _one("one", method="post", other_role="LEADER", right=MOVED),
    _one("item", {"key": "ak_staff"}),
    _one("item", {"key": "ak_staff"}, method="post", other_role="LEADER", right=MOVED),
    _one("print"),
    _one("changes"),
    _one("file", {"kind": "xlsx"}),
)
