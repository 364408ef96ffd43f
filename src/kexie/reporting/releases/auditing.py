"""A full audit of a release that trusts only the records: each is hashed afresh, then every cell is made again.

Values alone would not do: two altered records of one cell may cancel out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kexie.ledger import canonical, log, registry
from kexie.ledger.measures import Flow, known
from kexie.ledger.models import Record
from kexie.reporting.releases import documents, freezing
from kexie.reporting.releases.models import FrozenCell, Release


@dataclass(frozen=True)
class Problem:
    """One finding: which record or cell, and what of it is not as it was frozen."""

    subject: str
    what: str


def audit(release: Release) -> Iterator[Problem]:
    """Yield every record that is not as its leaf says, and every cell that is not as it was frozen."""
    for model in _models(release):
        for one in log.check(_rows(release, model)):
            yield Problem(f"{one.record_type} {one.record_id}", one.what)
    left = release.measures
    while left:
        alike = freezing.first_alike(left)
        yield from _compare(_stored(release, alike), freezing.freeze(release, alike))
        left = left[len(alike) :]
    yield from _file(release)


def _models(release: Release) -> list[type[Record]]:
    every = (canonical.table_of(registry.measure(key).of) for key in release.measures)
    return list(dict.fromkeys(every))


def _rows(release: Release, model: type[Record]) -> Any:
    """The records that the release can have counted: of the period, or of all time where one measure is a stock."""
    measures = [one for one in registry.measures_of(model) if one.key in release.measures]
    rows = model._base_manager.filter(
        known(release.known_at), association_id=release.association_id, occurred_on__lt=release.until
    )
    is_of_period = all(isinstance(one.time, Flow) for one in measures)
    return rows.filter(occurred_on__gte=release.since) if is_of_period else rows


def _stored(release: Release, keys: list[str]) -> Iterable[FrozenCell]:
    return release.cells.filter(measure__in=keys)


def _compare(stored: Iterable[FrozenCell], made: Iterable[FrozenCell]) -> Iterator[Problem]:
    before, after = ({_name(one): one for one in cells} for cells in (stored, made))
    for name in sorted(before.keys() | after.keys()):
        if what := _difference(before.get(name), after.get(name)):
            yield Problem(name, what)


def _difference(before: FrozenCell | None, after: FrozenCell | None) -> str:
    if before is None or after is None:
        return "not frozen" if before is None else "no rows any more"
    differs = {
        "value": documents.plain(before.value) != documents.plain(after.value),
        "rows": before.rows != after.rows,
        "root": bytes(before.root) != bytes(after.root),
    }
    return ", ".join(name for name, is_so in differs.items() if is_so)


def _name(cell: FrozenCell) -> str:
    return " ".join(filter(None, (cell.measure, str(cell.unit_id), cell.area, cell.month, cell.method)))


def _file(release: Release) -> Iterator[Problem]:
    """The file says what the cells say, and is as it was signed."""
    for what in documents.problems(release.document.encode()):
        yield Problem("file", what)
    if documents.stored(release) != documents.read(release.document)["cells"]:
        yield Problem("file", "its cells are not those that were frozen")
