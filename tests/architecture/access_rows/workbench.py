"""The record desk: somebody sees and changes the records of their own units and contexts, and no others."""

import datetime as dt
import uuid

from kexie.contexts.museums.models import DailyVisits
from kexie.kernel.scope import Scope
from kexie.ledger import operations
from kexie.ledger.models import Record
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World

TYPE = "museums.visits"


def draft(world: World) -> Record:
    """A draft of the museum below the county."""
    record = DailyVisits(
        association=world.association,
        unit=world.museum,
        area=world.museum.area,
        occurred_on=dt.date(2026, 2, 1),
        slot=DailyVisits.Slot.values[0],
        headcount=120,
        method="GATE",
    )
    officer = world.account("COUNTY_OFFICER", world.yingzhou)
    scope = Scope(association_id=world.association.pk)
    return operations.draft(record=record, actor=officer, now=world.now, scope=scope)


def drafted(world: World):
    return {"key": TYPE, "pk": draft(world).pk}


def confirmed(world: World):
    record = draft(world)
    officer = world.account("COUNTY_OFFICER", world.yingzhou)
    scope = Scope(association_id=world.association.pk)
    operations.confirm(records=[record], actor=officer, now=world.now, scope=scope)
    return {"key": TYPE, "pk": record.pk}


def of_type(_world: World):
    return {"key": TYPE}


def desk(name: str, **options) -> Row:
    """A page of the type: the county's own, whichever county; a facility keeper has nothing to do with museums."""
    defaults = {
        "kwargs": of_type,
        "anonymous": SIGN_IN,
        "wrong_unit": OK,
        "wrong_role": FORBIDDEN,
        "right": OK,
        "other_role": "FACILITY_KEEPER",
    }
    return Row(name=name, **{**defaults, **options})


def one(name: str, **options) -> Row:
    """A page of one record: there is none for somebody of another county."""
    return desk(name, **{"kwargs": drafted, "wrong_unit": HIDDEN, **options})


def job(name: str, **options) -> Row:
    """Somebody else's import: there is none for anybody but whoever uploaded it."""
    defaults = {
        "kwargs": lambda _world: {"pk": uuid.UUID(int=7)},
        "anonymous": SIGN_IN,
        "wrong_role": HIDDEN,
        "right": HIDDEN,
    }
    return Row(name=name, **{**defaults, **options})


REASON = {"data": lambda _world: {"reason": "重复录入"}}

ROWS = (
    Row(name="workbench:home", anonymous=SIGN_IN, wrong_unit=OK, wrong_role=OK, right=OK),
    Row(name="dashboard:home", anonymous=SIGN_IN, wrong_unit=OK, wrong_role=FORBIDDEN, right=OK),
    desk("workbench:context", kwargs=lambda _world: {"context": "museums"}),
    desk("workbench:list"),
    desk("workbench:list", other_role="SECURITY_ADMINISTRATOR"),
    desk("workbench:new"),
    desk("workbench:new", method="post", wrong_unit=INVALID, right=INVALID),
    desk("workbench:confirm_many", method="post", wrong_unit=MOVED, right=MOVED),
    desk("workbench:reverse_many", method="post", wrong_unit=MOVED, right=MOVED),
    desk("workbench:views", method="post", wrong_unit=MOVED, right=MOVED),
    desk("workbench:choices", kwargs=lambda _world: {"key": TYPE, "field": "unit"}, query="?q=科技馆"),
    desk("workbench:export"),
    desk("workbench:template"),
    desk("workbench:import"),
    desk("workbench:import", method="post", wrong_unit=INVALID, right=INVALID),
    one("workbench:record"),
    one("workbench:record", other_role="SYSTEM_ADMINISTRATOR"),
    one("workbench:edit"),
    one("workbench:confirm", method="post", right=MOVED),
    one("workbench:reverse", method="post", kwargs=confirmed, **REASON, right=MOVED),
    one("workbench:correct", kwargs=confirmed),
    one("workbench:discard", method="post", right=MOVED),
    one("workbench:attach", method="post", right=INVALID),
    one(
        "workbench:answer",
        method="post",
        kwargs=lambda world: {**drafted(world), "note": uuid.UUID(int=7)},
        right=INVALID,
    ),
    Row(name="workbench:notices", anonymous=SIGN_IN, wrong_role=OK, right=OK),
    Row(name="workbench:imports", anonymous=SIGN_IN, wrong_role=OK, right=OK),
    job("workbench:import_job"),
    job("workbench:import_progress"),
    job("workbench:import_run", method="post"),
    job("workbench:import_cancel", method="post"),
    job("workbench:import_marked"),
)
