"""Figures over 10 000, 1 million and 10 million visit rows: reading from roll-ups and from rows, and writing.

`./kexie bench figures` prints one table. Reading: median wall milliseconds of one question, from roll-ups, from rows,
and their ratio. Writing: CPU of the database's own process and WAL for one confirmation with log and deltas, against
the bare insert of the same row in the same run.
"""

import datetime as dt
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
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
from kexie.ledger import figures, operations, registry, rollups
from kexie.ledger.measures import Cell

SIZES = (10_000, 1_000_000, 10_000_000)
MUSEUMS, FIRST, LAST = 400, dt.date(2021, 1, 1), dt.date(2025, 12, 31)
COUNTIES = ("341202", "341203", "341204", "341221", "341222", "341225", "341226", "341282")
REPEATS = 15
WRITES, WRITERS = 400, 8
TICKS = 100  # per second, as Linux counts a process's CPU


@dataclass
class Bench:
    """The association being measured and where its lines go."""

    association: Unit
    museums: list[Unit]
    account: Account
    now: dt.datetime
    table: Table

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.association.pk)


def run(sizes: Sequence[int] | None = None) -> None:
    """Measure every size in turn and print the table."""
    call_command("migrate", verbosity=0, interactive=False)
    bench = _prepare()
    console, loaded = Console(width=120), 0
    for size in sizes or SIZES:
        console.print(f"[dim]{size:,} rows: loading …[/dim]")
        _load(bench, size - loaded)
        loaded = size
        rollups.rebuild(association_id=bench.association.pk, now=bench.now)
        _execute("VACUUM ANALYZE")
        _read(bench, size)
    _write(bench)
    console.print(bench.table)


def _prepare() -> Bench:
    now = dt.datetime(2026, 1, 5, 1, 0, tzinfo=dt.UTC)
    areas.load_bundled(actor=None, now=now)
    area = Area.objects.in_bulk()
    root = units.create_association(name="Bench", area=area["341200"], actor=None, now=now)
    wanted = [
        Unit(association=root, parent=root, kind=Kind.MUSEUM, name=f"Museum {n}", area=area[COUNTIES[n % 8]])
        for n in range(MUSEUMS)
    ]
    museums = units.create_units(association=root, units=wanted, actor=None, now=now)
    account = Account.objects.create(
        association=root, username="bench", display_name="Bench", unit=root, created_at=now
    )
    table = Table("rows", "question", "roll-up", "from rows", "ratio", title="figures", title_justify="left")
    return Bench(root, museums, account, now, table)


def _load(bench: Bench, rows: int) -> None:
    """Insert confirmed rows spread over museums (skewed), days, slots and methods, by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS museum_no (n int, unit_id uuid, area_id text)")
        cursor.execute("TRUNCATE museum_no")
        cursor.executemany(
            "INSERT INTO museum_no VALUES (%s, %s, %s)",
            [(n, museum.pk, museum.area_id) for n, museum in enumerate(bench.museums)],
        )
        cursor.execute(
            _INSERT, [bench.association.pk, bench.account.pk, bench.account.pk, FIRST, rows, MUSEUMS]
        )


_INSERT = """
INSERT INTO museums_dailyvisits (id, association_id, unit_id, area_id, occurred_on, state, note, recorded_by_id,
    recorded_at, confirmed_by_id, confirmed_at, reversal_reason, headcount, method, count_basis, slot)
SELECT gen_random_uuid(), %s, unit_id, area_id, day, 'CONFIRMED', '', %s, day, %s, day, '',
    1 + (random() * 400)::int, (ARRAY['GATE', 'BOOKING', 'ROSTER', 'HOST'])[1 + (random() * 3)::int], '',
    (ARRAY['MORNING', 'AFTERNOON'])[1 + (random())::int]
FROM (SELECT %s::date + (random() * 1825)::int AS day, power(random(), 2) AS skewed
      FROM generate_series(1, %s)) AS made
