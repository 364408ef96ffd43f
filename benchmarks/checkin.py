"""Checking in: what one note costs online, and how large and how quick a day's list is.

`./kexie bench checkin` prints one table. Check-ins go over real HTTP to the production server, one note in a request, from one
device and from eight: CPU of the web processes and of the database, against the bare insert and count in the same run (in this
process). The list: making it from the database, its size, opening it as a device does (Node, where there is one).
"""

import datetime as dt
import json
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _serving import drive, request, serving
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.queries import gate
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.foundation.visitors import details
from kexie.kernel import codes
from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Device, Offer, Reservation
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.tickets import daylist

SIZES = (5_000, 250_000)  # bookings of one day
CHECK_INS, SECONDS, GATES = 1000, 20, 8
SLOTS = 8
MODULE = Path(__file__).parents[1] / "src/kexie/contexts/museums/static/museums/checkin/daylist.js"
TICKS = 100  # per second, as Linux counts a process's CPU
NAMES = ("张小三", "李丽", "王五", "欧阳明月", "赵一一", "孙七", "周大勇", "吴小妹")


@dataclass
class Bench:
    """The museum being measured, its paired device, and where its lines go."""

    museum: Museum
    paired: list[devices.Paired]
    offers: list[Offer]
    table: Table
    now: dt.datetime


def run(sizes: Sequence[int] | None = None) -> None:
    """Measure and print the table."""
    call_command("migrate", verbosity=0, interactive=False)
    bench, console, loaded = _prepare(), Console(width=120), 0
    with serving() as server:
        for size in sizes or SIZES:
            console.print(f"[dim]{size:,} bookings: loading …[/dim]")
            _book(bench, size - loaded)
            loaded = size
            _list(bench, size)
            _check_in(bench, size, server)
    console.print(bench.table)


def _prepare() -> Bench:
    now = timezone.now()
    areas.load_bundled(actor=None, now=now)
    area = Area.objects.get(code="341200")
    root = units.create_association(name="Bench", area=area, actor=None, now=now)
    unit = units.create_unit(
        association=root, parent=root, kind=Kind.MUSEUM, name="Museum", area=area, actor=None, now=now
    )
    museum = Museum.objects.create(association=root, unit=unit, area=area, name="Museum", level="CITY")
    paired = [_pair(root.pk, museum, number, now) for number in range(GATES)]
    table = Table("bookings", "what", "value", "against", "ratio", title="check-in", title_justify="left")
    return Bench(museum, paired, _offers(museum, now), table, now)


def _pair(association_id: uuid.UUID, museum: Museum, number: int, now: dt.datetime) -> devices.Paired:
    device = Device.objects.create(
        association_id=association_id, venue_id=gate.venue_of(museum), name=f"Gate {number}", made_at=now
    )
    code = devices._give_code(device, now)
    device.save()
    return devices.pair(code=code, now=now)


def _offers(museum: Museum, now: dt.datetime) -> list[Offer]:
    day = timezone.localtime(now).replace(hour=8, minute=0, second=0, microsecond=0)
    return [
        Offer.objects.create(
            association_id=museum.association_id, venue_id=gate.venue_of(museum), day=day.date(), starts_at=start,
            ends_at=start + dt.timedelta(hours=1), last_entry_at=start + dt.timedelta(hours=1),
            opens_at=start - dt.timedelta(days=7), closes_at=start,
        )
        for start in (day + dt.timedelta(hours=n) for n in range(SLOTS))
    ]  # fmt: skip


