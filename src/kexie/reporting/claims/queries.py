"""Reading checked texts; each reader sees those of the units in their scope."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import Cell
from kexie.platform.files import content
from kexie.reporting.claims.checking import Decision, check
from kexie.reporting.claims.findings import Finding
from kexie.reporting.claims.models import CheckedText, Correction


def texts(scope: Scope) -> QuerySet[CheckedText]:
    """Return the checked texts, the latest first, without their bodies."""
    return CheckedText.objects.filter(scope.q()).select_related("created_by", "unit").defer("text")


def text(scope: Scope, pk: UUID) -> CheckedText:
    """Return one text, or raise NotFound."""
    found = CheckedText.objects.filter(scope.q(), pk=pk).select_related("created_by", "unit", "word").first()
    if found is None:
        raise NotFound(str(pk))
    return found


def word(checked: CheckedText) -> bytes | None:
    """Return the Word document that the text was read from, None if it was none."""
    try:
        return content.read(checked.word.digest) if checked.word else None
    except FileNotFoundError:
        return None


def findings(checked: CheckedText, scope: Scope) -> list[Finding]:
    """Return what the records say today of each claim, with the corrections that people made."""
    return check(checked.text, scope=scope, as_of=checked.as_of, decisions=decisions(checked))


def decisions(checked: CheckedText) -> Mapping[tuple[int, int], Decision]:
    """Return the corrections of a text by the claim's span."""
    return {(one.start, one.end): _decision(one, checked.as_of) for one in checked.corrections.all()}


def correction(checked: CheckedText, start: int, end: int) -> Correction | None:
    """Return what was decided about a claim, if anything."""
    return checked.corrections.filter(start=start, end=end).select_related("place", "decided_by").first()


def _decision(one: Correction, as_of: dt.date) -> Decision:
    if one.kind != Correction.Kind.FIGURE:
        is_quantity = one.kind == Correction.Kind.OUTSIDE
        return Decision(is_quantity=is_quantity, is_outside=is_quantity, source=one.source)
    period = Period.until(one.until or as_of, since=one.since)
    filters = tuple((name, value) for name, value in one.filters)
    return Decision(cell=Cell(one.measure, period, one.area or None, one.place_id, filters))
