"""The proof that one record is in a release: its leaf and the path to its cell's root."""

import base64
import json
from uuid import UUID

from kexie.kernel.errors import NotFound
from kexie.reporting.releases import documents, freezing, roots
from kexie.reporting.releases.models import FrozenCell, Release


def prove(release: Release, *, measure: str, record: UUID) -> str:
    """Return the proof (JSON, at most 1 KB for a million rows) of a record in the cell of a measure."""
    cell = freezing.cell_with(release, measure, record)
    if cell is None:
        raise NotFound(f"{measure}: {record}")
    identified = freezing.leaves_of(cell)
    index, leaves = roots.place(identified, record.bytes), roots.ordered(identified)
    found = {
        "cell": _number(release, cell),
        "index": index,
        "leaf": _text(leaves[index * roots.HASH : (index + 1) * roots.HASH]),
        "path": _text(roots.path(leaves, index)),
    }
    return json.dumps(found, separators=(",", ":"))


def _number(release: Release, cell: FrozenCell) -> int:
    """Return which cell of the file it is, from 0."""
    ordered = release.cells.order_by(*documents.ORDER).values_list("pk", flat=True)
    return list(ordered).index(cell.pk)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
