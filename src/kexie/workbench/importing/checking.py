"""Checking every row of a sheet: cells, names, rules between fields, and at last the database itself.

A row that reads well is tried against the database inside a transaction that is rolled back, so that every
constraint is asked in its own words and none is written down twice.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import Scope
from kexie.ledger import origins
from kexie.ledger.models import Record, State
from kexie.ledger.record_types import DeskType, RecordType
from kexie.platform.imports.reading import SheetRow, address
from kexie.workbench.desk import candidates, violations
from kexie.workbench.desk.columns import Column, Kind, excel_value
from kexie.workbench.importing import cells, headings
from kexie.workbench.importing.cells import BadCell

CHUNK = 1_000
# Whoever sees this many problems mends the cause first; the count goes on.
KEPT_PROBLEMS = 2_000
PREVIEW_ROWS = 8
_NUMBER_LENGTH = 60
# Trying rows one by one costs a statement each; a file that breaks this many rules is broken throughout.
MOST_REFUSALS = 200

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Problem:
    """Something wrong (or, as a warning, doubtful) in one cell; column 0 is the row as a whole."""

    row: int
    column: int
    message: str

    @property
    def address(self) -> str:
        """The cell as Excel names it, or the row's number."""
        return address(self.column, self.row) if self.column else _("第%(row)d行") % {"row": self.row}

    def as_json(self) -> dict[str, Any]:
        """Return the problem as it is kept."""
        return {"cell": self.address, "row": self.row, "column": self.column, "message": self.message}


