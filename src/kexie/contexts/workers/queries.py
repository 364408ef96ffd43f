"""What can be asked about sites, awards and suggestions. Every query takes a Scope."""

import datetime as dt
from dataclasses import dataclass

from kexie.contexts.workers.models import AwardResult, SuggestionAdoption, SurveySiteStage
from kexie.contexts.workers.states import SiteStage
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock
from kexie.ledger.models import State


@dataclass(frozen=True, kw_only=True)
class SiteCard:
    """A survey site that science workers can turn to."""

    name: str
    level: Text
    host_kind: Text
    contact: str
    since: dt.date


@dataclass(frozen=True, kw_only=True)
class AwardCard:
    """A prize won by science workers or their firms."""

    on: dt.date
    award: str
    edition: str
    prize: str
    project: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class AdoptedSuggestion:
    """A public suggestion that was taken up: its title, by whom and how; never its text or author."""

    on: dt.date
    title: str
    level: Text
    form: Text
    adopter: str


def survey_sites(scope: Scope, on: dt.date) -> tuple[SiteCard, ...]:
    """Return the sites approved and not withdrawn on a day, by name."""
    stages = SurveySiteStage.objects.filter(scope.q(), state=State.CONFIRMED)
    approved = LatestStock("site", (SiteStage.APPROVED,)).narrow(stages, Period.until(on))
    rows = approved.select_related("site").order_by("site__name")
    return tuple(
        SiteCard(
            name=row.site.name,
            level=row.site.get_level_display(),
            host_kind=row.site.get_host_kind_display(),
            contact=row.site.contact,
            since=row.occurred_on,
        )
        for row in rows
    )


def recent_awards(scope: Scope, on: dt.date, *, limit: int = 10) -> tuple[AwardCard, ...]:
    """Return the latest prizes by a day, the latest first."""
    rows = AwardResult.objects.filter(scope.q(), state=State.CONFIRMED, occurred_on__lte=on)
    return tuple(
        AwardCard(
            on=row.occurred_on,
            award=row.award,
            edition=row.edition,
            prize=row.prize,
            project=row.project,
            holder=row.holder_name,
        )
        for row in rows.order_by("-occurred_on", "-id")[:limit]
    )


def adopted_suggestions(scope: Scope, on: dt.date, *, limit: int = 10) -> tuple[AdoptedSuggestion, ...]:
    """Return the latest adoptions of suggestions that are public, the latest first."""
    rows = SuggestionAdoption.objects.filter(
        scope.q(), state=State.CONFIRMED, occurred_on__lte=on, suggestion__access="PUBLIC"
    )
    return tuple(
        AdoptedSuggestion(
            on=row.occurred_on,
            title=row.suggestion.title,
            level=row.get_level_display(),
            form=row.get_form_display(),
            adopter=row.adopter,
        )
        for row in rows.select_related("suggestion").order_by("-occurred_on", "-id")[:limit]
    )
