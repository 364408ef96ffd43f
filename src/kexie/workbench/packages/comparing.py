"""Three versions of a record: as it was handed out, as the sheet says now, as the ledger says now."""

from dataclasses import dataclass

from kexie.workbench.desk.columns import Column
from kexie.workbench.packages import snapshots
from kexie.workbench.packages.snapshots import Values
from kexie.workbench.packages.states import Verdict


@dataclass(frozen=True)
class Comparison:
    """What the sheet's row is; the fields it changed, and those that were changed otherwise meanwhile."""

    verdict: Verdict
    changed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def compare(columns: list[Column], base: Values, mine: Values, theirs: Values | None) -> Comparison:
    """Compare field by field; `theirs` is None where the ledger has taken the record back for good."""
    changed = tuple(one.name for one in columns if not _same(one, base, mine))
    if not changed:
        return Comparison(Verdict.SAME)
    if theirs is None:
        return Comparison(Verdict.CONFLICT, changed)
    left = tuple(one.name for one in columns if one.name in changed and not _same(one, mine, theirs))
    if not left:
        return Comparison(Verdict.SAME)
    conflicts = tuple(one.name for one in columns if one.name in left and not _same(one, base, theirs))
    return Comparison(Verdict.CONFLICT if conflicts else Verdict.CHANGED, left, conflicts)


def merged(
    columns: list[Column], base: Values, mine: Values, theirs: Values, choices: dict[str, str]
) -> Values:
    """Return what the record shall say: theirs, but what the sheet alone changed, and what was chosen of the sheet."""
    found = dict(theirs)
    for one in columns:
        if _same(one, base, mine):
            continue
        if _same(one, base, theirs) or choices.get(one.name) == "mine":
            found[one.name] = mine[one.name]
    return found


def _same(column: Column, one: Values, other: Values) -> bool:
    return snapshots.is_same(column, one.get(column.name, ""), other.get(column.name, ""))
