"""Notes as phones send them, for the tests of the field log."""

import datetime as dt
import uuid
from typing import Any

from kexie.contexts.touring.operations import phones
from tests.ledger import build

ON = dt.date(2025, 6, 30)
EIGHT = dt.datetime(2025, 6, 30, 0, 0, tzinfo=dt.UTC)


def phone(world, name="甲机"):
    """A paired phone."""
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    _made, code = phones.add(name=name, **by)
    return phones.pair(code=code, now=build.NOW)


def note(van, kind: str, minute: int, /, **data: Any) -> dict[str, Any]:
    """One note, so many minutes after eight."""
    at = EIGHT + dt.timedelta(minutes=minute)
    return {
        "id": str(uuid.uuid4()), "kind": kind, "at": at.isoformat(), "caravan": str(van.pk),
        "on": ON.isoformat(), "data": data,
    }  # fmt: skip


def a_day(van, *, driver="", counts=(120, 80, 200), out=1_000, back=1_060) -> list[dict[str, Any]]:
    """A trip of three stops."""
    found = [note(van, "START", 0, km=out, driver=driver)]
    for turn, count in enumerate(counts):
        name, begin = f"s{turn}", 30 + turn * 120
        found += [
            note(van, "ARRIVE", begin, stop=name, spot=f"第{turn + 1}小学"),
            note(van, "COUNT", begin + 50, stop=name, count=count, method="COUNTER", audience="PUPILS"),
            note(van, "LEAVE", begin + 90, stop=name),
        ]
    return [*found, note(van, "END", 420, km=back)]
