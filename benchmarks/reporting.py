"""Reporting at scale: closing a year, restating it, filling both returns from roll-ups, auditing, proving.

`./kexie bench reporting --rows 2000000` closes a year of so many visit records out of five times as many in five years.
CPU is that of this process and of the database's own, one core each, the database without parallel workers. Each line
stands beside a baseline of the same run, and whatever must be equal is compared, not assumed.
"""

import datetime as dt
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from rich.console import Console
from rich.table import Table

from kexie.contexts.museums.models import DailyVisits
from kexie.foundation.access.models import Account
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.ids import uuid7
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, log, operations, registry, rollups
from kexie.ledger.measures import Cell
from kexie.reporting.releases import (
    auditing,
    documents,
    freezing,
    proofs,
    restating,
    verify_release_path,
)
from kexie.reporting.releases import operations as closing
from kexie.reporting.releases.models import Release
from kexie.reporting.returns import editions

SIZE, YEARS, EDITS, REPEATS = 2_000_000, 5, 1_000, 3
FIRST, YEAR = 2021, Period.year(2025)
CLOSED_AT, LATER = dt.datetime(2026, 1, 5, 1, tzinfo=dt.UTC), dt.datetime(2026, 2, 2, 1, tzinfo=dt.UTC)
COUNTIES = ("341202", "341203", "341204", "341221", "341222", "341225", "341226", "341282")
VISITS, MOST_BYTES = "museums.visits", 1024
TICKS = 100  # ticks a second, as Linux counts a process's CPU


@dataclass
class Bench:
    """The association being measured and where its lines go."""

    association: Unit
    museums: list[Unit]
    account: Account
    size: int
    table: Table
    pid: int
    by: dict[str, Any] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.association.pk)


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of CPU here and in the database; with what was returned."""

    wall: float
    here: float
    database: float
    found: Any

    @property
    def cpu(self) -> float:
        return self.here + self.database

    def __str__(self) -> str:
        return f"{self.cpu:.2f} s CPU ({self.here:.2f} + {self.database:.2f}), {self.wall:.2f} s"


def run(sizes: Sequence[int] | None = None) -> None:
    """Measure every size and print the table."""
    call_command("migrate", verbosity=0, interactive=False)
    _execute("SET max_parallel_workers_per_gather = 0")
    title = "reporting: CPU in all (here + database), by the clock"
    table = Table("records", "what", "measured", "baseline of the same run", "ratio", "required", title=title)
    console = Console(width=170)
    for number, size in enumerate(sizes or (SIZE,)):
        console.print(f"[dim]{size:,} records of the year, {size * YEARS:,} in all: loading …[/dim]")
        _measure(_prepare(size, number, table))
    console.print(table)


def _measure(bench: Bench) -> None:
    _load(bench)
    release = _close(bench)
    _prove(bench, release)
    _returns(bench)
    _restate(bench, release)
    _audit(bench, release)
    bench.table.add_section()


# --- a city and its records ----------------------------------------------------------------------------------


def _prepare(size: int, number: int, table: Table) -> Bench:
    if not Area.objects.exists():
        areas.load_bundled(actor=None, now=CLOSED_AT)
    area = Area.objects.in_bulk(["341200", *COUNTIES])
    root = units.create_association(name=f"Bench {number}", area=area["341200"], actor=None, now=CLOSED_AT)
    count = min(400, max(8, size // 50))
    wanted = [
        Unit(association=root, parent=root, kind=Kind.MUSEUM, name=f"Museum {n}", area=area[COUNTIES[n % 8]])
        for n in range(count)
    ]
    museums = units.create_units(association=root, units=wanted, actor=None, now=CLOSED_AT)
    account = Account.objects.create(
        association=root, username=f"bench{number}", display_name="Bench", unit=root, created_at=CLOSED_AT
    )
    bench = Bench(root, museums, account, size, table, int(_execute("SELECT pg_backend_pid()")))
    bench.by = {"scope": bench.scope, "actor": account}
    return bench


def _load(bench: Bench) -> None:
    """Insert confirmed records of five years, and the last year's leaves, by the database itself into bare tables."""
    with connection.cursor() as cursor, _bare(cursor, "museums_dailyvisits", "ledger_logentry"):
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS museum_no (n int, unit_id uuid, area_id text)")
        cursor.execute("TRUNCATE museum_no")
        rows = [(n, museum.pk, museum.area_id) for n, museum in enumerate(bench.museums)]
        cursor.executemany("INSERT INTO museum_no VALUES (%s, %s, %s)", rows)
        who = [bench.association.pk, bench.account.pk, bench.account.pk]
        for year in range(FIRST, FIRST + YEARS):
            cursor.execute(_RECORDS, [*who, dt.date(year, 1, 1), bench.size, len(rows)])
        cursor.execute(_PAIR)
        cursor.execute(_LEAVES, [bench.association.pk, YEAR.start])
    built = _cost(bench, lambda: rollups.rebuild(association_id=bench.association.pk, now=CLOSED_AT))
    plain = _cost(bench, lambda: _execute(_ONE_GROUPING))
    _line(bench, f"building every roll-up over {bench.size * YEARS:,} records", built, plain)
    _execute("ANALYZE")
    if not connection.in_atomic_block:
        _execute("VACUUM museums_dailyvisits, ledger_logentry, ledger_monthcell")


