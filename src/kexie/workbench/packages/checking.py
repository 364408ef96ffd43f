"""Comparing a returned sheet with what was handed out and with what the ledger says now, row by row."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.kernel import text
from kexie.ledger import origins
from kexie.platform.imports.reading import SheetRow
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.importing import cells, headings
from kexie.workbench.importing.cells import BadCell
from kexie.workbench.importing.checking import CHUNK, Built, Checker, Problem
from kexie.workbench.packages import comparing, current, likeness, snapshots, workbook
from kexie.workbench.packages.models import Line, Merge, PackageRow
from kexie.workbench.packages.returned import Part
from kexie.workbench.packages.states import Decision, Outcome, Verdict

_TITLES = ("title", "name", "award")
_TITLE_LENGTH = 200


class SheetChecker(Checker):
    """Reads the rows of one returned sheet as lines of a merge. Rows that nobody touched cost next to nothing."""

    row_out: PackageRow | None
    problems_at: dict[Any, Any]

    def __init__(self, *, merge: Merge, part: Part, rows: Sequence[PackageRow], **options: Any) -> None:
        self.merge, self.part = merge, part
        self.known = {one.key: one for one in rows}
        self.met: set[str] = set()
        self.same: Counter[str] = Counter()
        self.row_out, self.problems_at = None, {}
        super().__init__(desk_type=part.record_type, rows=part.rows, **options)
        self.key_at, self.version_at = self._hidden(workbook.KEY), self._hidden(workbook.VERSION)
        self.kept = current.things(self.columns, rows)

    @property
    def record_type(self) -> Any:
        """The sheet's type."""
        return self.desk_type

    def lines(self) -> Iterator[list[Line]]:
        """Yield the lines of the sheet, some rows at a time; at last those of rows that are not there any more."""
        for start in range(0, len(self.rows), CHUNK):
            yield self._examine(self.rows[start : start + CHUNK])
        yield self._missing()

    # --- some rows ---------------------------------------------------------------------------------------------

    def _examine(self, part: Sequence[SheetRow]) -> list[Line]:
        keys = {row.number: self._text(row, self.key_at) for row in part}
        heads = current.heads(
            self.record_type, [one for key in keys.values() if (one := self.known.get(key))]
        )
        self.problems_at = {}
        fresh: list[tuple[Line, Built]] = []
        lines = [self._line(row, keys[row.number], heads, fresh) for row in part]
        self._look_up(fresh)
        new = [(line, built) for line, built in fresh if line.verdict == Verdict.NEW]
        with transaction.atomic():
            self._try([built for _line, built in new])
            transaction.set_rollback(True)
        for line, built in new:
            if built.row.number in self.problems_at:
                self._spoil(line, built.row)
        return lines

    def _line(self, row: SheetRow, key: str, heads: dict[Any, Any], fresh: list[tuple[Line, Built]]) -> Line:
        line = self._blank_line(row.number, key, self._title(row))
        known = self.known.get(key)
        if key and known is None:
            self._stray(row, line)
        elif known is not None and key in self.met and not self._is_untouched(row, known):
            known = None  # a copy of a row that was changed into another one
            line.key = ""
        self.row_out = known if line.verdict != Verdict.ERROR else None
        if known is not None:
            self.met.add(key)
            self._check_version(row, line, known)
        if line.verdict == Verdict.ERROR:
            return self._spoil(line, row)
        if known is not None and self._is_untouched(row, known):
            return self._settle(line, Verdict.SAME)
        built = self._build(row)
        self._check_day(row, built)
        if built is None or row.number in self.problems_at:
            return self._spoil(line, row)
        if known is None:
            fresh.append((self._new(line, built), built))
            return line
        return self._compare(line, known, built, heads.get(known.record_id))

    def _new(self, line: Line, built: Built) -> Line:
        said = snapshots.snapshot(self.record_type, built.record)
        line.mine, line.verdict, line.decision = said, Verdict.NEW, Decision.TAKE
        digest = hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:40]
        self.same[digest] += 1
        nth = self.same[digest]
        line.source_key = f"{self.record_type.key}:{origins.ROW}:{digest}" + (f":{nth}" if nth > 1 else "")
        built.record.source_key = line.source_key
        if nth > 1:
            line.verdict, line.decision = Verdict.LIKE, ""
            line.message = _("与本表前面的一行完全相同。")
        return line

    def _compare(self, line: Line, known: PackageRow, built: Built, head: Any) -> Line:
        said = snapshots.snapshot(self.record_type, built.record)
        line.base = known.base
        line.mine = {**known.base, **{one.name: said[one.name] for one in self.columns}}
        theirs = snapshots.snapshot(self.record_type, head) if head is not None else None
        found = comparing.compare(snapshots.columns_of(self.record_type), known.base, line.mine, theirs)
        if found.verdict == Verdict.SAME:
            return self._settle(line, Verdict.SAME)
        line.verdict = found.verdict
        line.theirs_id = head.pk if head is not None else known.record_id
        line.theirs_version = snapshots.version(theirs) if theirs is not None else ""
        if found.verdict == Verdict.CHANGED:
            line.decision = Decision.TAKE
        elif head is None:
            line.message = _("系统中的这条记录在工作包发出后已被冲销。")
        line.shown = self._differences(known, built.record, head, found)
        return line

    def _differences(
        self, known: PackageRow, mine: Any, theirs: Any, found: comparing.Comparison
    ) -> list[dict[str, Any]]:
        base = snapshots.restore(self.record_type, known.base)
        return [
            snapshots.difference(
                one,
                base=str(snapshots.cell(one, base, known.labels) or ""),
                mine=snapshots.told(one, mine),
                theirs=snapshots.told(one, theirs) if theirs is not None else _("（已冲销）"),
                conflict=one.name in found.conflicts,
            )
            for one in snapshots.columns_of(self.record_type)
            if one.name in found.changed
        ]

    def _look_up(self, fresh: Sequence[tuple[Line, Built]]) -> None:
        """Tell from new rows those that came in before, and those that look like a record that is there."""
        lines = [line for line, _built in fresh]
        before = current.by_source(self.record_type, self.scope, [line.source_key for line in lines])
        for line in lines:
            if (found := before.get(line.source_key)) is not None:
                self._came_before(line, found)
        rest = [(line, built) for line, built in fresh if line.verdict in {Verdict.NEW, Verdict.LIKE}]
        alike = likeness.find(self.record_type, self.scope, [built.record for _line, built in rest])
        for line, built in rest:
            if (record := alike.get(built.record.pk)) is not None:
                self._looks_like(line, built.record, record)

    def _came_before(self, line: Line, found: current.Before) -> None:
        if not found.is_reversed:
            line.message = _("此前已并入，不会重复。")
            self._settle(line, Verdict.SAME)
            return
        line.verdict, line.decision, line.theirs_id = Verdict.AGAIN, "", found.pk
        line.message = _("同样的内容此前并入过，后来被冲销；确实要再记一次请选“新建”。")
        line.source_key = f"{line.source_key}:r{found.reversals}"

    def _looks_like(self, line: Line, mine: Any, record: Any) -> None:
        theirs = snapshots.snapshot(self.record_type, record)
        line.verdict, line.decision = Verdict.LIKE, ""
        line.theirs_id, line.theirs_version = record.pk, snapshots.version(theirs)
        line.base = theirs
        line.message = _("系统中已有相近的记录：单位、日期、名称相同。")
        line.shown = [
            snapshots.difference(
                one,
                base="",
                mine=snapshots.told(one, mine),
                theirs=snapshots.told(one, record),
                conflict=False,
            )
            for one in snapshots.columns_of(self.record_type)
            if not snapshots.is_same(one, line.mine[one.name], theirs[one.name])
        ]

    def _missing(self) -> list[Line]:
        """Return the rows that went out and did not come back; those that are gone from the ledger too say nothing."""
        lost = [one for key, one in self.known.items() if key not in self.met]
        heads = current.heads(self.record_type, lost)
        lines = []
        for number, one in enumerate(lost, 1):
            head = heads.get(one.record_id)
            if head is None:
                continue
            line = self._blank_line(-number, one.key, self._title_of(one))
            line.verdict, line.base = Verdict.MISSING, one.base
            line.theirs_id = head.pk
            line.theirs_version = snapshots.version(snapshots.snapshot(self.record_type, head))
            lines.append(line)
        return lines

    # --- one row -----------------------------------------------------------------------------------------------

    def _blank_line(self, number: int, key: str, title: str) -> Line:
        return Line(
            association_id=self.merge.association_id, merge=self.merge, type_key=self.record_type.key,
            number=number, key=key[:16], title=title[:_TITLE_LENGTH], verdict=Verdict.NEW,
        )  # fmt: skip

    def _settle(self, line: Line, verdict: Verdict) -> Line:
        line.verdict, line.decision, line.outcome = verdict, "", Outcome.LEFT
        line.mine = line.base = {}
        return line

    def _spoil(self, line: Line, row: SheetRow) -> Line:
        line.verdict, line.decision = Verdict.ERROR, ""
        line.problems = [one.as_json() for one in self.problems_at.get(row.number, [])]
        line.raw = {one.name: self._raw(row, one) for one in self.columns}
        return line

    def _stray(self, row: SheetRow, line: Line) -> None:
        line.verdict = Verdict.ERROR
        told = _(
            "这一行的标识不是这个工作包发出的：可能从别的工作包复制而来，或隐藏的标识列被改动过。确是新的一条，请按新行处理。"
        )
        self._problem(row, 0, told)

    def _check_version(self, row: SheetRow, line: Line, known: PackageRow) -> None:
        if self._text(row, self.version_at) != known.version:
            line.verdict = Verdict.ERROR
            self._problem(
                row, 0, _("这一行隐藏的标识列被改动过，无法判断改的是哪条记录。请从工作包里重新取这一行。")
            )

    def _check_day(self, row: SheetRow, built: Built | None) -> None:
        package = self.merge.package
        day = built.record.occurred_on if built is not None else None
        if day is not None and not package.starts_on <= day < package.ends_on:
            at = self.head.fields.get("occurred_on", 0)
            self._problem(row, at, _("日期不在本工作包的填报期间内。确属期间以外的，请联网录入。"))

    def _is_untouched(self, row: SheetRow, known: PackageRow) -> bool:
        return all(self._is_kept(one, row, known) for one in self.columns)

    def _is_kept(self, one: Column, row: SheetRow, known: PackageRow) -> bool:
        """Whether a cell still says what the package wrote into it."""
        at = self.head.fields[one.name]
        raw = headings.cell(row, at)
        if raw is None and (row.number, at) in self.part.formulas:
            return False
        try:
            return cells.as_text(raw) == cells.as_text(self._written(one, known))
        except BadCell:
            return False

    def _written(self, one: Column, known: PackageRow) -> Any:
        if one.kind is Kind.RELATION:
            return known.labels.get(one.name)
        said = snapshots.restore(self.record_type, {one.name: known.base.get(one.name, "")})
        return snapshots.cell(one, said, {})

    def _value(self, one: Column, row: SheetRow) -> Any:
        """Return a cell's value; what nobody touched is what it was, whatever became of its name meanwhile."""
        at = self.head.fields[one.name]
        if headings.cell(row, at) is None and (row.number, at) in self.part.formulas:
            self._problem(
                row, at, _("公式没有计算结果。请在 Excel 或 WPS 中打开、保存一次，或改为直接填写数值。")
            )
            return None
        if self.row_out is not None and self._is_kept(one, row, self.row_out):
            said = self.row_out.base.get(one.name, "")
            if one.kind is Kind.RELATION:
                return self.kept.get(one.name, {}).get(said)
            return snapshots.python_value(one.field, said) if said else None
        return super()._value(one, row)

    def _source_key(self, row: SheetRow, values: dict[str, Any]) -> str:
        """Leave it open: a line's key is made of everything its record says."""
        return ""

    def _only_unit(self) -> Any:
        """Return the package's own unit, for rows that name none."""
        return self.merge.package.unit

    def _warn_about_columns(self) -> None:
        """Say nothing of columns that people added beside the package's own."""

    def _warn(self, row: SheetRow, column: int, message: str) -> None:
        """Say nothing: plausibility is asked about when a record is confirmed."""

    def _problem(self, row: SheetRow, column: int, message: str) -> None:
        """Note what is wrong with a cell: the first thing only, what follows from it helps nobody."""
        super()._problem(row, column, message)
        told = self.problems_at.setdefault(row.number, [])
        if not any(one.column == column for one in told):
            told.append(Problem(row.number, column, message))

    def _hidden(self, label: str) -> int | None:
        head = next((one for one in self.part.rows if one.number == self.head.row), None)
        values = head.values if head is not None else ()
        return next((at for at, value in enumerate(values, 1) if str(value or "").strip() == label), None)

    def _text(self, row: SheetRow, at: int | None) -> str:
        value = headings.cell(row, at)
        return str(value).strip() if value is not None else ""

    def _raw(self, row: SheetRow, one: Column) -> str:
        try:
            return cells.as_text(headings.cell(row, self.head.fields[one.name]))
        except BadCell:
            return str(headings.cell(row, self.head.fields[one.name]))

    def _title(self, row: SheetRow) -> str:
        names = [one for one in _TITLES if one in self.head.fields][:1]
        names += [one for one in ("unit", "occurred_on") if one in self.head.fields]
        said = [self._raw(row, one) for one in self.columns if one.name in names]
        return text.clean(" ".join(filter(None, said)))

    def _title_of(self, known: PackageRow) -> str:
        names = [one for one in _TITLES if one in known.base][:1]
        said = [known.base.get(one, "") for one in names]
        return " ".join(
            filter(None, [known.labels.get("unit", ""), *said, known.base.get("occurred_on", "")])
        )
