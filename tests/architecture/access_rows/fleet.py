"""The caravans' desk: what a county's officer sees of its own vehicles, crews and requests; anybody may ask."""

import datetime as dt

from kexie.contexts.touring.models import (
    Caravan,
    CaravanExhibit,
    CaravanRequest,
    CaravanTrip,
    CrewMember,
    FieldLog,
    FieldPhone,
)
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public

_UNREADABLE, _NOT_PAIRED = 400, 401


def _van(world: World) -> Caravan:
    return Caravan.objects.get_or_create(
        association=world.association, unit=world.yingzhou, plate="演09", vehicle_type="IV", name="九号车",
        bought_on=dt.date(2020, 1, 1),
    )[0]  # fmt: skip


def _exhibit(world: World) -> CaravanExhibit:
    return CaravanExhibit.objects.create(
        association=world.association, unit=world.yingzhou, caravan=_van(world), number=1, name="磁悬浮"
    )


def _member(world: World) -> CrewMember:
    return CrewMember.objects.create(
        association=world.association, unit=world.yingzhou, name="演员", job="EDUCATOR"
    )


def request_of(world: World) -> CaravanRequest:
    """A request of a school."""
    made = CaravanRequest(
        association=world.association, unit=world.yingzhou, area=world.yingzhou.area, kind="SCHOOL", name="一小",
        wished_from=dt.date(2026, 3, 2), wished_to=dt.date(2026, 3, 9), people=300, made_at=world.now,
    )  # fmt: skip
    made.seal_contact(name="演员", phone="13800000000")
    made.save()
    return made


def _trip(world: World) -> CaravanTrip:
    return CaravanTrip.objects.create(
        association=world.association, unit=world.yingzhou, area=world.yingzhou.area, caravan=_van(world),
        occurred_on=dt.date(2026, 3, 2), departs_at=dt.time(8), returned_on=dt.date(2026, 3, 2),
        returns_at=dt.time(17), recorded_by=world.account("COUNTY_OFFICER", world.yingzhou), recorded_at=world.now,
    )  # fmt: skip


def _log(world: World) -> FieldLog:
    van = _van(world)
    return FieldLog.objects.get_or_create(association=world.association, caravan=van, on=dt.date(2026, 3, 2))[
        0
    ]


def _phone(world: World) -> FieldPhone:
    account = world.account("COUNTY_OFFICER", world.yingzhou)
    return FieldPhone.objects.create(
        association=world.association,
        account=account,
        unit=world.yingzhou,
        name="演示手机",
        made_at=world.now,
    )


def _api(name: str, answer: int, *, method: str = "post") -> Row:
    """An address for phones: accounts make no difference."""
    return public(f"field:{name}", method=method, anonymous=answer, wrong_role=answer, right=answer)


def _page(name: str, **options: object) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"touring_fleet:{name}", **{**defaults, **options})  # type: ignore[arg-type]


def _one(name: str, make: object) -> Row:
    return _page(name, wrong_unit=HIDDEN, kwargs=lambda world: {"pk": make(world).pk})  # type: ignore[operator]


ROWS = (
    *(_page(name) for name in ("vans", "documents", "crew", "requests", "trips", "coverage")),
    _page("boundaries", wrong_unit=FORBIDDEN, unit="association", role="COORDINATOR"),
    *(_page(name) for name in ("field", "phones", "phone_new")),
    _one("field_log", _log),
    _one("phone", _phone),
    _one("phone_pairing", _phone),
    *(public(f"field:{name}") for name in ("log", "worker", "manifest")),
    _api("pair", _UNREADABLE),
    _api("unpair", _NOT_PAIRED),
    _api("notes", _NOT_PAIRED),
    _api("pack", _NOT_PAIRED, method="get"),
    _one("van", _van),
    _one("exhibit", _exhibit),
    _one("member", _member),
    _one("request", request_of),
    _one("trip", _trip),
    public("caravan_request:new"),
    public("caravan_request:follow", kwargs=lambda world: {"code": request_of(world).code}),
)
