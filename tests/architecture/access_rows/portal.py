"""The public site, open to all, and the figures, of which those not public ask for a right to read."""

import datetime as dt
import uuid

from kexie.contexts.contests.models import Contest
from kexie.contexts.facilities.models import Facility, FacilityStage
from kexie.contexts.museums.models import Museum, MuseumStage
from kexie.kernel.scope import Scope
from kexie.ledger import operations, registry
from kexie.ledger.models import Activity, Record, Series
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public


def confirmed(world: World, record: Record) -> Record:
    """The record, confirmed by the county's officer."""
    values = {
        "actor": world.account("COUNTY_OFFICER", world.yingzhou),
        "now": world.now,
        "scope": Scope(association_id=world.association.pk),
    }
    return operations.confirm(records=[operations.draft(record=record, **values)], **values)[0]


def of(world: World) -> dict:
    return {"association": world.association, "unit": world.museum, "area": world.museum.area}


def museum(world: World):
    made = Museum.objects.create(name="颍州区科技馆", level="COUNTY", **of(world))
    confirmed(world, MuseumStage(museum=made, stage="OPEN", occurred_on=dt.date(2021, 6, 18), **of(world)))
    return {"code": world.museum.code}


def activity(world: World, *, draft: bool = False):
    made = Activity(
        kind="LECTURE", title="科普报告会", occurred_on=dt.date(2026, 3, 1), starts_at=dt.time(9), **of(world)
    )
    if draft:
        officer = world.account("COUNTY_OFFICER", world.yingzhou)
        scope = Scope(association_id=world.association.pk)
        return {"key": operations.draft(record=made, actor=officer, now=world.now, scope=scope).pk}
    return {"key": confirmed(world, made).pk}


def facility(world: World):
    made = Facility.objects.create(name="清河路农村科普活动室", kind="RURAL_ROOM", **of(world))
    stage = FacilityStage(facility=made, stage="ACCEPTED", occurred_on=dt.date(2024, 1, 10), **of(world))
    stage.facility_kind = made.kind
    confirmed(world, stage)
    return {"key": made.pk}


def contest(world: World):
    series = Series.objects.create(
        association=world.association, unit=world.association, kind="CONTEST", name="青少年科技创新大赛"
    )
    made = Contest.objects.create(
        name="颍州区赛", series=series, year=2027, level="COUNTY", final_on=dt.date(2027, 1, 30), **of(world)
    )
    return {"key": made.pk}


def unknown(_world: World):
    return {"key": uuid.UUID(int=7)}


def internal_measure(_world: World):
    """A measure that is not public."""
    return {
        "measure": next(key for key, measure in sorted(registry.measures().items()) if not measure.public)
    }


def internal(name: str, **options) -> Row:
    """A figure that is not public, and the rows of any: for those who may read its context.

    Someone of another unit gets the figure of that unit; the administrators get none.
    """
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=name, **{**defaults, "kwargs": internal_measure, **options})


def public_measure(_world: World):
    return {"measure": "museums.visits"}


HIDDEN_FROM_ALL = {"anonymous": HIDDEN, "wrong_role": HIDDEN, "right": HIDDEN}

ROWS = (
    public("portal:home"),
    public("portal:museums"),
    public("portal:activities"),
    public("portal:activity", kwargs=activity),
    public("portal:activity", kwargs=lambda world: activity(world, draft=True), **HIDDEN_FROM_ALL),
    public("portal:facilities"),
    public("portal:facility", kwargs=facility),
    public("portal:facility", kwargs=unknown, **HIDDEN_FROM_ALL),
    public("portal:contests"),
    public("portal:contest", kwargs=contest),
    public("portal:contest", kwargs=unknown, **HIDDEN_FROM_ALL),
    public("portal:services"),
    public("portal:service", kwargs=lambda _world: {"slug": "none"}, **HIDDEN_FROM_ALL),
    public("portal:site-map"),
    public("portal:about"),
    public("figures:index"),
    public("figures:detail", kwargs=public_measure),
    internal("figures:rows", kwargs=public_measure),
    internal("figures:rows-csv", kwargs=public_measure),
    internal("figures:detail"),
    internal("figures:rows"),
    internal("figures:rows-csv"),
)
