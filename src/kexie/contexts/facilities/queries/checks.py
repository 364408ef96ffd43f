"""Checks by sample: the samples, who has what to check, and what came of it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import CheckSample, FacilityKind, SampleCheck
from kexie.contexts.facilities.rules import checks as rules
from kexie.foundation.access.models import Account
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

_KINDS = dict(FacilityKind.choices)


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """How far a stratum is: `frame` facilities to draw from, of those drawn so many done, good and waiting."""

    key: str
    label: str
    frame: int
    drawn: int
    done: int
    good: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the frame, to be checked by anybody: the number of the lot, the place, whether it was drawn."""

    stratum: str
    name: str
    id: str
    ticket: str
    place: int
    is_drawn: bool


def samples(scope: Scope) -> QuerySet[CheckSample]:
    """Return the samples with `drawn`, `done` and `good`: how many checks in sight there are."""
    seen = Q(checks__in=SampleCheck.objects.filter(_sight(scope))) & ~Q(checks__state="CANCELLED")
    done = seen & Q(checks__state="DONE")
    return CheckSample.objects.filter(association_id=scope.association_id).annotate(
        drawn=Count("checks", filter=seen),
        done=Count("checks", filter=done),
        good=Count("checks", filter=done & Q(checks__record__result="GOOD")),
    )


def sample(scope: Scope, pk: UUID) -> CheckSample:
    """Return one sample; NotFound where there is none."""
    found = samples(scope).filter(pk=pk).select_related("drawn_by").first()
    if found is None:
        raise NotFound(_("没有找到这次抽查。"))
    return found


def checks(scope: Scope, account: Account | None = None) -> QuerySet[SampleCheck]:
    """Return the checks of facilities in sight, and those handed to an account wherever they are."""
    own = Q(association_id=scope.association_id, checker=account) if account else Q(pk__in=[])
    rows = SampleCheck.objects.filter(_sight(scope) | own)
    return rows.select_related("sample", "facility__area", "facility__unit", "checker", "record")


def check(scope: Scope, account: Account, pk: UUID) -> SampleCheck:
    """Return one check; NotFound where there is none in sight."""
    found = checks(scope, account).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一处抽查，或您无权查看。"))
    return found


def mine(scope: Scope, account: Account) -> QuerySet[SampleCheck]:
    """Return what an account still has to check, those due first."""
    rows = checks(scope, account).filter(checker=account, state="TODO", sample__state="OPEN")
    return rows.order_by("sample__until", "facility__area", "facility__name")


def strata(found: CheckSample, scope: Scope) -> list[Stratum]:
    """Return how far each stratum is, of what is in sight."""
    counted = {
        one["stratum"]: one
        for one in SampleCheck.objects.filter(_sight(scope), sample=found)
        .order_by()
        .values("stratum")
        .annotate(
            drawn=Count("pk", filter=~Q(state="CANCELLED")),
            done=Count("pk", filter=Q(state="DONE")),
            good=Count("pk", filter=Q(record__result="GOOD")),
            waiting=Count("pk", filter=Q(state="TODO")),
        )
    }
    frame: dict[str, int] = {}
    for one in found.frame:
        frame[one["stratum"]] = frame.get(one["stratum"], 0) + 1
    names = labels(frame)
    return [
        Stratum(
            key=key, label=names[key], frame=frame[key], drawn=one["drawn"], done=one["done"],
            good=one["good"], waiting=one["waiting"],
        )
        for key in sorted(frame)
        if (one := counted.get(key))
    ]  # fmt: skip


def labels(keys: "dict[str, int] | list[str]") -> dict[str, str]:
    """Return strata in words: the county, the kind, or both."""
    counties = dict(
        Area.objects.filter(code__in={part for key in keys for part in key.split()}).values_list(
            "code", "name"
        )
    )
    return {
        key: " ".join(str(counties.get(part) or _KINDS.get(part) or part) for part in key.split())
        for key in keys
    }


def frame(found: CheckSample) -> list[Line]:
    """Return the whole frame in the order of the lot."""
    drawn = set(map(str, SampleCheck.objects.filter(sample=found).values_list("facility_id", flat=True)))
    return [
        Line(
            stratum=one.stratum, name=one.name, id=one.id, ticket=rules.ticket(found.seed, one.id),
            place=one.place, is_drawn=one.id in drawn,
        )
        for one in rules.order(found.frame, found.seed)
    ]  # fmt: skip


def overdue(day: dt.date) -> Q:
    """Return the filter for faults that should have been mended before a day."""
    return Q(due_on__lt=day, state__in=("REPORTED", "ACCEPTED"))


def _sight(scope: Scope) -> Q:
    return scope.q("facility__unit")
