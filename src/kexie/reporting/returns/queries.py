"""Reading returns; each reader sees those of the units in their scope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.cells import Cell
from kexie.ledger.kinds import Rows
from kexie.ledger.models.record import State
from kexie.reporting.returns import checks, editions
from kexie.reporting.returns.checks import Finding
from kexie.reporting.returns.editions import Edition, Item, Sheet
from kexie.reporting.returns.models import Part, Return, Value


@dataclass(frozen=True, kw_only=True)
class Line:
    """An item of a return with its value, last year's, and what was found about it."""

    item: Item
    value: Value | None
    shown: str
    before: Decimal | None
    change: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def difference(self) -> Decimal | None:
        """This year's value less last year's, where both are numbers."""
        if self.before is None or self.value is None or self.value.number is None:
            return None
        return self.value.number - self.before


@dataclass(frozen=True)
class Gap:
    """Something that stands between a return and its seal, and who must do it."""

    filed: Return
    item: Item | None
    words: str
    owner: Text


def returns(scope: Scope) -> QuerySet[Return]:
    """Return the returns in scope, each with the number of its values."""
    found = Return.objects.filter(scope.q()).select_related("unit", "moved_by")
    return found.annotate(filled=Count("values"))


def one(scope: Scope, pk: UUID) -> Return:
    """Return one return, or raise NotFound."""
    found = Return.objects.filter(scope.q(), pk=pk).select_related("unit", "moved_by").first()
    if found is None:
        raise NotFound(str(pk))
    return found


def parts(scope: Scope, edition: str) -> QuerySet[Part]:
    """Return who files what in an edition."""
    found = Part.objects.filter(scope.q(), edition=edition).select_related("unit", "filer")
    return found.order_by("unit__path")


def scope_of(association_id: UUID, edition: str, filer_id: UUID) -> Scope:
    """Return the scope of what a unit files: its parts, without the parts of others below."""
    rows = Part.objects.filter(association_id=association_id, edition=edition)
    found = list(rows.values_list("unit__path", "filer_id"))
    own = [path for path, filer in found if filer == filer_id]
    others = [path for path, filer in found if filer != filer_id]
    left_out = [path for path in others if any(path.startswith(mine) for mine in own)]
    deeper = [path for path in own if not any(path.startswith(out) for out in left_out)]
    return Scope(association_id=association_id, unit_paths=tuple(deeper), except_paths=tuple(left_out))


def frozen_scope(filed: Return) -> Scope:
    """Return the scope that was filed, as it was when the values were taken."""
    return Scope(
        association_id=filed.association_id,
        unit_paths=tuple(filed.units.get("paths", ())),
        except_paths=tuple(filed.units.get("except", ())),
    )


def cell(filed: Return, item: Item) -> Cell:
    """Return the cell behind an item, as known when the values were taken."""
    asked = item.cell(editions.edition(filed.edition).span)
    return replace(asked, known_at=filed.known_at)


def values(filed: Return) -> dict[str, Value]:
    """Return the values by item."""
    return {one.key: one for one in filed.values.select_related("changed_by")}


def last_year(filed: Return) -> dict[str, Decimal]:
    """Return what the same unit reported in the edition of the year before, by item."""
    before = editions.before(editions.edition(filed.edition))
    if before is None:
        return {}
    found = Value.objects.filter(
        association_id=filed.association_id, filed__edition=before.key, filed__unit_id=filed.unit_id,
        number__isnull=False,
    )  # fmt: skip
    return {key: number for key, number in found.values_list("key", "number") if number is not None}


def lines(filed: Return) -> list[tuple[Sheet, list[Line]]]:
    """Return the whole form, sheet by sheet."""
    edition, given, before = editions.edition(filed.edition), values(filed), last_year(filed)
    found = checks.findings(edition, given, before)
    return [
        (sheet, [_line(edition, item, given, before, found) for item in sheet.items])
        for sheet in edition.sheets
    ]


@dataclass(frozen=True)
class Changed:
    """A line beside last year's. `state` is "open" (a note is demanded), "noted", "same" or "" (a small change)."""

    sheet: Sheet
    line: Line
    state: str


def changes(filed: Return) -> list[Changed]:
    """Return every item that has a value this year or last, those that demand a note first."""
    edition = editions.edition(filed.edition)
    found = [
        Changed(sheet, line, _state(edition, line))
        for sheet, rows in lines(filed)
        for line in rows
        if line.value or line.before is not None
    ]
    return sorted(found, key=lambda one: ("open", "noted", "", "same").index(one.state))


