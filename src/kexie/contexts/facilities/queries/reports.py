"""Yearly reports: which are expected, how far each is, which are late."""

import datetime as dt
from uuid import UUID

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Accreditation, SelfReport
from kexie.contexts.facilities.queries import holder_figures, valid_accreditations
from kexie.contexts.facilities.queries.holder_figures import Known
from kexie.contexts.facilities.rules.questions import Question
from kexie.contexts.facilities.rules.reports import QUESTIONS, due
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

SENT = (SelfReport.State.SUBMITTED, SelfReport.State.CONFIRMED)


def expected(scope: Scope, year: int, day: dt.date) -> QuerySet[Accreditation]:
    """Return the titles valid at the end of a year with `report` (its state; None if not begun) and `late` on a day."""
    state = SelfReport.objects.filter(accreditation=OuterRef("pk"), year=year).values("state")
    is_late = day > due(year)
    return valid_accreditations(dt.date(year, 12, 31), scope).annotate(report=Subquery(state)).annotate(
        late=Case(
            When(report__in=SENT, then=Value(False)), default=Value(is_late), output_field=BooleanField()
        )
    )  # fmt: skip


def accreditation(scope: Scope, pk: UUID) -> Accreditation:
    """Return one confirmed title; NotFound where there is none in sight."""
    rows = Accreditation.objects.filter(scope.q(), state="CONFIRMED", pk=pk)
    found = rows.select_related("holder__area", "area").first()
    if found is None:
        raise NotFound(_("没有找到这个称号，或您无权查看。"))
    return found


def report(held: Accreditation, year: int) -> SelfReport | None:
    """Return the report of a title for a year, None before it is begun."""
    rows = SelfReport.objects.filter(accreditation=held, year=year)
    return rows.select_related("checked_by", "accreditation").first()


def figures(held: Accreditation, year: int, one: SelfReport | None) -> list[Known]:
    """Return what the records say: as it was kept once the report was sent, else as it is now."""
    is_sent = one is not None and one.state in SENT
    kept = holder_figures.kept(one.figures) if one is not None and is_sent else []
    return kept or holder_figures.of(held.holder_id, year)


def unknown(figures: list[Known]) -> list[Known]:
    """Return the figures that no record says: only these are typed."""
    return [one for one in figures if one.value is None]


def missing(answers: dict[str, object], figures: list[Known]) -> list[Question | Known]:
    """Return what still has to be filled in."""
    asked: list[Question | Known] = [one for one in QUESTIONS if one.required]
    return [one for one in [*unknown(figures), *asked] if answers.get(one.key) in (None, "")]


def reports_of(held: Accreditation) -> QuerySet[SelfReport]:
    """Return the reports of a title, the latest year first."""
    return SelfReport.objects.filter(accreditation=held).order_by("-year")


def last_said(scope: Scope, holder_id: UUID, title: str) -> SelfReport | None:
    """Return the latest report that a holder has sent for a title."""
    rows = SelfReport.objects.filter(
        Q(association_id=scope.association_id), unit_id=holder_id, state__in=SENT
    )
    return rows.filter(accreditation__title=title).order_by("-year").first()
