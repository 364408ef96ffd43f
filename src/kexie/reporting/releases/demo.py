"""Releases for the demonstration: last full year closed and published, then one record reversed and one come late."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Activity
from kexie.reporting.releases import documents, keys, loading, operations
from kexie.reporting.releases.models import FrozenCell, Release

_YEAR = Period.year(2024)
_CLOSED, _PUBLISHED = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC), dt.datetime(2025, 1, 22, 1, tzinfo=dt.UTC)
_CHANGED = dt.datetime(2025, 3, 12, 3, tzinfo=dt.UTC)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Close and publish the city's year as it was known in January, and let March bring a change."""
    by: dict[str, Any] = {"scope": city.scope, "actor": city.accounts["COORDINATOR"]}
    made = operations.close(unit=city.association, period=_YEAR, now=_CLOSED, **by)
    while operations.advance(release_id=made.pk, now=_CLOSED):
        pass
    made = Release.objects.select_related("unit").get(pk=made.pk)
    operations.publish(release=made, now=_PUBLISHED, **by)
    _change(city)
    _neighbour(made, city)
    yield _("数据发布"), FrozenCell.objects.filter(association=city.association).count()


def _change(city: DemoCity) -> None:
    """Reverse one lecture and enter the same for another day: the year's sums stay, its months and rows do not."""
    lectures = Activity.objects.filter(
        association=city.association, kind="LECTURE", state="CONFIRMED", confirmed_at__lt=_CLOSED,
        occurred_on__gte=_YEAR.start, occurred_on__lt=dt.date(2024, 12, 1),
    )  # fmt: skip
    wrong = lectures.order_by("occurred_on", "title", "pk").first()
    if wrong is None:
        return
    by: dict[str, Any] = {"actor": city.accounts["COORDINATOR"], "scope": city.scope, "now": _CHANGED}
    ledger.reverse(record=wrong, reason="日期录错，按签到表另行补报", **by)
    late = Activity.objects.get(pk=wrong.pk)
    late.pk, late.state, late.source_key = Activity().pk, "DRAFT", None
    late.confirmed_by = late.confirmed_at = late.reversed_by = late.reversed_at = None
    late.reversal_reason, late.corrects, late.note = "", None, "按签到表补报"
    late.occurred_on = dt.date(2024, 12, 18)
    late._state.adding = True
    ledger.confirm(records=[ledger.draft(record=late, **by)], **by)


def _neighbour(made: Release, city: DemoCity) -> None:
    """Load the city's own file and one of an invented city of half its size, as a province would."""
    own = documents.read(made.document)
    cells = [
        {**one, "value": documents.plain(Decimal(one["value"] or 0) // 2)}
        for one in own["cells"]
        if own["measures"][one["measure"]]["additive"]
    ]
    measures = {key: one for key, one in own["measures"].items() if one["additive"]}
    unit = {"code": "demo-city", "name": _("颍滨市科协（虚构）")}
    origin = {"code": "demo-city", "id": str(UUID(int=1))}
    key = keys.draft(made.unit, actor=city.accounts["COORDINATOR"], now=_PUBLISHED)
    body = {name: value for name, value in own.items() if name != "signature"}
    body |= {"id": str(UUID(int=2)), "origin": origin, "unit": unit, "measures": measures, "cells": cells}
    body |= {"cells_root": documents.cells_root(cells), "totals": documents.totals(cells, measures)}
    files = [("own.json", made.document.encode()), ("other.json", documents.sign(body, key).encode())]
    loading.load_all(files=files, scope=city.scope, actor=city.accounts["COORDINATOR"], now=city.now)
