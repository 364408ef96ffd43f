"""Releases: for those who read them, each within their own units; published ones for everybody."""

import datetime as dt
from typing import Any

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.releases import operations
from kexie.reporting.releases.models import Release
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World, public


def _release(world: World) -> Release:
    found = Release.objects.filter(association=world.association).first()
    if found:
        return found
    unit, now = world.yingzhou, dt.datetime(2026, 1, 5, 1, tzinfo=dt.UTC)
    by = {"scope": Scope(association_id=world.association.pk), "now": now}
    by["actor"] = world.account("COUNTY_OFFICER", unit)
    made = operations.close(unit=unit, period=Period.month(2025, 12), **by)
    while operations.advance(release_id=made.pk, now=now):
        pass
    made = Release.objects.select_related("unit").get(pk=made.pk)
    operations.publish(release=made, **by)
    return made


def _key(world: World) -> dict[str, Any]:
    return {"pk": _release(world).pk}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"releases:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    return _page(name, **{"wrong_unit": HIDDEN, "kwargs": _key, **options})


ROWS = (
    _page("list"),
    _page("close", other_role="LEADER"),
    _page("close", method="post", other_role="LEADER", wrong_unit=INVALID, right=INVALID),
    _page("loaded", role="COORDINATOR", unit="association", wrong_unit=FORBIDDEN),
    _page(
        "loaded", method="post", role="COORDINATOR", unit="association", other_role="LEADER",
        wrong_unit=FORBIDDEN, right=INVALID,
    ),
    _page("keys"),
    _page("keys", method="post", other_role="LEADER", wrong_unit=MOVED, right=MOVED),
    _one("one"),
    _one("one", method="post", other_role="LEADER", right=MOVED),
    _one("changes"),
    _one("file"),
    public("published:list", wrong_unit=OK),
    public("published:script", wrong_unit=OK),
    public("published:keys", wrong_unit=OK),
    public("published:one", wrong_unit=OK, kwargs=_key),
    public("published:file", wrong_unit=OK, kwargs=_key),
    public("published:changes", wrong_unit=OK, kwargs=_key),
)  # fmt: skip