def _book(bench: Bench, count: int) -> None:
    """Book for parties of one to four, each with its own encrypted details, as visitors would have."""
    before = bench.now - dt.timedelta(days=1)
    made = [
        _booking(bench, bench.offers[n % SLOTS], before + dt.timedelta(milliseconds=n), n)
        for n in range(count)
    ]
    Reservation.objects.bulk_create(made, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE capacity_reservation")


def _booking(bench: Bench, offer: Offer, at: dt.datetime, n: int) -> Reservation:
    size = 1 + n % 4
    key = str(uuid.uuid4())
    party = [_person(n * 4 + seat) for seat in range(size)]
    return Reservation(
        id=uuid7(int(at.timestamp() * 1000)), association_id=offer.association_id, key=key, code=key[:8] + key[9:11],
        offer=offer, venue_id=offer.venue_id, day=offer.day, channel="PUBLIC", size=size, pools=[], amounts=[],
        details=details.to_bytes(party, context=key.encode()), state="CONFIRMED", made_at=at, confirmed_at=at,
    )  # fmt: skip


def _person(n: int) -> details.Person:
    born = dt.date(1950, 1, 1) + dt.timedelta(days=n // 400 % 25_000)
    number = codes.synthetic_resident_id(n % 400, birth_date=born, is_male=bool(n % 2))
    return details.Person(name=NAMES[n % len(NAMES)], number=number, birth_date=born)


# --- the list -------------------------------------------------------------------------------------------------


def _list(bench: Bench, size: int) -> None:
    day = timezone.localdate(bench.now)
    (head, rows), read = _timed(lambda: gate.day_list(bench.museum, day, now=timezone.now()))
    packed, pack = _timed(lambda: daylist.pack(head, rows))
    sealed, seal = _timed(lambda: daylist.seal(packed, key=bench.paired[0].key))
    people = sum(len(row.people) for row in rows)
    since = timezone.now() + dt.timedelta(minutes=1)
    _, changes = _timed(lambda: gate.day_list(bench.museum, day, now=timezone.now(), since=since))
    opened = _open_as_a_device(bench, sealed)
    _line(
        bench,
        size,
        f"list of {people:,} people: size",
        f"{len(sealed) / 1e6:.2f} MB",
        "10 MB",
        len(sealed) / 1e7,
    )
    _line(bench, size, "  read and decrypt from the database", f"{read:.2f} s")
    _line(bench, size, "  pack", f"{pack:.2f} s")
    _line(bench, size, "  sign and encrypt", f"{seal * 1000:.0f} ms")
    if opened is not None:
        _line(bench, size, "  open and index on a device (Node)", f"{opened:.2f} s")
    whole = read + pack + seal + (opened or 0)
    _line(
        bench, size, "  whole synchronisation, without transfer", f"{whole:.2f} s", "10 s", ratio=whole / 10
    )
    _line(bench, size, "changes, none: from the database", f"{changes * 1000:.1f} ms")


def _open_as_a_device(bench: Bench, sealed: bytes) -> float | None:
    """Return the seconds that the scanner's own module takes to open the list, None without Node."""
    node = shutil.which("node")
    if node is None:
        return None
    from kexie.platform import crypto

    keys = {number: _base64(key) for number, key in crypto.public_keys().items()}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("daylist.js", "ticket.js"):
            shutil.copyfile(MODULE.with_name(name), Path(folder) / name)
        (Path(folder) / "package.json").write_text('{"type": "module"}')
        (Path(folder) / "list").write_bytes(sealed)
        (Path(folder) / "run.js").write_text(
            _NODE % (json.dumps(_base64(bench.paired[0].key)), json.dumps(keys))
        )
        ran = subprocess.run([node, "run.js"], cwd=folder, capture_output=True, text=True, check=True)
    return float(ran.stdout)


_NODE = """
import { readFileSync } from "node:fs";
import { open } from "./daylist.js";
const raw = Uint8Array.from(Buffer.from(%s, "base64"));
const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
const start = performance.now();
const list = await open(readFileSync("list"), key, %s);
if (!list.find(list.row(list.count >> 1).id)) throw new Error("not found");
console.log((performance.now() - start) / 1000);
"""


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


# --- one check-in ---------------------------------------------------------------------------------------------


def _check_in(bench: Bench, size: int, server: subprocess.Popen) -> None:
    ids = list(Reservation.objects.order_by("?").values_list("pk", flat=True)[: 3 * CHECK_INS])
    bare = _cost(lambda pk: _insert_bare(bench, pk), ids[:CHECK_INS])
    against = f"{sum(bare[:2]):.2f} ms bare"
    for gates in (1, GATES):
        drive(
            server, (_request(bench, pk, n) for n, pk in enumerate(ids[-50:])), clients=gates, seconds=SECONDS
        )
        some = ids[CHECK_INS : 2 * CHECK_INS] if gates == 1 else ids[:CHECK_INS]
        told = drive(
            server, (_request(bench, pk, n) for n, pk in enumerate(some)), clients=gates, seconds=SECONDS
        )
        done = told.statuses.get(200, 0)
        if done != sum(told.statuses.values()):
            raise SystemExit(f"not all check-ins were taken in: {told.statuses}")
        web, database = (used / done * 1000 for used in (told.web, told.database or 0.0))
        what = f"check-ins over HTTP, {gates} devices"
        _line(bench, size, f"{what}: per second", f"{done / told.seconds:,.0f}")
        times = " / ".join(f"{told.percentile(200, share):.1f}" for share in (0.5, 0.95, 0.99))
        _line(bench, size, f"{what}: p50 / p95 / p99", f"{times} ms")
        both = web + database
        _line(
            bench, size, f"{what}: CPU, web + database", f"{web:.2f} + {database:.2f} = {both:.2f} ms", against,
            ratio=both / sum(bare[:2]),
        )  # fmt: skip
    kept, counted = (
        read(bench.museum.association_id, gate.venue_of(bench.museum), timezone.localdate())
        for read in (passages.tally_of, passages.recount)
    )
    if kept.entered != counted.entered:
        raise SystemExit(f"tally {kept.entered}, passages {counted.entered}")


def _request(bench: Bench, reservation: uuid.UUID, number: int) -> bytes:
    """One note of one of the devices."""
    now = int(time.time() * 1000)
    note = {
        "id": str(uuid.uuid4()), "seq": number, "at": now, "direction": "IN", "kind": "TICKET", "count": 1,
        "verdict": "COUNTED", "reservation": str(reservation),
    }  # fmt: skip
    body = json.dumps({"sent_at": now, "pending": 0, "gate": "1", "notes": [note], "undone": []}).encode()
    token = bench.paired[number % len(bench.paired)].token
    return request("/checkin/api/notes", {"Authorization": f"Bearer {token}"}, body)


_BARE = """
INSERT INTO capacity_passage (id, association_id, venue_id, day, device_id, reservation_id, direction, kind, count,
    verdict, at, sequence, received_at, reason)
VALUES (%s, %s, %s, %s, %s, %s, 'OUT', 'TICKET', 1, 'REFUSED', now(), 1, now(), '')
"""


def _insert_bare(bench: Bench, reservation: uuid.UUID) -> None:
    """What any design must do at least: write one row, and raise one count."""
    device = bench.paired[0].device
    with transaction.atomic(), connection.cursor() as cursor:
        day = timezone.localdate(bench.now)
        cursor.execute(
            _BARE, [uuid.uuid4(), device.association_id, device.venue_id, day, device.pk, reservation]
        )
        cursor.execute("UPDATE capacity_tally SET entered = entered WHERE venue_id = %s", [device.venue_id])


def _cost(does: Callable[[uuid.UUID], None], ids: Sequence[uuid.UUID]) -> tuple[float, float, float]:
    """Return CPU milliseconds of this process and of the database's process, and wall milliseconds, for one."""
    pid = _backend()
    own, theirs, start = time.process_time(), _cpu(pid), time.perf_counter()
    for pk in ids:
        does(pk)
    count = len(ids) / 1000
    return (
        (time.process_time() - own) / count,
        (_cpu(pid) - theirs) / count,
        (time.perf_counter() - start) / count,
    )


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _cpu(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _timed(does: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = does()
    return result, time.perf_counter() - start


def _line(bench: Bench, size: int, what: str, *values: str, ratio: float | None = None) -> None:
    """Add a line: the value and, where there is one, what it is held against."""
    value, against = (*values, "")[:2]
    bench.table.add_row(f"{size:,}", what, value, against, "" if ratio is None else f"{ratio:.2f} ×")
