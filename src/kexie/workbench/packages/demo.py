"""Offline packages for the demonstration: one that came back and was merged, one whose conflict waits for a person."""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from kexie.foundation.access import queries as access
from kexie.foundation.access.roles import Action
from kexie.kernel.ids import uuid7
from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from kexie.ledger import registry
from kexie.ledger.demo import DemoCity
from kexie.platform.files import content
from kexie.workbench.packages import making, merging, operations, snapshots, workbook
from kexie.workbench.packages.models import Merge, Package

_TYPE = "governance.learning_meetings"
_TITLES = ("学习科学技术普及法", "学习基层减负有关规定", "学习农业技术推广工作要求")


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Hand out a package and merge what came back; hand out another whose row was meanwhile corrected here too."""
    merged = _hand_in(city, _package(city, with_records=False), _write_meetings)
    merging.start(merge=merged, now=city.now, scope=_scope(city))
    merging.run(merge=merged)
    second = _package(city, with_records=True)
    _correct(city)
    waiting = _hand_in(city, second, _recount)
    yield _("离线工作包"), merged.lines.count() + waiting.lines.count()


def _scope(city: DemoCity) -> Any:
    return access.scope_for(city.accounts["COUNTY_OFFICER"], Action.IMPORT, operations.CONTEXT)


def _by(city: DemoCity) -> dict[str, Any]:
    return {"actor": city.accounts["COUNTY_OFFICER"], "now": city.now, "scope": _scope(city)}


def _days(city: DemoCity) -> list[dt.date]:
    return [city.today - dt.timedelta(days=back) for back in (23, 16, 9)]


def _package(city: DemoCity, *, with_records: bool) -> Package:
    unit = city.counties["341221"]
    period = Period(_days(city)[0], city.today + dt.timedelta(days=1))
    package = making.ask(
        unit=unit, type_keys=(_TYPE,), period=period, with_records=with_records,
        valid_until=city.today + dt.timedelta(days=making.VALID_DAYS), **_by(city),
    )  # fmt: skip
    return making.build(package=package)


def _hand_in(city: DemoCity, package: Package, work: Callable[[Any, DemoCity], None]) -> Merge:
    """Return the file as checked after somebody worked in its sheet."""
    if package.file is None:
        raise ValueError(package.message)
    book = load_workbook(io.BytesIO(content.read(package.file.digest)))
    work(book[workbook.titles([registry.record_type(_TYPE)])[_TYPE]], city)
    file = io.BytesIO()
    book.save(file)
    upload = ContentFile(file.getvalue(), name=f"{package.code}.xlsx")
    return operations.check(merge=operations.take_in(upload=upload, confirms=True, **_by(city)))


def _write(sheet: Any, row: int, given: Mapping[str, Any]) -> None:
    names = [one.name for one in snapshots.columns_of(registry.record_type(_TYPE))]
    for name, value in given.items():
        sheet.cell(row, names.index(name) + _FIRST_COLUMN, value)


_FIRST_COLUMN = 3  # after the two hidden ones


def _write_meetings(sheet: Any, city: DemoCity) -> None:
    model: Any = registry.record_type(_TYPE).model
    kind = str(model._meta.get_field("meeting_kind").choices[-1][1])
    for number, (title, day) in enumerate(zip(_TITLES, _days(city), strict=True)):
        given = {
            "occurred_on": day,
            "meeting_kind": kind,
            "title": title,
            "headcount": 18 + number,
            "method": _("花名册"),
        }
        _write(sheet, workbook.HEAD_ROW + 1 + number, given)


def _recount(sheet: Any, city: DemoCity) -> None:
    _write(sheet, workbook.HEAD_ROW + 1, {"headcount": 25})


def _correct(city: DemoCity) -> None:
    """Correct every meeting's head count here while the package is away."""
    model: Any = registry.record_type(_TYPE).model
    for record in model._default_manager.filter(_scope(city).q(), state="CONFIRMED", title__in=_TITLES):
        better = model._default_manager.get(pk=record.pk)
        better.pk, better.source_key, better.state = uuid7(), None, "DRAFT"
        better.confirmed_by = better.confirmed_at = None
        better.headcount += 3
        better._state.adding = True
        ledger.correct(record=record, replacement=better, reason="按签到册核实", **_by(city))