def _state(edition: Edition, line: Line) -> str:
    if line.difference is None:
        return ""
    number = line.before + line.difference if line.before is not None else Decimal(0)
    if checks.is_large(edition, number, line.before or Decimal(0)):
        return "noted" if line.value and line.value.note else "open"
    return "" if line.difference else "same"


def _line(
    edition: Edition,
    item: Item,
    given: Mapping[str, Value],
    before: Mapping[str, Decimal],
    found: Mapping[str, list[Finding]],
) -> Line:
    value, last = given.get(item.key), before.get(item.key)
    return Line(
        item=item,
        value=value,
        shown=checks.shown(edition, item, value),
        before=last,
        change=checks.change(value.number if value else None, last),
        findings=found.get(item.key, []),
    )


def gaps(filed: Iterable[Return]) -> list[Gap]:
    """Return everything that is missing in the returns, each with who must do it."""
    return [gap for one in filed for gap in _gaps(one)]


def _gaps(filed: Return) -> list[Gap]:
    if filed.stage == Return.Stage.LOCKED:
        return []
    waiting = {
        "DRAFT": _("还没有取数"),
        "CHECKED": _("已审核，等待上报"),
        "SENT": _("等待批准"),
        "COUNTY_APPROVED": _("等待市级批准"),
        "CITY_APPROVED": _("已批准，等待锁定和盖章"),
    }
    found = []
    if words := waiting.get(filed.stage):
        owner = _("市科协") if filed.stage in {"SENT", "COUNTY_APPROVED"} else filed.unit.name
        found.append(Gap(filed, None, words, owner))
    if filed.stage == Return.Stage.DRAFT:
        return found
    for sheet, rows in lines(filed):
        owner = _("%(unit)s %(department)s") % {"unit": filed.unit, "department": sheet.owner}
        for row in rows:
            found += [Gap(filed, row.item, one.words, owner) for one in row.findings]
            if row.value and not row.value.is_outside and not row.value.rows and not row.value.note:
                found.append(Gap(filed, row.item, _("台账里没有记录：补记，或说明确实没有"), owner))
    return found


def drafts(filed: Return) -> list[tuple[Text, int]]:
    """Return how many records of the year still wait for confirmation, by kind: they do not count yet."""
    edition, scope = editions.edition(filed.edition), _now_scope(filed)
    models = {registry.measure(item.measure).of for item in edition.items() if item.measure}
    found: list[tuple[Text, int]] = []
    for model in sorted(models, key=lambda one: one._meta.label):
        waiting = model._default_manager.filter(
            scope.q(),
            state=State.DRAFT,
            occurred_on__gte=edition.span.start,
            occurred_on__lt=edition.span.end,
        )
        if count := waiting.count():
            found.append((model._meta.verbose_name or model.__name__, count))
    return found


def _now_scope(filed: Return) -> Scope:
    return scope_of(filed.association_id, filed.edition, filed.unit_id)


def to_nobody(association_id: UUID, edition: Edition) -> list[tuple[Unit, str, int]]:
    """Return units whose records of the year no part covers, with a measure's label and how many rows."""
    paths = Part.objects.filter(association_id=association_id, edition=edition.key)
    scope = Scope(
        association_id=association_id, except_paths=tuple(paths.values_list("unit__path", flat=True))
    )
    counted: dict[tuple[UUID, str], int] = {}
    for item in edition.items():
        if item.measure:
            label = str(registry.measure(item.measure).label)
            rows = registry.measure(item.measure).rows(item.cell(edition.span), scope)
            for unit, count in rows.order_by().values_list("unit_id").annotate(n=Count("pk")):
                counted[unit, label] = max(count, counted.get((unit, label), 0))
    units = Unit.objects.in_bulk({unit for unit, _label in counted})
    found = [(units[unit], label, count) for (unit, label), count in counted.items()]
    return sorted(found, key=lambda row: (row[0].path, row[1]))


def without_return(scope: Scope, edition: str) -> QuerySet[Unit]:
    """Return the units that must file and have no return yet."""
    filers = Part.objects.filter(scope.q(), edition=edition).values("filer_id")
    begun = Return.objects.filter(association_id=scope.association_id, edition=edition).values("unit_id")
    return Unit.objects.filter(Q(pk__in=filers) & ~Q(pk__in=begun)).order_by("path")


def opened(filed: Return, item: Item) -> Rows:
    """Return the records behind an item's value; they add up to it."""
    return figures.rows(cell(filed, item), frozen_scope(filed))
