"""The cooperation desk: agreements, carriers and teams of a county, and what belongs to them."""

import datetime as dt
from typing import Any

from kexie.contexts.matching.models import (
    Agreement,
    CarrierApplication,
    CarrierExpert,
    CarrierNeed,
    Expert,
    Obligation,
    ServiceCarrier,
    ServiceTeam,
    TeamMember,
)
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World

_DAY = dt.date(2026, 3, 2)


def _agreement(world: World) -> Agreement:
    known = Agreement.objects.filter(association=world.association).first()
    if known is not None:
        return known
    account = world.account("COUNTY_OFFICER", world.yingzhou)
    return Agreement.objects.create(
        association=world.association, unit=world.yingzhou, area=world.yingzhou.area, occurred_on=_DAY, kind="SOCIETY",
        title="颍州区科协与食品学会合作协议", partner="食品学会", state="CONFIRMED", recorded_by=account, recorded_at=world.now,
        confirmed_by=account, confirmed_at=world.now,
    )  # fmt: skip


def _promise(world: World) -> Obligation:
    agreement = _agreement(world)
    return Obligation.objects.get_or_create(
        association=world.association,
        agreement=agreement,
        text="派专家到企业服务",
        due_on=dt.date(2026, 12, 1),
    )[0]


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"cooperation:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    here = {"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _agreement(world).pk}}
    return _page(name, **{**here, **options})


def _of_promise(world: World) -> dict[str, Any]:
    one = _promise(world)
    return {"pk": one.agreement_id, "row": one.pk}


def _kept(world: World) -> dict[str, Any]:
    return {"association": world.association, "unit": world.yingzhou}


def _expert(world: World) -> Expert:
    return Expert.objects.get_or_create(**_kept(world), name="驻站专家")[0]


def _carrier(world: World) -> ServiceCarrier:
    given = {"kind": "EXPERT_STATION", "level": "CITY", "host": world.school, "name": "服务站"}
    return ServiceCarrier.objects.get_or_create(**_kept(world), **given)[0]


def _of_carrier(world: World) -> dict[str, Any]:
    return {"pk": _carrier(world).pk}


def _condition(world: World) -> dict[str, Any]:
    return {"pk": _carrier(world).pk, "key": "office"}


def _term(world: World) -> dict[str, Any]:
    row = CarrierExpert.objects.get_or_create(
        association=world.association, carrier=_carrier(world), expert=_expert(world), since=_DAY,
        until=dt.date(2026, 12, 31),
    )[0]  # fmt: skip
    return {"pk": row.carrier_id, "row": row.pk}


def _need(world: World) -> dict[str, Any]:
    row = CarrierNeed.objects.get_or_create(
        association=world.association, carrier=_carrier(world), text="辣椒褪色", raised_on=_DAY
    )[0]
    return {"pk": row.carrier_id, "row": row.pk}


def _team(world: World) -> ServiceTeam:
    return ServiceTeam.objects.get_or_create(**_kept(world), name="服务团", kind="COUNTY", started_on=_DAY)[0]


def _member(world: World) -> dict[str, Any]:
    row = TeamMember.objects.get_or_create(
        association=world.association, team=_team(world), expert=_expert(world), since=_DAY
    )[0]
    return {"pk": row.team_id, "row": row.pk}


def _application(world: World) -> dict[str, Any]:
    given = {
        "firm": world.firm,
        "unit": world.yingzhou,
        "kind": "HOME_STATION",
        "level": "CITY",
        "name": "海智工作站",
    }
    known = CarrierApplication.objects.filter(association=world.association).first()
    known = known or CarrierApplication.objects.create(
        association=world.association,
        sent_at=world.now,
        sent_by=world.account("FIRM_CONTACT", world.firm),
        **given,
    )
    return {"pk": known.pk}


def _by_firm(name: str, **options: Any) -> Row:
    """A page for a firm's own account; an officer of the county is told to enter it elsewhere."""
    firm = {"role": "FIRM_CONTACT", "unit": "firm", "elsewhere": "other_firm"}
    return _page(name, **{**firm, "other_role": "COUNTY_OFFICER", **options})


_WRITES = {"other_role": "LEADER"}
ROWS = (
    _page("agreements"),
    _page("sign", other_role="LEADER"),
    _one("agreement"),
    _one("renew", other_role="LEADER"),
    _one("promise", other_role="LEADER", kwargs=_of_promise),
    _one("settle", other_role="LEADER", kwargs=_of_promise),
    _page("carriers"),
    _page("apply", **_WRITES),
    _one("carrier", kwargs=_of_carrier),
    _one("evaluate", kwargs=_of_carrier, **_WRITES),
    _one("evidence", kwargs=_condition, **_WRITES),
    _one("verdict", kwargs=_condition, **_WRITES),
    _one("term", kwargs=_term, **_WRITES),
    _one("meet", kwargs=_need, **_WRITES),
    _page("applications"),
    _one("application", kwargs=_application),
    _by_firm("application", wrong_unit=HIDDEN, kwargs=_application, other_role="AUDIT_ADMINISTRATOR"),
    _by_firm("kinds"),
    _by_firm("request", kwargs=lambda _world: {"kind": "home_station", "level": "city"}),
    _by_firm("correct", wrong_unit=HIDDEN, kwargs=_application),
    _page("teams"),
    _page("found", **_WRITES),
    _one("team", kwargs=lambda world: {"pk": _team(world).pk}),
    _one("leave", kwargs=_member, **_WRITES),
)
