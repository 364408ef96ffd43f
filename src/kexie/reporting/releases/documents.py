"""The signed file of a release: canonical JSON with the dimensions of its cells, after the manner of SDMX.

Canonical: keys sorted, no spaces, UTF-8, numbers of a value as text. The signature covers everything but itself.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from kexie.ledger import registry
from kexie.platform import crypto
from kexie.reporting.releases import keys, roots
from kexie.reporting.releases.models import FrozenCell, Release, SigningKey

FORMAT = "kexie-release/1"
DIMENSIONS = ("measure", "area", "unit", "period", "method")
ORDER = ("measure", "unit__code", "area", "month", "method")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """Return the one way to write a value down."""
    return _encode(value).encode()


def signed(release: Release, key: SigningKey) -> str:
    """Return the signed file of a release, from its stored cells."""
    return sign(_body(release, stored(release)), key)


def observations(release: Release, cells: Iterable[FrozenCell]) -> list[dict[str, Any]]:
    """Return cells as the file has them."""
    columns = (
        (cell.measure, cell.unit.code, cell.area, cell.month, cell.method, *_found(cell)) for cell in cells
    )
    return [_observation(release, one) for one in columns]


def stored(release: Release) -> list[dict[str, Any]]:
    """Return a release's cells in the order of its file, without making objects of them."""
    rows = release.cells.order_by(*ORDER).values_list(*ORDER, "value", "rows", "root")
    return [_observation(release, one) for one in rows.iterator(chunk_size=5_000)]


def sign(body: Mapping[str, Any], key: SigningKey) -> str:
    """Return a file's content signed by a unit's key; the cells are written down once."""
    whole = {**body, "public_key": key.public, "keys": keys.chain(key), "cells": []}
    cells = f'"cells":[{",".join(map(_encode, body["cells"]))}]'
    signature = keys.sign(key, _filled(whole, cells).encode())
    return _filled({**whole, "signature": signature.hex()}, cells)


def _filled(whole: Mapping[str, Any], cells: str) -> str:
    # Quotes within a text are escaped, so that this stands once.
    return _encode(whole).replace('"cells":[]', cells, 1)


def digest(document: str) -> str:
    """Return SHA-256 of the file's bytes."""
    return hashlib.sha256(document.encode()).hexdigest()


def cells_root(observations: Iterable[Mapping[str, Any]]) -> str:
    """Return the root over the cells in the order of the file."""
    leaves = (hashlib.sha256(b"\x00" + canonical(one)).digest() for one in observations)
    return roots.root(b"".join(leaves)).hex()


def totals(observations: Iterable[Mapping[str, Any]], measures: Mapping[str, Any]) -> dict[str, str | None]:
    """Return each measure's total: the sum of its cells where it adds up, else the value of its one cell."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    whole: dict[str, str | None] = dict.fromkeys(measures, "0")
    for one in observations:
        key, value = one["measure"], one["value"]
        if measures[key]["additive"]:
            sums[key] += Decimal(value or 0)
        else:
            whole[key] = value
    return {**whole, **{key: plain(total) for key, total in sums.items()}}


def plain(value: Decimal | int | None) -> str | None:
    """Return a number as text without trailing zeros."""
    if value is None:
        return None
    shown = format(Decimal(value), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def number(value: str) -> int | float:
    """Return a total as a number that tables align."""
    return float(value) if "." in value else int(value)


def last_day(release: Release) -> dt.date:
    """Return the last day of a release's period."""
    return release.until - dt.timedelta(days=1)


def read(document: str) -> dict[str, Any]:
    """Return the file as a mapping."""
    return cast("dict[str, Any]", json.loads(document))


def _body(release: Release, observations: list[dict[str, Any]]) -> dict[str, Any]:
    measures = {key: _measure(key) for key in release.measures}
    predecessor = release.predecessor
    return {
        "format": FORMAT,
        "id": str(release.pk),
        "origin": {"code": release.association.code, "id": str(release.association_id)},
        "unit": {"code": release.unit.code, "name": release.unit.name},
        "period": {"start": release.since.isoformat(), "end": release.until.isoformat()},
        "version": release.version,
        "known_at": release.known_at.isoformat(),
        "predecessor": {"id": str(predecessor.pk), "digest": digest(predecessor.document)}
        if predecessor
        else None,
        "reason": release.reason,
        "log": {"size": release.log_size, "root": bytes(release.log_root).hex()},
        "dimensions": list(DIMENSIONS),
        "measures": measures,
        "cells": observations,
        "cells_root": cells_root(observations),
        "totals": totals(observations, measures),
    }


def _measure(key: str) -> dict[str, Any]:
    found = registry.measure(key)
    return {
        "label": str(found.label),
        "unit": found.unit,
        "kind": type(found.kind).__name__,
        "additive": found.kind.additive,
        "stock": found.is_stock,
        "definition": found.definition_digest,
    }


def _found(cell: FrozenCell) -> tuple[Decimal | None, int, bytes]:
    return cell.value, cell.rows, bytes(cell.root)


def _observation(release: Release, one: Sequence[Any]) -> dict[str, Any]:
    measure, unit, area, month, method, value, rows, root = one
    return {
        "measure": measure,
        "area": area,
        "unit": unit,
        "period": month or f"{release.since}/{release.until}",
        "method": method,
        "value": plain(value),
        "rows": rows,
        "root": bytes(root).hex(),
    }


def problems(data: bytes, *, key: bytes | None = None) -> list[str]:
    """Return what is wrong with a file, in words; nothing if it is as it was signed. `key` must be the signer's."""
    try:
        found = json.loads(data)
        return list(_problems(found, data, key))
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        return [f"not a release file ({type(error).__name__}: {error})"]


def _problems(found: dict[str, Any], data: bytes, key: bytes | None) -> Iterator[str]:
    if found["format"] != FORMAT:
        yield f"format: {found['format']!r}, not {FORMAT!r}"
        return
    if canonical(found) != data:
        yield "bytes: not in canonical form (something was added or reordered)"
    if cells_root(found["cells"]) != found["cells_root"]:
        yield "cells_root: a cell is not as it was frozen"
    expected = totals(found["cells"], found["measures"])
    for measure in sorted(expected.keys() | found["totals"].keys()):
        if expected.get(measure) != found["totals"].get(measure):
            stated, added = found["totals"].get(measure), expected.get(measure)
            yield f"totals: {measure} says {stated}, its cells give {added}"
    public = bytes.fromhex(found["public_key"])
    if key is not None and not keys.leads(found.get("keys", ()), key.hex(), found["public_key"]):
        yield "public_key: signed with another key than the expected one"
    body = {name: value for name, value in found.items() if name != "signature"}
    if not crypto.signed_by(public, canonical(body), bytes.fromhex(found["signature"])):
        yield "signature: does not fit the content"
