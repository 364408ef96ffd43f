"""The cooperation desk: agreements of a county, and what belongs to them."""

import datetime as dt
from typing import Any

from kexie.contexts.matching.models import Agreement, Obligation
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


ROWS = (
    _page("agreements"),
    _page("sign", other_role="LEADER"),
    _one("agreement"),
    _one("renew", other_role="LEADER"),
    _one("promise", other_role="LEADER", kwargs=_of_promise),
    _one("settle", other_role="LEADER", kwargs=_of_promise),
)