@dataclass
class Findings:
    """What checking found. `known` rows came in with an earlier import."""

    total: int = 0
    known: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    preview: list[list[str]] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it if it is among the first."""
        self.problem_count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)


@dataclass(frozen=True)
class Built:
    """A row that reads well, as the record it will be."""

    row: SheetRow
    record: Record


class Checker:
    """Reads the rows of one sheet as records of one type; no statement is asked for each row."""

    def __init__(
        self,
        *,
        desk_type: DeskType,
        rows: Sequence[SheetRow],
        scope: Scope,
        actor: Account,
        now: dt.datetime,
        confirms: bool,
    ) -> None:
        self.desk_type, self.scope, self.actor, self.now, self.confirms = (
            desk_type,
            scope,
            actor,
            now,
            confirms,
        )
        self.head = headings.find(rows, desk_type)
        self.rows = [row for row in rows if row.number > self.head.row]
        self.columns = [one for one in headings.importable(desk_type) if one.name in self.head.fields]
        self.required = {one.name for one in self.columns if headings.is_required(desk_type, one)}
        self.findings = Findings(total=len(self.rows))
        self.things = {one.name: self._things(one) for one in self.columns if one.kind is Kind.RELATION}
        self.only_unit = self._only_unit()
        self.seen: Counter[str] = Counter()
        self.first_rows: dict[str, int] = {}
        self._warn_about_columns()
        self._warn_about_merged()

    def check(self, progress: Progress) -> Findings:
        """Check everything and change nothing."""
        refused = 0
        with transaction.atomic():
            for chunk in self.chunks(progress):
                fresh = self.fresh(chunk)
                self.findings.known += len(chunk) - len(fresh)
                if refused < MOST_REFUSALS:
                    refused += self._try(fresh)
            transaction.set_rollback(True)
        return self.findings

    def chunks(self, progress: Progress) -> Iterator[list[Built]]:
        """Yield the rows that read well, some at a time; what does not is among the findings."""
        for start in range(0, len(self.rows), CHUNK):
            part = self.rows[start : start + CHUNK]
            yield [built for row in part if (built := self._build(row))]
            progress(start + len(part))

    def fresh(self, chunk: list[Built]) -> list[Built]:
        """Return the rows that no earlier import brought in."""
        keys = [built.record.source_key for built in chunk]
        rows = self.desk_type.model._base_manager.filter(
            association_id=self.scope.association_id, source_key__in=keys
        )
        known = set(rows.values_list("source_key", flat=True))
        return [built for built in chunk if built.record.source_key not in known]

    # --- one row -----------------------------------------------------------------------------------------------

    def _build(self, row: SheetRow) -> Built | None:
        before = self.findings.problem_count
        values = {one.name: self._value(one, row) for one in self.columns}
        self._check_counting(row)
        if len(self.findings.preview) < PREVIEW_ROWS:
            self.findings.preview.append(
                [self._previewed(one, row, values[one.name]) for one in self.columns]
            )
        if self.findings.problem_count > before:
            return None
        record = self._record(values)
        self._clean(row, record)
        record.source_key = self._source_key(row, values)
        self._ask_about(row, record)
        return Built(row, record) if self.findings.problem_count == before else None

    def _previewed(self, one: Column, row: SheetRow, value: Any) -> str:
        """Return a value as it was understood, or what stands in a cell that was not."""
        raw = headings.cell(row, self.head.fields[one.name])
        return shown(one, value) if value is not None or raw is None else f"？{raw}"

    def _value(self, one: Column, row: SheetRow) -> Any:
        index = self.head.fields[one.name]
        raw = headings.cell(row, index)
        try:
            found = self._thing(one, row, raw) if one.kind is Kind.RELATION else cells.value(one, raw)
        except BadCell as error:
            self._problem(row, index, str(error))
            return None
        if found is None and one.name in self.required and not (one.name == "unit" and self.only_unit):
            self._problem(row, index, _("%(label)s必填。") % {"label": one.label})
        return found

    def _choose(self, one: Column, row: SheetRow, found: list[Any]) -> list[Any]:
        """Return those of several things of a name that can be meant here."""
        return found

    def _thing(self, one: Column, row: SheetRow, raw: Any) -> Any:
        shown = cells.as_text(raw)
        if not shown:
            return None
        found = self._choose(one, row, self.things[one.name].get(shown, []))
        if len(found) == 1:
            return found[0]
        values = {"value": shown, "label": one.label, "count": len(found)}
        if found:
            raise BadCell(_("有%(count)d个“%(value)s”，请改填编号以区分。") % values)
        if one.name == "unit":
            raise BadCell(_("没有找到单位“%(value)s”，或它不在您的权限范围内。") % values)
        raise BadCell(_("没有找到%(label)s“%(value)s”，请先登记或核对名称。") % values)

    def _check_counting(self, row: SheetRow) -> None:
        """Head count and method are filled together or not at all, right or wrong."""
        if not headings.counted_columns(self.desk_type) or "headcount" not in self.head.fields:
            return
        index = self.head.fields["headcount"]
        beside = self.head.fields.get("method")
        counted, method = _is_filled(row, index), _is_filled(row, beside)
        if counted and not method:
            self._problem(row, beside or index, _("填写了人次，请填计数方法。"))
        elif method and not counted:
            self._problem(row, index, _("选择了计数方法，请填人次；没有计数就都留空。"))

    def _record(self, values: dict[str, Any]) -> Record:
        given = {name: value for name, value in values.items() if value is not None}
        record: Any = self.desk_type.model(
            id=uuid7(), association_id=self.scope.association_id, **{**self.desk_type.initial, **given}
        )
        if record.unit_id is None and self.only_unit is not None:
            record.unit = self.only_unit
        if record.area_id is None:
            record.area_id = record.unit.area_id
        record.recorded_by, record.recorded_at = self.actor, self.now
        made: Record = record
        return made

    def _clean(self, row: SheetRow, record: Record) -> None:
        """Ask the model's own rules between fields."""
        try:
            record.clean()
        except ValidationError as error:
            for name, messages in _by_field(error).items():
                self._problem(row, self.head.fields.get(name, 0), _("；").join(messages))

    def _source_key(self, row: SheetRow, values: dict[str, Any]) -> str:
        """Return by what a row is known again: its number if the sheet has one, else everything it says.

        Rows that say the same in one file are told apart by their order, so that the file brings in as many as it
        has, once; in another file the same rows are known.
        """
        number = self._number(row)
        if number:
            key = f"{self.desk_type.key}:{origins.NUMBER}:{number}"
            if key in self.first_rows:
                told = _("编号“%(number)s”与第%(row)d行重复。") % {
                    "number": number,
                    "row": self.first_rows[key],
                }
                self._problem(row, self.head.number or 0, told)
            self.first_rows.setdefault(key, row.number)
            return key
        said = "\x1f".join(f"{name}={getattr(value, 'pk', value)}" for name, value in sorted(values.items()))
        digest = hashlib.sha256(said.encode()).hexdigest()[:40]
        self.seen[digest] += 1
        nth = self.seen[digest]
        if nth > 1:
            told = _("与第%(row)d行完全相同，如系重复请删去一行；不删则两行都导入。")
            self._warn(row, 0, told % {"row": self.first_rows[digest]})
        self.first_rows.setdefault(digest, row.number)
        return f"{self.desk_type.key}:{origins.ROW}:{digest}" + (f":{nth}" if nth > 1 else "")

    def _number(self, row: SheetRow) -> str:
        index = self.head.number
        try:
            shown = cells.as_text(headings.cell(row, index))
        except BadCell as error:
            self._problem(row, index or 0, str(error))
            return ""
        if len(shown) > _NUMBER_LENGTH:
            self._problem(row, index or 0, _("编号最多%(length)d个字符。") % {"length": _NUMBER_LENGTH})
        return shown[:_NUMBER_LENGTH]

    def _ask_about(self, row: SheetRow, record: Record) -> None:
        for band in self.desk_type.bands if isinstance(self.desk_type, RecordType) else ():
            if band.asks_about(record):
                self._warn(row, self.head.fields.get(band.field, 0), str(band.ask))

    # --- the database ------------------------------------------------------------------------------------------

    def _try(self, fresh: list[Built]) -> int:
        """Insert the rows for a moment; return how many the database refused."""
        if not fresh:
            return 0
        for built in fresh:
            self._set_state(built.record)
        try:
            with transaction.atomic():
                self.desk_type.model._base_manager.bulk_create([built.record for built in fresh])
        except IntegrityError as error:
            if len(fresh) == 1:
                self._problem(fresh[0].row, 0, violations.message(error, self.desk_type.model))
                return 1
            middle = len(fresh) // 2
            return self._try(fresh[:middle]) + self._try(fresh[middle:])
        return 0

    def _set_state(self, record: Record) -> None:
        if self.confirms:
            record.state, record.confirmed_by, record.confirmed_at = State.CONFIRMED, self.actor, self.now

    # --- before the rows ---------------------------------------------------------------------------------------

    def _things(self, one: Column) -> dict[str, list[Any]]:
        """Look up everything a column names at once."""
        if one.field is None:
            return {}
        index, wanted = self.head.fields[one.name], set()
        for row in self.rows:
            try:
                wanted.add(cells.as_text(headings.cell(row, index)))
            except BadCell:
                continue
        return candidates.by_name(candidates.candidates(one.field, self.scope), wanted)

    def _only_unit(self) -> Unit | None:
        """Return the one unit the actor can mean where the sheet names none."""
        unit = self.actor.unit
        if unit is None or not self.scope.covers(unit.path):
            return None
        inside = Unit.objects.filter(self.scope.q(unit=""))[:2]
        return unit if len(inside) == 1 else None

    def _warn_about_columns(self) -> None:
        head = SheetRow(self.head.row, ())
        for label in self.head.unknown:
            self._warn(head, 0, _("“%(label)s”列不在模板中，不会导入。") % {"label": text.clean(label)})
        if "unit" not in self.head.fields and self.only_unit is None:
            self._problem(head, 0, _("缺少必需的列：单位。"))

    def _warn_about_merged(self) -> None:
        """Say which columns have words of merged cells, taken for every row that they cover."""
        found = Counter(index for row in self.rows for index in row.filled)
        for one in self.columns:
            if count := found[self.head.fields[one.name]]:
                told = _("%(label)s有%(n)d行在合并的单元格里，每行都按合并格里的内容读。请核对。")
                self._warn(
                    SheetRow(self.head.row, ()),
                    self.head.fields[one.name],
                    told % {"label": one.label, "n": count},
                )

    def _problem(self, row: SheetRow, column: int, message: str) -> None:
        self.findings.add(Problem(row.number, column, message))

    def _warn(self, row: SheetRow, column: int, message: str) -> None:
        if len(self.findings.warnings) < KEPT_PROBLEMS:
            self.findings.warnings.append(Problem(row.number, column, message))


def _is_filled(row: SheetRow, index: int | None) -> bool:
    value = headings.cell(row, index)
    return value is not None and bool(str(value).strip())


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def shown(one: Column, value: Any) -> str:
    """Return a value as the preview shows it."""
    if value is None:
        return ""
    if one.kind is Kind.CHOICE and one.field is not None:
        return str(dict(one.field.flatchoices).get(value, value))
    if one.kind is Kind.FLAG:
        return _("是") if value else _("否")
    return str(excel_value(value))