@contextmanager
def _bare(cursor: Any, *tables: str) -> Iterator[None]:
    """Take foreign keys and indexes off while rows come in by the million; making them anew sees to every row."""
    dropped = []
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(_CONSTRAINTS, [table])
        for name, definition in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            dropped.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        cursor.execute(_INDEXES, [table])
        for name, definition in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
            dropped.insert(0, definition)
    yield
    for statement in dropped:
        cursor.execute(statement)


_ONE_GROUPING = """
SELECT COUNT(*) FROM (SELECT SUM(headcount), COUNT(*) FROM museums_dailyvisits
GROUP BY association_id, unit_id, area_id, date_trunc('month', occurred_on), method) AS cells
"""
_CONSTRAINTS = """
SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('f', 'u')
"""
_INDEXES = """
SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE tablename = %s AND schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
# Identifiers ascend with the moment of recording, as the program makes them.
_RECORDS = """
INSERT INTO museums_dailyvisits (id, association_id, unit_id, area_id, occurred_on, state, note, recorded_by_id,
    recorded_at, confirmed_by_id, confirmed_at, reversal_reason, headcount, method, count_basis, slot)
SELECT uuidv7(day - now()), %s, unit_id, area_id, day, 'CONFIRMED', '', %s, day, %s, day, '',
    1 + (random() * 400)::int, (ARRAY['GATE', 'BOOKING', 'ROSTER', 'HOST'])[1 + (random() * 3)::int], '',
    (ARRAY['MORNING', 'AFTERNOON'])[1 + (random())::int]
FROM (SELECT %s::date + (random() * 363)::int AS day, power(random(), 2) AS skewed
      FROM generate_series(1, %s)) AS made
