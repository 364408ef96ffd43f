"""The proof that one record is in a release: its leaf and the path to its cell's root."""

import base64
import json
from uuid import UUID

from kexie.kernel.errors import NotFound
from kexie.reporting.releases import freezing, operations, roots
from kexie.reporting.releases.models import Release


def prove(release: Release, *, measure: str, record: UUID) -> str:
    """Return the proof (JSON, at most 1 KB for a million rows) of a record in the cell of a measure."""
    for number, cell in enumerate(operations.cells_in_order(release)):
        if cell.measure != measure:
            continue
        cell.release = release
        identifiers, leaves = freezing.leaves_of(cell)
        if record in identifiers:
            index = identifiers.index(record)
            leaf = leaves[index * roots.HASH : (index + 1) * roots.HASH]
            found = {
                "cell": number,
                "index": index,
                "leaf": _text(leaf),
                "path": _text(roots.path(leaves, index)),
            }
            return json.dumps(found, separators=(",", ":"))
    raise NotFound(f"{measure}: {record}")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
