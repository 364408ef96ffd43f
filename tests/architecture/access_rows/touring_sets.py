"""The touring sets' desk: what a county's officer sees of its own stops, venues and applications."""

import datetime as dt

from kexie.contexts.touring.models import (
    Handover,
    PlannedTourStop,
    SetExhibit,
    SetPlan,
    SetTicket,
    TourApplication,
    TouringSet,
    TourVenue,
)
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public

_FIRST = dt.date(2026, 3, 11)


def _set(world: World) -> TouringSet:
    return TouringSet.objects.get_or_create(
        association=world.association, unit=world.yingzhou, serial="区域-1", name="流动科技馆一号"
    )[0]


def _exhibit(world: World) -> SetExhibit:
    return SetExhibit.objects.create(
        association=world.association, unit=world.yingzhou, touring_set=_set(world), number=1, name="傅科摆"
    )


def _venue(world: World) -> TourVenue:
    return TourVenue.objects.create(association=world.association, unit=world.yingzhou, name="文化馆")


def _stop(world: World) -> PlannedTourStop:
    return PlannedTourStop.objects.create(
        association=world.association, touring_set=_set(world), unit=world.yingzhou, venue=_venue(world),
        setup_on=_FIRST, first_on=_FIRST, last_on=_FIRST,
    )  # fmt: skip


def _application(world: World) -> TourApplication:
    return TourApplication.objects.create(
        association=world.association, unit=world.yingzhou, venue=_venue(world), year=2027,
        made_by=world.account("COUNTY_OFFICER", world.yingzhou), made_at=world.now,
    )  # fmt: skip


def _ticket(world: World) -> SetTicket:
    return SetTicket.objects.create(
        association=world.association, exhibit=_exhibit(world), fault="不转", reported_on=_FIRST,
        reported_by=world.account("COUNTY_OFFICER", world.yingzhou),
    )  # fmt: skip


def _handover(world: World) -> Handover:
    return Handover.objects.create(
        association=world.association, stop=_stop(world), kind="IN", on=_FIRST, given_by="甲", taken_by="乙",
        recorded_by=world.account("COUNTY_OFFICER", world.yingzhou), recorded_at=world.now,
    )  # fmt: skip


def _plan(world: World) -> SetPlan:
    return SetPlan.objects.create(
        association=world.association, name="明年", first_on=_FIRST, last_on=dt.date(2026, 12, 31),
        made_by=world.account("COUNTY_OFFICER", world.yingzhou), made_at=world.now,
    )  # fmt: skip


def _page(name: str, **options: object) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"touring_sets:{name}", **{**defaults, **options})  # type: ignore[arg-type]


def _one(name: str, make: object, **more: str) -> Row:
    return _page(name, wrong_unit=HIDDEN, kwargs=lambda world: {"pk": make(world).pk, **more})  # type: ignore[operator]


ROWS = (
    *(_page(name) for name in ("sets", "stops", "applications", "venues", "tickets")),
    public("touring_public:sets"),
    _page("arrange"),
    _page("apply"),
    _one("set", _set),
    _one("exhibit", _exhibit),
    _one("stop", _stop),
    _one("sign", _stop, kind="in"),
    _one("handover", _handover),
    _one("application", _application),
    _one("venue", _venue),
    _one("ticket", _ticket),
    _page("plans"),
    _page("new_plan"),
    # Plans are the whole association's: a county does not see them.
    _page("plan", wrong_unit=HIDDEN, right=HIDDEN, kwargs=lambda world: {"pk": _plan(world).pk}),
    _page(
        "plan",
        unit="association",
        elsewhere="yingdong",
        wrong_unit=HIDDEN,
        role="COORDINATOR",
        kwargs=lambda world: {"pk": _plan(world).pk},
    ),
)
