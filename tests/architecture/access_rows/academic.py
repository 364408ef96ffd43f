"""The academic events' desk: the events of a county's society."""

import datetime as dt
from typing import Any

from kexie.contexts.organisations.models import Conference, Paper, Session
from kexie.foundation.units.models import Kind
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World

_DAY = dt.date(2026, 4, 2)


def _conference(world: World) -> Conference:
    known = Conference.objects.filter(association=world.association).first()
    if known is not None:
        return known
    society = world.unit(world.yingzhou, Kind.SOCIETY, "颍州区农学会", "341202")
    return Conference.objects.create(
        association=world.association, unit=society, name="小麦栽培研讨会", starts_on=_DAY, ends_on=_DAY
    )


def _session(world: World) -> dict[str, Any]:
    row = Session.objects.get_or_create(
        association=world.association, conference=_conference(world), on=_DAY, title="开幕", starts_at=dt.time(9),
        ends_at=dt.time(10),
    )[0]  # fmt: skip
    return {"pk": row.conference_id, "row": row.pk}


def _paper(world: World) -> dict[str, Any]:
    row = Paper.objects.get_or_create(
        association=world.association, conference=_conference(world), title="播期试验", authors="王知远",
        submitted_on=_DAY,
    )[0]  # fmt: skip
    return {"pk": row.conference_id, "row": row.pk}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"academic:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    here = {"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _conference(world).pk}}
    return _page(name, **{**here, **options})


ROWS = (
    _page("events"),
    _page("new", other_role="LEADER"),
    _one("event"),
    _one("edit", other_role="LEADER"),
    _one("attend", other_role="LEADER"),
    _one("slot", other_role="LEADER", kwargs=_session),
    _one("drop", other_role="LEADER", kwargs=_session),
    _one("paper", kwargs=_paper),
)
