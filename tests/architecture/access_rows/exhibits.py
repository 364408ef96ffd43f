"""Exhibits, repairs, spare parts, shifts and feedback: the desk's pages, and what anybody may open with a code."""

import datetime as dt
import uuid

from django.utils import timezone

from kexie.contexts.museums.models import (
    Exhibit,
    Feedback,
    Hall,
    Shift,
    SignUp,
    Spare,
    Volunteer,
    WorkOrder,
)
from kexie.contexts.museums.operations import feedback, repairs, shifts
from kexie.kernel.scope import Scope
from tests.architecture.access_rows import HIDDEN, INVALID, MOVED, OK, Row, World
from tests.architecture.access_rows.museum_desk import DESK, desk, here, museum


def exhibit(world: World) -> Exhibit:
    """An exhibit of the museum of the matrix's world, made when first asked for."""
    found = Exhibit.objects.filter(association=world.association).first()
    if found:
        return found
    unit = museum(world).unit
    own = {"association": world.association, "unit": unit, "area": unit.area}
    hall = Hall.objects.create(**own, name="序厅", use="EXHIBITION")
    return Exhibit.objects.create(**own, name="傅科摆", number="001", hall=hall)


def order(world: World) -> WorkOrder:
    """A work order about it."""
    found = repairs.report(exhibit=exhibit(world), kind="STUCK", source="STAFF", actor=None, now=world.now)
    return found.order


def spare(world: World) -> Spare:
    """A spare part."""
    unit = museum(world).unit
    found, _made = Spare.objects.get_or_create(
        association=world.association, unit=unit, name="按钮", spec="", defaults={"area": unit.area}
    )
    return found


def volunteer(world: World) -> Volunteer:
    """A volunteer."""
    unit = museum(world).unit
    found, _made = Volunteer.objects.get_or_create(
        association=world.association, unit=unit, name="林知远", defaults={"area": unit.area}
    )
    return found


def shift(world: World) -> Shift:
    """A shift to come."""
    found, _made = Shift.objects.get_or_create(
        association=world.association,
        unit=museum(world).unit,
        on=timezone.localdate() + dt.timedelta(days=3),
        defaults={"starts_at": dt.time(9), "ends_at": dt.time(12), "post": "引导", "places": 2},
    )
    return found


def sign_up(world: World) -> SignUp:
    """A place in it."""
    return SignUp.objects.filter(shift=shift(world)).first() or shifts.invite(
        shift=shift(world),
        volunteer=volunteer(world),
        actor=world.account("MUSEUM_DESK", world.museum),
        now=timezone.now(),
        scope=Scope(association_id=world.association.pk),
    )


def said(world: World) -> Feedback:
    """A visitor's word."""
    return Feedback.objects.filter(association=world.association).first() or feedback.say(
        museum=museum(world), score=4, tags=[], visited_on=world.now.date(), now=world.now
    )


def of(make):
    """The address of a thing of the museum."""
    return lambda world: {**here(world), "pk": make(world).pk}


def labelled(world: World):
    return {"token": exhibit(world).token}


def reported(world: World):
    found = repairs.report(exhibit=exhibit(world), kind="SOUND", source="STAFF", actor=None, now=world.now)
    return {**labelled(world), "code": found.code}


def told(world: World):
    return {**here(world), "number": said(world).code}


def linked(world: World):
    return {"token": shifts.path_of(sign_up(world)).rstrip("/").rpartition("/")[2]}


def write(name: str, **options) -> Row:
    """A form of the desk: for those who may draft, unlike a leader who only reads."""
    return desk(name, method="post", other_role="LEADER", **options)


def draft(name: str, **options) -> Row:
    """A page for those who may draft."""
    return desk(name, other_role="LEADER", **options)


def anybody(name: str, **options) -> Row:
    """A public page; an account makes no difference."""
    return Row(name=f"exhibit:{name}", **{"anonymous": OK, "wrong_role": OK, "right": OK, **DESK, **options})


ROWS = (
    desk("exhibits"),
    desk("exhibits_export"),
    desk("labels"),
    desk("exhibit", kwargs=of(exhibit)),
    draft("report_fault", kwargs=of(exhibit)),
    write("report_fault", kwargs=of(exhibit), right=INVALID),
    desk("repairs"),
    desk("repairs_export"),
    desk("repair", kwargs=of(order)),
    write("repair", kwargs=of(order), data=lambda _world: {"act": "reject"}, right=INVALID),
    desk("spares"),
    desk("spares_export"),
    desk("spare", kwargs=of(spare)),
    write("spare", kwargs=of(spare), right=INVALID),
    desk("shifts"),
    draft("plan_shifts"),
    write("plan_shifts", right=INVALID),
    desk("shift", kwargs=of(shift)),
    write("shift", kwargs=of(shift), data=lambda _world: {"act": "cancel"}, right=INVALID),
    desk("volunteers"),
    draft("new_volunteer"),
    write("new_volunteer", right=INVALID),
    draft("volunteer", kwargs=of(volunteer)),
    write("volunteer", kwargs=of(volunteer), right=INVALID),
    desk("feedback"),
    write("feedback", right=MOVED),
    desk("feedback_export"),
    desk("feedback_item", kwargs=of(said)),
    write("feedback_item", kwargs=of(said), data=lambda _world: {"act": "answer"}, right=INVALID),
    anybody("label", kwargs=labelled),
    anybody(
        "label",
        kwargs=lambda world: {"token": exhibit(world).token[:-1]},
        anonymous=HIDDEN,
        wrong_role=HIDDEN,
        right=HIDDEN,
    ),
    anybody("report", kwargs=labelled),
    anybody("report", kwargs=labelled, method="post", anonymous=INVALID, wrong_role=INVALID, right=INVALID),
    anybody("report_status", kwargs=reported),
    anybody("feedback", kwargs=here),
    anybody("feedback", kwargs=here, method="post", anonymous=INVALID, wrong_role=INVALID, right=INVALID),
    anybody("feedback_status", kwargs=told),
    anybody("sign_up", kwargs=linked),
    anybody(
        "sign_up",
        kwargs=linked,
        method="post",
        anonymous=MOVED,
        wrong_role=MOVED,
        right=MOVED,
        note="nothing is changed without an answer",
    ),
    anybody(
        "sign_up",
        kwargs=lambda _world: {"token": str(uuid.uuid4())},
        anonymous=HIDDEN,
        wrong_role=HIDDEN,
        right=HIDDEN,
    ),
)
