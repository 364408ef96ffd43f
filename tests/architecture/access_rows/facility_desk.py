"""The facilities' desk, and the public report of a fault."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kexie.contexts.facilities.models import (
    Accreditation,
    CheckSample,
    Facility,
    FacilityFault,
    FacilityStage,
    SampleCheck,
    TitleApplication,
    TitleRound,
)
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public


def _facility(world: World) -> Facility:
    made, is_new = Facility.objects.get_or_create(
        association=world.association,
        unit=world.yingzhou,
        area=world.yingzhou.area,
        name="科普画廊",
        kind="GALLERY",
    )
    if is_new:
        by = world.account("COUNTY_OFFICER", world.yingzhou)
        FacilityStage.objects.create(
            association=world.association, unit=made.unit, area=made.area, facility=made,
            facility_kind="GALLERY", occurred_on=dt.date(2025, 3, 1), stage="ACCEPTED", state="CONFIRMED",
            recorded_by=by, recorded_at=world.now, confirmed_by=by, confirmed_at=world.now,
        )  # fmt: skip
    return made


def _fault(world: World) -> FacilityFault:
    return FacilityFault.objects.create(
        association=world.association, facility=_facility(world), kind="DIRTY", said_at=world.now
    )


def _round(world: World) -> TitleRound:
    return TitleRound.objects.get_or_create(
        association=world.association, title="CITY_BASE", batch="2026—2030",
        defaults={
            "state": "OPEN", "call": "请申报。", "closes_on": dt.date(2026, 5, 1), "contact": "0558-1",
            "recommends_until": dt.date(2026, 6, 1), "valid_to": dt.date(2030, 12, 31), "made_at": world.now,
            "made_by": world.account("COUNTY_OFFICER", world.yingzhou),
        },
    )[0]  # fmt: skip


def _application(world: World) -> TitleApplication:
    return TitleApplication.objects.get_or_create(
        association=world.association, round=_round(world), unit=world.school,
        defaults={
            "facility": _facility(world), "county": world.yingzhou.area, "made_at": world.now,
            "made_by": world.account("COUNTY_OFFICER", world.yingzhou),
        },
    )[0]  # fmt: skip


def _sample(world: World) -> CheckSample:
    return CheckSample.objects.get_or_create(
        association=world.association, name="上半年抽查",
        defaults={
            "by": "COUNTY", "per_stratum": 1, "seed": "1", "until": dt.date(2026, 6, 30), "frame": [],
            "drawn_by": world.account("COUNTY_OFFICER", world.yingzhou), "drawn_at": world.now,
        },
    )[0]  # fmt: skip


def _check(world: World) -> SampleCheck:
    return SampleCheck.objects.get_or_create(
        association=world.association, sample=_sample(world), facility=_facility(world),
        defaults={"stratum": "341202", "place": 1},
    )[0]  # fmt: skip


def _held(world: World) -> dict[str, Any]:
    by = world.account("COUNTY_OFFICER", world.yingzhou)
    made, _is_new = Accreditation.objects.get_or_create(
        association=world.association, unit=world.school, holder=world.school, area=world.school.area,
        title="CITY_SCHOOL", occurred_on=dt.date(2024, 3, 1), state="CONFIRMED",
        defaults={
            "recorded_by": by, "recorded_at": world.now, "confirmed_by": by, "confirmed_at": world.now,
            "valid_to": dt.date(2028, 12, 31),
        },
    )  # fmt: skip
    return {"pk": made.pk, "year": 2025}


def _ending(world: World) -> dict[str, Any]:
    one = Accreditation.objects.get(pk=_held(world)["pk"])
    one.pk, one._state.adding = None, True
    one.title, one.valid_to = "DEMO_SCHOOL", timezone.localdate() + dt.timedelta(days=30)
    one.save()
    return {"pk": one.pk}


def _part(world: World) -> dict[str, Any]:
    return {"pk": _application(world).pk, "part": "about"}


def _named(one: FacilityFault) -> dict[str, Any]:
    return {"pk": one.facility_id, "code": one.code}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"facility_desk:{name}", **{**defaults, **options})


def _one(name: str, make: Any) -> Row:
    return _page(name, wrong_unit=HIDDEN, kwargs=lambda world: {"pk": make(world).pk})


ROWS = (
    _page("registry"),
    _page("faults"),
    _page("import"),
    _page("titles"),
    _page("look_alikes"),
    _page("ending"),
    _page("renew", wrong_unit=HIDDEN, kwargs=_ending),
    _page("certificate", wrong_unit=HIDDEN, kwargs=lambda world: {"pk": _held(world)["pk"]}),
    public("facility_public:title", kwargs=lambda world: {"pk": _held(world)["pk"]}),
    _page("checks"),
    _page("draw", wrong_unit=FORBIDDEN, unit="association", role="COORDINATOR"),
    _page("sample", kwargs=lambda world: {"pk": _sample(world).pk}),
    _one("check", _check),
    _page("rounds"),
    _page("applications"),
    _page("new_round", wrong_unit=FORBIDDEN, unit="association", role="COORDINATOR"),
    _page("round", kwargs=lambda world: {"pk": _round(world).pk}),
    _one("application", _application),
    _page("fill", wrong_unit=HIDDEN, kwargs=_part),
    _page("reports"),
    _page("report", wrong_unit=HIDDEN, kwargs=_held),
    public("facility_public:rounds"),
    public("facility_public:near"),
    _one("facility", _facility),
    _one("label", _facility),
    _one("fault", _fault),
    public("facility_public:report", kwargs=lambda world: {"pk": _facility(world).pk}),
    public(
        "facility_public:status",
        kwargs=lambda world: _named(_fault(world)),
    ),
)
