"""Returns for the demonstration: the city's of the last full year, locked, and the survey of the same year in work."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kexie.ledger.demo import DemoCity
from kexie.reporting.returns import checks, editions, operations, queries
from kexie.reporting.returns.models import Return, Value

_LOCKED, _BEGUN = "kx-2024", "kx-2025"
_SOURCE, _PERSON = "演示数据，不是真实资料", "演示人员"


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Lock last year's return and leave this year's in work, with museums filing for themselves in the survey."""
    locked = _filled(city, _LOCKED)
    for key in _outside(locked):
        _declared(city, locked, key)
    _explained(city, locked)
    for act in (operations.check, operations.send, operations.approve, operations.lock):
        act(return_id=locked.pk, seen=_version(locked), **_by(city))
    begun = _filled(city, _BEGUN)
    _declared(city, begun, "ak_staff")
    for museum in city.museums.values():
        operations.assign(edition="kp-2025", unit=museum, filer=museum, **_by(city))
    yield _("统计年报"), Value.objects.filter(association=city.association).count()


def _by(city: DemoCity) -> dict[str, Any]:
    return {"scope": city.scope, "actor": city.accounts["COORDINATOR"], "now": city.now}


def _filled(city: DemoCity, edition: str) -> Return:
    made = operations.begin(edition=edition, unit=city.association, **_by(city))
    return operations.fill(return_id=made.pk, seen=made.version, **_by(city))


def _outside(filed: Return) -> list[str]:
    return [item.key for item in editions.edition(filed.edition).items() if item.outside]


def _declared(city: DemoCity, filed: Return, key: str) -> None:
    chance = city.rng(f"returns:{key}")
    number = 13904 if key == "gkx_floor" else 7250 if key == "gkx_halls" else chance.randint(3, 60)
    operations.declare(
        return_id=filed.pk, key=key, number=Decimal(number), source=_SOURCE, person=_PERSON,
        seen=_version(filed), **_by(city),
    )  # fmt: skip


def _explained(city: DemoCity, filed: Return) -> None:
    form = editions.edition(filed.edition)
    found = checks.findings(form, queries.values(filed), queries.last_year(filed))
    for key in found:
        operations.explain(return_id=filed.pk, key=key, note="演示说明", seen=_version(filed), **_by(city))


def _version(filed: Return) -> int:
    return Return.objects.values_list("version", flat=True).get(pk=filed.pk)
