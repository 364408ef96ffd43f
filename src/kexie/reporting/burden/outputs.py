"""What came out: the filled fields of a year's returns, written documents and campaign forms, and the records they used."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance.facade import CampaignForm, campaign_forms
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.reporting.returns import editions
from kexie.reporting.returns.models import Return
from kexie.reporting.returns.models import Value as ReturnValue
from kexie.reporting.writing.models import Answer, WrittenDocument
from kexie.reporting.writing.states import Stage

RETURN, DOCUMENT, CAMPAIGN = "RETURN", "DOCUMENT", "CAMPAIGN"
KINDS: dict[str, Text] = {
    RETURN: _("统计年报"), DOCUMENT: pgettext_lazy("many", "报告和文稿"), CAMPAIGN: _("主题宣传活动表")
}  # fmt: skip
# A return has come out once it was sent up.
SENT = (
    Return.Stage.SENT,
    Return.Stage.COUNTY_APPROVED,
    Return.Stage.CITY_APPROVED,
    Return.Stage.LOCKED,
)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one account brought out of an output: fields filled, how many of them by hand, more typed beside them."""

    account: UUID
    fields: int
    by_hand: int = 0
    beside: int = 0


@dataclass(frozen=True, kw_only=True)
class Output:
    """A return, document or form: its filled fields by who brought them out.

    nothing: fields that say zero because no record stands behind them; they are not counted among `fields`.
    uses: how often records were used for it, each field's rows together.
    """

    kind: str
    title: str
    unit: str
    href: str
    shares: tuple[Share, ...]
    uses: int
    nothing: int = 0

    @property
    def fields(self) -> int:
        """The filled fields."""
        return sum(one.fields for one in self.shares)

    @property
    def typed(self) -> int:
        """What was typed for this alone: fields filled by hand, their sources, notes, and words of a document."""
        return sum(one.by_hand + one.beside for one in self.shares)

    @property
    def computed(self) -> int:
        """The fields that nobody filled in."""
        return self.fields - sum(one.by_hand for one in self.shares)


def outputs(scope: Scope, year: int) -> list[Output]:
    """Return what came out for a year; the number of statements does not grow with it."""
    return [*_returns(scope, year), *_documents(scope, year), *_campaigns(scope, year)]


def years(scope: Scope) -> list[int]:
    """Return the years of which a return was sent up, the latest first."""
    found = Return.objects.filter(scope.q(), stage__in=SENT).order_by("-year")
    return list(found.values_list("year", flat=True).distinct())


# --- returns -------------------------------------------------------------------------------------------------


def _returns(scope: Scope, year: int) -> Iterator[Output]:
    filed = Return.objects.filter(scope.q(), year=year, stage__in=SENT).select_related("unit")
    counted: dict[UUID, list[dict[str, Any]]] = {}
    for row in _values(filed):
        counted.setdefault(row["filed_id"], []).append(row)
    for one in filed.order_by("edition", "unit__path"):
        rows = counted.get(one.pk, [])
        shares = tuple(
            Share(account=row["changed_by_id"], fields=row["computed"] + row["by_hand"], by_hand=row["by_hand"],
                  beside=row["beside"]) for row in rows
        )  # fmt: skip
        yield Output(
            kind=RETURN, title=editions.edition(one.edition).name, unit=str(one.unit), shares=shares,
            href=reverse("returns:one", args=[one.pk]), uses=sum(row["uses"] for row in rows),
            nothing=sum(row["nothing"] for row in rows),
        )  # fmt: skip


def _values(filed: QuerySet[Return]) -> Iterable[Any]:
    told, outside = Q(number__isnull=False), Q(is_outside=True)
    beside = sum((Case(When(one, then=Value(1)), default=Value(0)) for one in _TYPED_BESIDE), start=Value(0))
    found = ReturnValue.objects.filter(filed__in=filed).order_by().values("filed_id", "changed_by_id")
    return found.annotate(
        computed=Count("pk", filter=told & ~outside & Q(rows__gt=0)),
        by_hand=Count("pk", filter=told & outside),
        nothing=Count("pk", filter=told & ~outside & Q(rows=0)),
        beside=Sum(beside),
        uses=Coalesce(Sum("rows"), 0),
    )


# What people type beside the numbers of a return; an outside value's source and person are always there.
_TYPED_BESIDE = (
    Q(is_outside=True),
    Q(is_outside=True) & ~Q(person=""),
    ~Q(note=""),
    ~Q(status=ReturnValue.Status.ACTUAL),
)


# --- documents -----------------------------------------------------------------------------------------------


def _documents(scope: Scope, year: int) -> Iterator[Output]:
    last = (date(year, 1, 2), date(year + 1, 1, 1))  # the day after a period that ends within the year
    found = WrittenDocument.objects.filter(scope.q(), stage=Stage.DONE, until__range=last)
    documents = list(found.select_related("unit").order_by("made_at", "pk"))
    fields, uses = Counter[UUID](), Counter[UUID]()
    for document, data in Answer.objects.filter(document__in=documents).values_list("document_id", "data"):
        fields[document] += _numbers(data)
        uses[document] += _uses(data)
    for one in documents:
        typed = _words(one)
        yield Output(
            kind=DOCUMENT, title=one.title, unit=str(one.unit), href=reverse("writing:one", args=[one.pk]),
            shares=(Share(account=one.made_by_id, fields=fields[one.pk] + typed, by_hand=typed),),
            uses=uses[one.pk],
        )  # fmt: skip


def _numbers(data: Any) -> int:
    """Return how many fields an answer fills: a number, each line of a table, chart or list."""
    if isinstance(data, list):
        return len(data)
    return int(isinstance(data, dict) and data.get("value") is not None)


def _uses(data: Any) -> int:
    rows = data if isinstance(data, list) else [data]
    return sum(one.get("rows", 1) for one in rows if isinstance(one, dict))


def _words(one: WrittenDocument) -> int:
    """Return how many fields a document's maker filled in: its title, its words, its head and foot."""
    given = [value for name, value in one.form.items() if name in _TYPED_HEAD and value]
    return 1 + len([value for value in one.words.values() if value]) + len(given)


_TYPED_HEAD = ("organ", "number", "copies", "issuer", "issued_on")


# --- campaigns -----------------------------------------------------------------------------------------------


def _campaigns(scope: Scope, year: int) -> Iterator[Output]:
    for one in campaign_forms(scope, year):
        yield Output(
            kind=CAMPAIGN, title=one.campaign.name, unit=str(one.campaign.unit), shares=_by_recorder(one),
            href=reverse("campaigns:form", args=[one.campaign.pk]), uses=len(one.lines),
        )  # fmt: skip


def _by_recorder(form: CampaignForm) -> tuple[Share, ...]:
    """Return whose activities fill the form; its sums are filled by all of them together, told to the first."""
    found = Counter[UUID]()
    for line in form.lines:
        found[line.activity.recorded_by_id] += line.filled
    if found:
        found[next(iter(found))] += len(form.sums)
    return tuple(Share(account=account, fields=fields) for account, fields in found.items())
