"""Reading the register of experts, and what ranks them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.rules import experts as rules
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.matching.ranking import Text

Use = ExpertConsent.Use
# The kind of the document that an expert's own words make.
PROFILE = "PROFILE"


def register(scope: Scope) -> QuerySet[Any]:
    """Return the experts, also withdrawn ones, with `work_count` and `recommended` (may be named to firms)."""
    works = ExpertWork.objects.filter(expert=OuterRef("pk")).order_by().values("expert")
    return (
        Expert.objects.filter(scope.q(), merged_into=None)
        .select_related("unit", "society", "area", "account")
        .annotate(
            work_count=Coalesce(Subquery(works.annotate(n=Count("pk")).values("n")), Value(0)),
            recommended=agreed(Use.RECOMMEND),
        )
    )


def agreed(use: str) -> Exists:
    """Return the condition that an expert agreed to a use and did not take it back."""
    return Exists(ExpertConsent.objects.filter(expert=OuterRef("pk"), use=use, withdrawn_on=None))


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
    return register(scope).filter(here, cleared, recommended=True, withdrawn_on=None)


def documents(experts: Iterable[Expert]) -> dict[UUID, list[Text]]:
    """Return what speaks for each expert: their own words, and every work."""
    found = {one.pk: [own_words(one)] for one in experts}
    for work in ExpertWork.objects.filter(expert__in=found):
        found[work.expert_id].append(Text(title=work.title, text=work.text, kind=work.kind, year=work.year))
    return found


def own_words(one: Expert) -> Text:
    """Return what an expert says they can do, as a document."""
    return Text(
        title=one.skills or one.discipline_names, text=f"{one.about}\n{one.discipline_names}", kind=PROFILE
    )


def works(one: Expert) -> list[ExpertWork]:
    """Return the works, newest first."""
    return list(ExpertWork.objects.filter(expert=one))


def consents(one: Expert) -> list[ExpertConsent]:
    """Return every consent, standing or withdrawn."""
    return list(ExpertConsent.objects.filter(expert=one).select_related("recorded_by"))
