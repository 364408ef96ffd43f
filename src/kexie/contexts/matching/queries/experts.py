"""Reading the register of experts, and what ranks them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.rules import experts as rules
from kexie.contexts.matching.rules.people_files import title_key
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.matching.ranking import Text

Use = ExpertConsent.Use
# The kind of the document that an expert's own words make.
PROFILE = "PROFILE"


def register(scope: Scope) -> QuerySet[Any]:
    """Return the experts, also withdrawn ones, with `work_count` and `recommended` (may be named to firms)."""
    works = ExpertWork.objects.filter(expert__identity=OuterRef("pk")).order_by().values("expert__identity")
    return (
        Expert.objects.filter(scope.q(), merged_into=None)
        .select_related("unit", "society", "area", "account")
        .annotate(
            work_count=Coalesce(Subquery(works.annotate(n=Count("pk")).values("n")), Value(0)),
            recommended=agreed(Use.RECOMMEND),
        )
    )


def in_sight(scope: Scope, *, keeper: Scope | None) -> QuerySet[Any]:
    """Return the register, experts from overseas only where records are confirmed (`keeper`, None for nowhere)."""
    home = Q(is_home=False)
    return register(scope).filter(home if keeper is None else home | keeper.q())


def agreed(use: str) -> Any:
    """Return the condition that an expert agreed to a use and did not take it back.

    Of entries merged into one, each must have agreed, or the whole after it was merged: the weaker consent holds.
    """
    standing = ExpertConsent.objects.filter(use=use, withdrawn_on=None)
    own, later = (
        Q(expert=OuterRef("pk")),
        Q(expert=OuterRef("merged_into"), recorded_at__gt=OuterRef("merged_at")),
    )
    without = Expert.objects.filter(merged_into=OuterRef("pk")).exclude(Exists(standing.filter(own | later)))
    condition = Q(Exists(standing.filter(own))) & ~Q(Exists(without))
    return ExpressionWrapper(condition, output_field=BooleanField())


def expert(scope: Scope, pk: UUID) -> Any:
    """Return one expert of the register; NotFound where there is none in sight."""
    found = register(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这位专家，或您无权查看。"))
    return found


def in_discipline(found: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Leave the experts of a discipline of the first level, also by a finer code below it."""
    written = Cast("disciplines", TextField())
    below: QuerySet[Any] = found.alias(codes=written).filter(codes__contains=f'"{code[:3]}')
    return below


def fresh(found: QuerySet[Any], today: dt.date, *, is_fresh: bool) -> QuerySet[Any]:
    """Leave the experts who confirmed their profile within a year, or those who did not."""
    since = Q(confirmed_on__gte=today - dt.timedelta(days=rules.FRESH_DAYS))
    return found.filter(since) if is_fresh else found.exclude(since)


def askable(scope: Scope, *, today: dt.date) -> QuerySet[Any]:
    """Return the experts who may be proposed to a firm today.

    They agreed to it, are in the register, take invitations, and, where they are from overseas, were checked
    for export control (domain.md 4.6). Conflicts of interest and loads are looked at for each problem.
    """
    here = ~Q(availability=Expert.Availability.AWAY) | Q(away_until__lt=today)
    cleared = Q(is_home=False) | Q(cleared_on__lte=today)
    gone = Exists(Expert.objects.filter(merged_into=OuterRef("pk"), withdrawn_on__isnull=False))
    return register(scope).filter(~gone, here, cleared, recommended=True, withdrawn_on=None)


def documents(experts: Iterable[Expert]) -> dict[UUID, list[Text]]:
    """Return what speaks for each expert: their own words, and every work."""
    found = {one.pk: [own_words(one)] for one in experts}
    for one in Expert.objects.filter(merged_into__in=found):
        found[one.merged_into_id].append(own_words(one))  # type: ignore[index]  # is merged
    seen: set[tuple[UUID, str]] = set()
    for work in ExpertWork.objects.filter(expert__identity__in=found).select_related("expert"):
        mark = (work.expert.identity, title_key(work.title))
        if mark not in seen:
            seen.add(mark)
            text = Text(title=work.title, text=work.text, kind=work.kind, year=work.year)
            found[work.expert.identity].append(text)
    return found


def own_words(one: Expert) -> Text:
    """Return what an expert says they can do, as a document."""
    return Text(
        title=one.skills or one.discipline_names, text=f"{one.about}\n{one.discipline_names}", kind=PROFILE
    )


def works(one: Expert) -> list[ExpertWork]:
    """Return the works, newest first."""
    return list(ExpertWork.objects.filter(expert__identity=one.pk).select_related("expert"))


def consents(one: Expert) -> list[ExpertConsent]:
    """Return every consent, standing or withdrawn."""
    rows = ExpertConsent.objects.filter(expert__identity=one.pk)
    return list(rows.select_related("recorded_by", "expert"))


def standing_uses(one: Expert) -> set[str]:
    """Return the uses an expert agreed to, all merged entries together."""
    row = Expert.objects.filter(pk=one.pk).annotate(**{f"may_{use}": agreed(use) for use in Use.values}).get()
    return {use for use in Use.values if getattr(row, f"may_{use}")}
