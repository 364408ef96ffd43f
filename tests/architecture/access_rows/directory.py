"""Units, people, places and areas: read by staff, kept by county officers and the coordinator, each in their units."""

import datetime as dt

from kexie.foundation.people import operations as people
from kexie.foundation.places import operations as places
from kexie.foundation.units import operations as units
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World


def unit(world: World):
    return {"code": world.museum.code}


def ended(world: World):
    units.close(unit=world.museum, on=dt.date(2026, 1, 1), reason="合并", actor=None, now=world.now)
    return unit(world)


def person(world: World):
    made = people.create_person(
        association=world.association,
        unit=world.museum,
        name="张小三",
        phone="13800005678",
        actor=None,
        now=world.now,
    )
    return {"pk": made.pk}


def place(world: World):
    made = places.create_place(
        unit=world.museum, area=world.museum.area, name="一号展厅", actor=None, now=world.now
    )
    return {"pk": made.pk}


def open_to(name: str, **options) -> Row:
    """A page for all who read this part, whatever their units."""
    answers = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=name, **{**answers, **options})


def one(name: str, **options) -> Row:
    """A page about something of the museum: out of sight for another county."""
    return open_to(name, **{"wrong_unit": HIDDEN, **options})


def kept(name: str, **options) -> Row:
    """A page that keeps something: departments read, and keep nothing."""
    return open_to(name, **{"other_role": "OFFICE", **options})


def kept_one(name: str, **options) -> Row:
    """The same, about something of the museum."""
    return kept(name, **{"wrong_unit": HIDDEN, **options})


ROWS = (
    open_to("units:list"),
    open_to("units:list", other_role="PUPIL"),
    open_to("units:choices"),
    kept("units:keepable"),
    open_to("units:export"),
    kept("units:export", other_role="CARAVAN_CREW"),
    one("units:unit", kwargs=unit),
    one("units:unit", kwargs=unit, other_role="PUPIL"),
    kept("units:new"),
    kept("units:new", other_role="MUSEUM_DESK"),
    kept("units:new", method="post", wrong_unit=INVALID, right=INVALID),
    kept_one("units:edit", kwargs=unit),
    kept_one(
        "units:edit", kwargs=unit, method="post", data=lambda _w: {"contact_phone": "0558-1"}, right=MOVED
    ),
    kept_one("units:rename", kwargs=unit),
    kept_one("units:rename", kwargs=unit, method="post", data=lambda _w: {"name": "科技馆"}, right=MOVED),
    kept_one("units:move", kwargs=unit),
    kept_one("units:move", kwargs=unit, method="post", right=INVALID),
    kept_one("units:close", kwargs=unit),
    kept_one(
        "units:close",
        kwargs=unit,
        method="post",
        data=lambda _w: {"on": "2026-01-01", "reason": "合并"},
        right=MOVED,
    ),
    kept_one("units:reopen", kwargs=ended),
    kept_one("units:reopen", kwargs=ended, method="post", data=lambda _w: {"reason": "误操作"}, right=MOVED),
    open_to("people:list"),
    open_to("people:list", other_role="MUSEUM_DESK"),
    open_to("people:find", wrong_unit=MOVED, right=MOVED),
    open_to("people:find", method="post", wrong_unit=INVALID, right=INVALID),
    one("people:person", kwargs=person),
    one("people:person", kwargs=person, other_role="MUSEUM_DESK"),
    kept("people:new"),
    kept("people:new", method="post", wrong_unit=INVALID, right=INVALID),
    kept_one("people:edit", kwargs=person),
    kept_one("people:edit", kwargs=person, method="post", right=INVALID),
    kept_one("people:reveal", kwargs=person, right=MOVED),
    kept_one("people:reveal", kwargs=person, method="post", right=INVALID),
    kept_one(
        "people:reveal",
        kwargs=person,
        method="post",
        data=lambda _w: {"field": "phone", "reason": "通知"},
        other_role="LEADER",
    ),
    open_to("places:list"),
    open_to("places:choices"),
    one("places:place", kwargs=place),
    kept("places:new"),
    kept("places:new", method="post", wrong_unit=INVALID, right=INVALID),
    kept_one("places:edit", kwargs=place),
    kept_one("places:edit", kwargs=place, method="post", right=INVALID),
    open_to("areas:list"),
    open_to("areas:choices"),
)