JOIN museum_no ON n = floor(skewed * %s)::int
"""


# --- reading --------------------------------------------------------------------------------------------------


def _read(bench: Bench, size: int) -> None:
    museum = bench.museums[40].pk
    month = Cell("museums.visits", Period.month(2025, 3), unit=museum)
    ever = Cell("museums.visits", Period.until(LAST, since=dt.date(2021, 6, 1)))
    year = Cell("museums.visits", Period.year(2025))
    _compare(bench, size, "one museum, one month", month, None)
    _compare(bench, size, "one museum since opening", replace(ever, unit=museum), None)
    _compare(bench, size, "all museums since 2021-06", ever, None)
    _compare(bench, size, "year by county", year, "county")
    _compare(bench, size, "year by unit (400 cells)", year, "unit")
    _compare(bench, size, "year by month", year, "month")
    drill = figures.rows(month, bench.scope).order_by("-occurred_on", "-pk")
    _line(bench, size, "drill: count and 50 rows", None, _median(lambda: (drill.count(), list(drill[:50]))))
    client = Client(SERVER_NAME="localhost")
    address = f"/figures/museums.visits/?since=2025-01-01&until=2025-12-31&unit={bench.museums[40].code}"
    _line(bench, size, "figure page, one museum", _median(lambda: _page(client, address)), None)
    whole = "/figures/museums.visits/?until=2025-12-31"
    _line(bench, size, "figure page, everything", _median(lambda: _page(client, whole)), None)


def _page(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != HTTPStatus.OK:
        message = f"{address}: {response.status_code}"
        raise AssertionError(message)


def _compare(bench: Bench, size: int, question: str, cell: Cell, by: str | None) -> None:
    measure = registry.measure(cell.measure)
    cached = figures._read_cells(measure, cell, bench.scope, by=by)
    counted = {one.group: one.value for one in figures._over_rows(measure, cell, bench.scope, by)}
    if {group: total for group, (total, rows) in cached.items() if rows} != counted:
        message = f"{question}: roll-up and rows differ"
        raise AssertionError(message)
    quick = _median(lambda: figures._read_cells(measure, cell, bench.scope, by=by))
    slow = _median(lambda: list(figures._over_rows(measure, cell, bench.scope, by)), repeats=3)
    _line(bench, size, question, quick, slow)


def _line(bench: Bench, size: int, question: str, quick: float | None, slow: float | None) -> None:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f} ms"

    ratio = f"{slow / quick:.0f} ×" if quick and slow else ""
    bench.table.add_row(f"{size:,}", question, shown(quick), shown(slow), ratio)


def _median(question: Callable[[], Any], repeats: int = REPEATS) -> float:
    question()
    times = []
    for _turn in range(repeats):
        start = time.perf_counter()
        question()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


# --- writing --------------------------------------------------------------------------------------------------


def _write(bench: Bench) -> None:
    """One row to a transaction: the bare insert, and recording it with log entry and deltas."""
    bench.table.add_section()
    bare = _cost(bench, _insert_bare)
    recorded = _cost(bench, _record)
    for label, index, form in (
        ("database CPU", 0, "{:.0f} µs"),
        ("WAL", 1, "{:.0f} B"),
        ("wall", 2, "{:.2f} ms"),
    ):
        ratio = f"{recorded[index] / bare[index]:.2f} ×" if bare[index] else ""
        bench.table.add_row(
            "1 writer", f"one confirmation: {label} (recorded | bare)", form.format(recorded[index]),
            form.format(bare[index]), ratio,
        )  # fmt: skip
    for label, hot in (("8 writers, one hot cell", True), ("8 writers, many cells", False)):
        quick, plain = _rate(bench, _record, hot=hot), _rate(bench, _insert_bare, hot=hot)
        bench.table.add_row(
            label,
            "confirmations a second (recorded | bare)",
            f"{quick:.0f} /s",
            f"{plain:.0f} /s",
            f"{quick / plain:.2f} ×",
        )


def _visit(bench: Bench, museum: int, n: int) -> DailyVisits:
    unit = bench.museums[museum]
    return DailyVisits(
        id=uuid7(), association=bench.association, unit=unit, area_id=unit.area_id, occurred_on=LAST, slot="MORNING",
        headcount=100 + n % 7, method="GATE", recorded_by=bench.account, recorded_at=bench.now,
        confirmed_by=bench.account, confirmed_at=bench.now, state="CONFIRMED",
    )  # fmt: skip


def _insert_bare(bench: Bench, visit: DailyVisits) -> None:
    with transaction.atomic():
        DailyVisits.objects.bulk_create([visit])


def _record(bench: Bench, visit: DailyVisits) -> None:
    operations.record_many(records=[visit], actor=bench.account, now=bench.now, scope=bench.scope)


def _cost(bench: Bench, write: Callable[[Bench, DailyVisits], None]) -> tuple[float, float, float]:
    """Return CPU microseconds of the backend, WAL bytes, and wall milliseconds for one write."""
    for n in range(20):
        write(bench, _visit(bench, n, n))
    pid, wal, start, cpu = _backend(), _wal(), time.perf_counter(), _cpu(_backend())
    for n in range(WRITES):
        write(bench, _visit(bench, n % MUSEUMS, n))
    wall = (time.perf_counter() - start) * 1000 / WRITES
    return (_cpu(pid) - cpu) * 1e6 / WRITES, (_wal() - wal) / WRITES, wall


def _rate(bench: Bench, write: Callable[[Bench, DailyVisits], None], *, hot: bool) -> float:
    """Return writes a second of eight writers, on one museum's day or on one museum each."""
    each = WRITES // WRITERS

    def work(writer: int) -> None:
        try:
            for n in range(each):
                write(bench, _visit(bench, 0 if hot else writer, n))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return each * WRITERS / (time.perf_counter() - start)


def _backend() -> int:
    return int(_execute("SELECT pg_backend_pid()"))


def _wal() -> int:
    return int(_execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))


def _cpu(pid: int) -> float:
    """Return user and system seconds a database process has used, from the kernel's own account."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _execute(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
