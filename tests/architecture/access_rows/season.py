"""Seasons: read by touring's readers, planned by whoever confirms; what comes is public, a host answers by a link."""

import datetime as dt

from kexie.contexts.touring.models import (
    Caravan,
    PlannedStop,
    PlannedTrip,
    RoadTable,
    SchoolTerm,
    Season,
    SeasonVan,
    Site,
)
from kexie.contexts.touring.operations import seasons as operations
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World, public

DAY = dt.date(2026, 3, 2)


def season_of(world: World) -> Season:
    """A season with a van of Yingzhou."""
    association, unit = world.association, world.yingzhou
    season = Season.objects.create(
        association=association, unit=unit, name="春季", starts_on=DAY, ends_on=DAY + dt.timedelta(days=30),
        made_at=world.now,
    )  # fmt: skip
    caravan = Caravan.objects.create(
        association=association, unit=unit, area=unit.area, name="一号车", plate="演01", vehicle_type="IV",
        bought_on=DAY,
    )  # fmt: skip
    SeasonVan.objects.create(
        association=association, season=season, caravan=caravan, longitude="115.8", latitude="32.9"
    )
    return season


def season(world: World):
    return {"pk": season_of(world).pk}


def season_van(world: World):
    made = season_of(world)
    return {"pk": made.pk, "van": made.vans.get().pk}


def site(world: World):
    code(world)
    stop = PlannedStop.objects.get()
    return {"pk": stop.trip.plan.season_id, "site": stop.site_id}


def term(world: World):
    made = season_of(world)
    found = SchoolTerm.objects.create(
        association=world.association, area=made.unit.area, name="春季", starts_on=DAY, ends_on=DAY + dt.timedelta(days=9)
    )  # fmt: skip
    return {"pk": made.pk, "term": found.pk}


def roads(world: World):
    made = season_of(world)
    table = RoadTable.objects.create(
        association=world.association, unit=made.unit, kind="IMPORTED", state="DONE", name="里程", made_at=world.now
    )  # fmt: skip
    return {"pk": made.pk, "table": table.pk}


def plan_of(world: World):
    return operations.add_plan(season=season_of(world), actor=None, now=world.now, by_hand=True)


def plan(world: World):
    return {"pk": plan_of(world).pk}


def two_plans(world: World):
    first = plan_of(world)
    second = operations.add_plan(season=first.season, actor=None, now=world.now, start=first, by_hand=True)
    return {"pk": first.pk, "other": second.pk}


def code(world: World):
    made, unit = plan_of(world), world.yingzhou
    site = Site.objects.create(
        association=world.association, unit=unit, area=unit.area, name="中心小学", kind="SCHOOL",
        longitude="115.9", latitude="32.9",
    )  # fmt: skip
    trip = PlannedTrip.objects.create(
        association=world.association, plan=made, van=made.season.vans.get(), day=DAY, leaves=480, returns=700,
        metres=1, driving=1, overtime=0,
    )  # fmt: skip
    PlannedStop.objects.create(
        association=world.association, trip=trip, site=site, position=0, begins=510, ends=600,
        host_state="ASKED", host_code="abcdefgh23456789",
    )  # fmt: skip
    made.season.published = made
    made.season.save()
    return {"code": "abcdefgh23456789"}


def host(world: World):
    code(world)
    stop = PlannedStop.objects.get()
    return {"pk": stop.trip.plan_id, "site": stop.site_id}


def van(world: World):
    code(world)
    made = PlannedStop.objects.get().trip
    return {"pk": made.plan_id, "van": made.van_id}


def desk(name: str, **options) -> Row:
    answers = {"anonymous": SIGN_IN, "wrong_unit": HIDDEN, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"touring_season:{name}", **{**answers, **options})


ROWS = (
    desk("list", wrong_unit=OK, note="everybody sees their own seasons"),
    desk("add", wrong_unit=OK, note="for one's own office"),
    desk("add", method="post", wrong_unit=INVALID, right=INVALID),
    desk("season", kwargs=season),
    desk("season", kwargs=season, method="post", right=MOVED),
    desk("van_add", kwargs=season),
    desk("van_add", kwargs=season, method="post", right=INVALID),
    desk("edit", kwargs=season),
    desk("edit", kwargs=season, method="post", right=INVALID),
    desk("van", kwargs=season_van),
    desk("van", kwargs=season_van, method="post", right=INVALID),
    desk("sites", kwargs=season),
    desk("site", kwargs=site),
    desk("site", kwargs=site, method="post", right=INVALID),
    desk("terms", kwargs=season),
    desk("terms", kwargs=season, method="post", right=INVALID),
    desk("term", kwargs=term),
    desk("term", kwargs=term, method="post", right=INVALID),
    desk("roads", kwargs=season),
    desk("roads", kwargs=season, method="post", right=MOVED),
    desk("roads_template", kwargs=season),
    desk("roads_progress", kwargs=roads),
    desk("plan", kwargs=plan),
    desk("plan", kwargs=plan, method="post", right=MOVED),
    desk("plan", kwargs=plan, role="CARAVAN_CREW"),
    desk("plan", kwargs=plan, role="CARAVAN_CREW", method="post", wrong_unit=FORBIDDEN, right=FORBIDDEN),
    desk("try", kwargs=plan),
    desk("sheets", kwargs=plan),
    desk("paper", kwargs=plan),
    desk("paper", kwargs=plan, method="post"),
    desk("hosts", kwargs=plan),
    desk("hosts", kwargs=plan, method="post", right=MOVED),
    desk("host", kwargs=host),
    desk("host", kwargs=host, method="post", right=MOVED),
    desk("van_calendar", kwargs=van),
    desk("progress", kwargs=plan),
    desk("telling", kwargs=plan),
    desk("compare", kwargs=two_plans),
    public("caravans:coming"),
    public("caravans:calendar"),
    public("caravans:confirm", kwargs=code),
    public("caravans:visit_calendar", kwargs=code),
    public(
        "caravans:confirm", kwargs=code, method="post", anonymous=INVALID, wrong_role=INVALID, right=INVALID
    ),
)