JOIN museum_no ON n = floor(skewed * %s)::int ORDER BY day
"""
_PAIR = """
CREATE OR REPLACE FUNCTION pg_temp.pair(name text, value text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
SELECT int4send(octet_length(name)) || convert_to(name, 'UTF8') || int4send(octet_length(value)) || convert_to(value, 'UTF8')
$$
"""
# The canonical bytes of a confirmation, as kexie.ledger.canonical writes them; the audit below compares every one.
_LEAVES = """
INSERT INTO ledger_logentry (id, association_id, kind, record_type, record_id, payload, salt, leaf_hash, at)
SELECT uuidv7(confirmed_at - now()), association_id, 'CONFIRMED', 'museums.dailyvisits', id, payload, salt,
    sha256('\\x00'::bytea || salt || payload), confirmed_at
FROM (
    SELECT id, association_id, confirmed_at, decode(md5(id::text), 'hex') AS salt,
        pg_temp.pair('', 'CONFIRMED') || pg_temp.pair('', 'museums.dailyvisits') || pg_temp.pair('', replace(id::text, '-', ''))
        || pg_temp.pair('area_id', area_id) || pg_temp.pair('association_id', replace(association_id::text, '-', ''))
        || pg_temp.pair('confirmed_at', to_char(confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00')
        || pg_temp.pair('confirmed_by_id', replace(confirmed_by_id::text, '-', ''))
        || pg_temp.pair('headcount', headcount::text) || pg_temp.pair('id', replace(id::text, '-', ''))
        || pg_temp.pair('method', method) || pg_temp.pair('occurred_on', occurred_on::text)
        || pg_temp.pair('recorded_at', to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00')
        || pg_temp.pair('recorded_by_id', replace(recorded_by_id::text, '-', ''))
        || pg_temp.pair('slot', slot) || pg_temp.pair('unit_id', replace(unit_id::text, '-', '')) AS payload
    FROM museums_dailyvisits WHERE association_id = %s AND occurred_on >= %s ORDER BY id
) AS packed
"""


# --- closing -------------------------------------------------------------------------------------------------


def _close(bench: Bench) -> Release:
    head = _cost(bench, lambda: log.sign_head(association_id=bench.association.pk, now=CLOSED_AT))
    read = _cost(
        bench, lambda: _execute("SELECT octet_length(string_agg(leaf_hash, ''::bytea)) FROM ledger_logentry")
    )
    _line(bench, "sequencing the log and signing its head, from nothing", head, read)
    release = closing.close(unit=bench.association, period=YEAR, now=CLOSED_AT, **bench.by)
    whole = _cost(bench, lambda: _advance(release))
    plain = _cost(bench, lambda: _values_alone(release))
    release = Release.objects.select_related("unit", "association").get(pk=release.pk)
    cells = release.cells.count()
    total = documents.read(release.document)["totals"][VISITS]
    _same("closed total", Decimal(total), Decimal(plain.found))
    _line(bench, f"closing the year: value, count and root of {cells:,} cells", whole, plain, limit=10.0)
    return release


def _advance(release: Release) -> None:
    while closing.advance(release_id=release.pk, now=CLOSED_AT):
        pass


def _values_alone(release: Release) -> Decimal:
    """What a system without roots does: the same measures summed by the same cells."""
    for key in release.measures:
        measure, cell = registry.measure(key), freezing.cell_of(release, key, known_at=release.known_at)
        found = measure.value(cell, freezing.scope_of(release))
        if key == VISITS:
            total = Decimal(found or 0)
    return total


def _prove(bench: Bench, release: Release) -> None:
    """A record's proof in the release, checked by the script alone; the baseline checks the file without a proof."""
    record = DailyVisits.objects.filter(association=bench.association, occurred_on__gte=YEAR.start).first()
    made = _cost(bench, lambda: proofs.prove(release, measure="museums.open_days", record=_of(record).pk))
    with tempfile.TemporaryDirectory() as folder:
        file, proof = Path(folder) / "release.json", Path(folder) / "proof.json"
        file.write_text(release.document, encoding="utf-8")
        proof.write_text(made.found)
        _same("proof is at most 1 KB", proof.stat().st_size <= MOST_BYTES, True)
        with_proof = _cost(bench, lambda: _script(file, proof))
        without = _cost(bench, lambda: _script(file))
        anew = _cost(bench, lambda: freezing.freeze(release, ["museums.open_days"]))
        _same("script", with_proof.found, "VERIFIED")
    size = f"{len(made.found):,} bytes"
    bench.table.add_row(
        f"{bench.size:,}",
        f"proof of one record among {bench.size:,} in one cell: {size}",
        str(made),
        str(anew),
        f"{made.cpu / anew.cpu:.2f} ×",
        "≤ 1 KB",
    )
    bench.table.add_row(
        f"{bench.size:,}", f"script of {len(verify_release_path().read_text().splitlines())} lines verifies file and proof",
        f"{with_proof.wall:.2f} s", f"file alone {without.wall:.2f} s", f"{with_proof.wall / without.wall:.2f} ×", "≤ 60 lines",
    )  # fmt: skip


def _script(*files: Path) -> str:
    command = [sys.executable, "-I", "-S", str(verify_release_path()), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


# --- returns -------------------------------------------------------------------------------------------------


def _returns(bench: Bench) -> None:
    """Every bound item of both editions over all five years' records, against the same from rows."""
    asked = [
        item.cell(edition.span)
        for edition in (editions.edition("kx-2025"), editions.edition("kp-2025"))
        for item in edition.items()
        if item.measure
    ]
    quick = _best(bench, lambda: [figures.value(cell, bench.scope) for cell in asked])
    slow = _cost(bench, lambda: [_from_rows(cell, bench.scope) for cell in asked])
    _same("returns", quick.found, slow.found)
    _line(
        bench,
        f"both returns, {len(asked)} cells over {bench.size * YEARS:,} records",
        quick,
        slow,
        limit=1.0,
        wall=True,
    )
    _cut_returns(bench, asked)


def _cut_returns(bench: Bench, asked: Sequence[Cell]) -> None:
    """The same items that add up, cut by county, by unit and by month: the cells of every subordinate sheet."""
    cuts = [
        (cell, by)
        for cell in asked
        if registry.measure(cell.measure).is_rolled_up
        for by in ("county", "unit", "month")
    ]
    quick = _best(bench, lambda: [_values(figures.breakdown(cell, bench.scope, by=by)) for cell, by in cuts])
    slow = _cost(bench, lambda: [_values(_rows_cut(cell, bench.scope, by)) for cell, by in cuts])
    _same("returns cut", quick.found, slow.found)
    cells = sum(map(len, quick.found))
    what = f"their items by county, unit and month, {cells:,} cells that are not empty"
    _line(bench, what, quick, slow, limit=1.0, wall=True)


def _values(slices: Sequence[figures.Slice]) -> dict[str, Decimal]:
    return {str(one.group): Decimal(one.value or 0) for one in slices}


def _rows_cut(cell: Cell, scope: Scope, by: str) -> list[figures.Slice]:
    return list(figures._over_rows(registry.measure(cell.measure), cell, scope, by))


def _from_rows(cell: Cell, scope: Scope) -> Any:
    return registry.measure(cell.measure).value(cell, scope)


# --- afterwards ----------------------------------------------------------------------------------------------


def _restate(bench: Bench, release: Release) -> None:
    """Half of the edits come late, half reverse; the baseline makes every cell anew and compares."""
    edits = min(EDITS, bench.size // 4)
    _edit(bench, edits)
    quick = _best(bench, lambda: restating.effects(release))
    anew = _cost(
        bench, lambda: {key: restating.difference(registry.measure(key), release) for key in release.measures}
    )
    for key, (before, after) in anew.found.items():
        listed = sum((one.value for one in quick.found if one.measure.key == key), Decimal(0))
        _same(f"effects of {key}", listed, (after or 0) - (before or 0))
    _line(
        bench,
        f"restatement after {edits:,} edits, {len(quick.found):,} effects",
        quick,
        anew,
        limit=1.0,
        wall=True,
    )


def _edit(bench: Bench, edits: int) -> None:
    days = [dt.date(2025, 1 + n % 12, 1 + n % 28) for n in range(edits // 2)]
    late = [_visit(bench, n, day) for n, day in enumerate(days)]
    operations.record_many(records=late, now=LATER, **bench.by)
    ours = DailyVisits.objects.filter(
        association=bench.association, occurred_on__gte=YEAR.start, confirmed_at__lt=CLOSED_AT
    )
    for record in ours.select_related("unit")[: edits - len(late)]:
        operations.reverse(record=record, reason="bench", now=LATER, **bench.by)


def _visit(bench: Bench, n: int, day: dt.date) -> DailyVisits:
    unit = bench.museums[n % len(bench.museums)]
    return DailyVisits(
        id=uuid7(), association=bench.association, unit=unit, area_id=unit.area_id, occurred_on=day, slot="MORNING",
        headcount=100 + n % 7, method="GATE", recorded_by=bench.account, recorded_at=LATER,
    )  # fmt: skip


def _audit(bench: Bench, release: Release) -> None:
    """Nothing is wrong; then four altered records are found, two of which cancel out in their cell's value."""
    clean = _cost(bench, lambda: list(auditing.audit(release)))
    _same("problems of a clean audit", clean.found, [])
    wrong = _alter(bench)
    found = {
        one.subject.split()[-1]
        for one in auditing.audit(release)
        if one.subject.startswith("museums.dailyvisits")
    }
    _same("altered records found", found, {str(pk) for pk in wrong})
    values = _cost(bench, lambda: _values_alone(release))
    _line(bench, "full audit from the records alone; then 4 of 4 altered ones found", clean, values)


def _alter(bench: Bench) -> list[Any]:
    ours = DailyVisits.objects.filter(
        association=bench.association, occurred_on__gte=YEAR.start, state="CONFIRMED"
    )
    one = _of(ours.filter(confirmed_at__lt=CLOSED_AT, headcount__gt=5).first())
    same = {"unit_id": one.unit_id, "method": one.method}
    others = ours.filter(confirmed_at__lt=CLOSED_AT, headcount__gt=5).exclude(pk=one.pk)
    near = others.filter(**same, occurred_on__month=one.occurred_on.month).first() or _of(others.first())
    rest = list(others.exclude(pk=near.pk)[:2])
    with transaction.atomic():
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        _execute("ALTER TABLE museums_dailyvisits DISABLE TRIGGER USER")  # as its owner can, past every guard
        for record, more in ((one, 1), (near, -1), (rest[0], 3), (rest[1], -2)):
            DailyVisits.objects.filter(pk=record.pk).update(headcount=record.headcount + more)
        _execute("ALTER TABLE museums_dailyvisits ENABLE TRIGGER USER")
    return [one.pk, near.pk, *(record.pk for record in rest)]


# --- measuring -----------------------------------------------------------------------------------------------


def _of(record: DailyVisits | None) -> DailyVisits:
    if record is None:
        raise AssertionError("no records")
    return record


def _same(what: str, one: object, other: object) -> None:
    if one != other:
        message = f"{what}: {one!r}, not {other!r}"
        raise AssertionError(message)


def _cost(bench: Bench, work: Callable[[], Any]) -> Cost:
    start, here, database = time.perf_counter(), time.process_time(), _ticks(bench.pid)
    found = work()
    return Cost(time.perf_counter() - start, time.process_time() - here, _ticks(bench.pid) - database, found)


def _best(bench: Bench, work: Callable[[], Any]) -> Cost:
    return min((_cost(bench, work) for _turn in range(REPEATS)), key=lambda cost: cost.wall)


def _line(
    bench: Bench, what: str, cost: Cost, base: Cost | None, *, limit: float = 0, wall: bool = False
) -> None:
    required = f"≤ {limit:g} s" + ("" if wall else " CPU") if limit else ""
    ratio = f"{cost.cpu / base.cpu:.2f} ×" if base and base.cpu else ""
    bench.table.add_row(f"{bench.size:,}", what, str(cost), str(base) if base else "", ratio, required)


def _ticks(pid: int) -> float:
    """Return user and system seconds a database process has used, from the kernel's own account."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _execute(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
