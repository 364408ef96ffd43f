"""A county at work without a network: its officer, a package, and what people do to a workbook."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from kexie.contexts.rural.models import Training
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Unit
from kexie.kernel.ids import uuid7
from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from kexie.platform.files import content as kept
from kexie.workbench.packages import making, merging, operations, undoing
from kexie.workbench.packages.models import Line, Merge, Package
from tests.foundation.conftest import NOW, build_city
from tests.workbench.conftest import Desk

TYPE, SHEET = "rural.trainings", "农业技术培训"
# Where the columns of trainings stand; the first two are hidden.
COLUMNS = (
    "key", "version", "unit", "area", "place", "title", "subject", "speaker", "occurred_on", "starts_at", "ends_at",
    "host", "partner", "mode", "audience", "held", "headcount", "method", "count_basis", "note",
)  # fmt: skip
FIRST = 4


class County:
    """The officer of one county, with the steps a package goes through."""

    def __init__(self, desk: Desk, unit: Unit | None = None) -> None:
        self.desk = desk
        self.unit = unit or desk.city.yingzhou
        self.officer: Account = desk.account("COUNTY_OFFICER", self.unit)

    @property
    def scope(self) -> Any:
        return access.scope_for(self.officer, Action.IMPORT, "packages")

    def training(self, title: str = "小麦赤霉病防治培训", **values: Any) -> Training:
        given: dict[str, Any] = {
            "unit": self.unit, "area": self.unit.area, "title": title, "occurred_on": dt.date(2026, 1, 10),
            "headcount": 60, "method": "ROSTER", **values,
        }  # fmt: skip
        record = Training(id=uuid7(), **given)
        ledger.draft(record=record, actor=self.officer, now=NOW, scope=self.scope)
        ledger.confirm(records=[record], actor=self.officer, now=NOW, scope=self.scope)
        return record

    def correct(self, record: Training, **values: Any) -> Training:
        kept = {
            one: getattr(record, one)
            for one in ("unit", "area", "title", "occurred_on", "headcount", "method")
        }
        return ledger.correct(
            record=record, replacement=Training(id=uuid7(), **{**kept, **values}), reason="核实更正",
            actor=self.officer, now=NOW + dt.timedelta(days=1), scope=self.scope,
        )  # fmt: skip

    def package(self, *, with_records: bool = True, types: tuple[str, ...] = (TYPE,)) -> Package:
        package = making.ask(
            unit=self.unit, type_keys=types, period=Period.year(2026), with_records=with_records,
            valid_until=dt.date(2026, 5, 1), actor=self.officer, now=NOW, scope=self.scope,
        )  # fmt: skip
        return making.build(package=package)

    def hand_in(self, content: bytes, *, confirms: bool = True, name: str = "工作包.xlsx") -> Merge:
        upload = SimpleUploadedFile(name, content)
        merge = operations.take_in(
            upload=upload, confirms=confirms, actor=self.officer, now=NOW, scope=self.scope
        )
        return operations.check(merge=merge)

    def decide(self, merge: Merge, decision: str, **filters: Any) -> int:
        lines = Line.objects.filter(merge=merge, **filters)
        return operations.decide(
            lines=lines, decision=decision, actor=self.officer, now=NOW, scope=self.scope
        )

    def merge(self, merge: Merge) -> Merge:
        assert merging.start(merge=merge, now=NOW, scope=self.scope)
        return merging.run(merge=merge)

    def undo(self, merge: Merge) -> Merge:
        by = {"reason": "交错了文件", "actor": self.officer, "now": NOW, "scope": self.scope}
        assert undoing.start(merge=merge, **by)
        return undoing.run(merge=merge)


def content(package: Package) -> bytes:
    """The package as it was handed out."""
    assert package.file is not None
    return kept.read(package.file.digest)


def edited(given: Package | bytes, edit: Callable[[Any], None], *, sheet: str = SHEET) -> bytes:
    """The workbook after somebody worked in one of its sheets."""
    book = load_workbook(io.BytesIO(given if isinstance(given, bytes) else content(given)))
    edit(book[sheet])
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write(sheet: Any, row: int, **values: Any) -> None:
    """Write into the cells of a row."""
    for name, value in values.items():
        sheet.cell(row, COLUMNS.index(name) + 1, value)


def new_row(sheet: Any, row: int, title: str = "大棚蔬菜技术培训", **values: Any) -> None:
    write(sheet, row, **{
        "title": title, "occurred_on": dt.date(2026, 2, 3), "headcount": 45, "method": "花名册", **values,
    })  # fmt: skip


def verdicts(merge: Merge) -> list[tuple[int, str]]:
    return list(Line.objects.filter(merge=merge).order_by("number").values_list("number", "verdict"))


def live() -> list[tuple[str, int | None]]:
    """Title and head count of the trainings that count."""
    found = Training.objects.filter(state="CONFIRMED").order_by("occurred_on", "title")
    return list(found.values_list("title", "headcount"))


@pytest.fixture
def desk(db: None) -> Desk:
    city = build_city()
    other = units.create_unit(
        association=city.association, parent=city.association, kind="MUSEUM", name="颍东区科技馆",
        area=areas.get("341203"), actor=None, now=NOW,
    )  # fmt: skip
    return Desk(city, other)


@pytest.fixture
def county(desk: Desk) -> County:
    return County(desk)
