"""How the record desk shows and takes the touring records."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models import (
    Caravan,
    CaravanExhibit,
    CaravanStop,
    CaravanTrip,
    CrewMember,
    FieldLog,
    SetExhibit,
    Site,
    TourDailyLog,
    TouringSet,
    TourStop,
    TourVenue,
)
from kexie.contexts.touring.rules import points, site_kinds
from kexie.ledger.origins import Origin, Way
from kexie.ledger.record_types import Band, Coordinates, RecordType, ReferenceType

# Bands of domain.md section 8, by day and by stop. The stated range of a stop is 30 000 to 50 000 visits in about
# fifty open days, and 60 000 asks for a note: 1 200 a day.
MANY_ON_A_DAY = 1_200
MANY_AT_A_CARAVAN_STOP = 1_500
FEW_KM, MANY_KM = 20, 400


def _from_the_road(trip: str) -> Origin:
    """Return what tells the records that a crew's notes on the way became."""
    logs = FieldLog.objects.filter(trip__isnull=False).values("trip_id")
    return Origin(way=Way.PHONE, where=lambda: Q(**{f"{trip}__in": logs}))


RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="touring.stops",
        model=TourStop,
        columns=("occurred_on", "ended_on", "touring_set", "unit", "area", "venue", "venue_m2"),
        filters=("touring_set", "unit", "area"),
        search=("venue", "note"),
        fields=("unit", "area", "touring_set", "venue", "venue_m2", "occurred_on", "ended_on", "note"),
        help=_("一套展品在一个场馆展出一次记一条；同一套展品的展期不能重叠。"),
    ),
    RecordType(
        key="touring.daily_logs",
        model=TourDailyLog,
        phone=True,
        columns=("occurred_on", "stop", "unit", "headcount", "method", "groups", "note"),
        filters=("unit", "method"),
        search=("stop__venue", "note", "count_basis"),
        fields=("unit", "stop", "occurred_on", "headcount", "method", "count_basis", "groups", "note"),
        help=_("每个开放日按计数方法各记一条；没有计数就留空，不要估。"),
        bands=(
            Band(
                field="headcount",
                high=MANY_ON_A_DAY,
                ask=_("高于一站一天的通常规模，请说明计数方法和范围（例如含几所学校集体参观）。"),
            ),
        ),
    ),
    RecordType(
        key="touring.caravan_trips",
        origins=(_from_the_road("pk"),),
        model=CaravanTrip,
        phone=True,
        columns=("occurred_on", "caravan", "unit", "theme", "driver", "odometer_out", "odometer_in", "km"),
        filters=("caravan", "unit"),
        search=("theme", "driver", "crew", "note"),
        fields=(
            "unit",
            "area",
            "caravan",
            "occurred_on",
            "departs_at",
            "returned_on",
            "returns_at",
            "odometer_out",
            "odometer_in",
            "driver",
            "crew",
            "theme",
            "note",
        ),
        help=_("一次出车一条，里程由里程表读数算出；到过的每一处在“大篷车活动场次”里各记一条。"),
        bands=(
            Band(
                field="km", low=FEW_KM, high=MANY_KM, ask=_("单次里程少于20或多于400公里，请核对里程表读数。")
            ),
        ),
    ),
    RecordType(
        key="touring.caravan_stops",
        origins=(_from_the_road("trip_id"),),
        model=CaravanStop,
        phone=True,
        columns=("occurred_on", "spot", "area", "trip", "audience", "headcount", "method", "materials"),
        filters=("unit", "area", "audience", "method"),
        search=("spot", "received_by", "note", "count_basis"),
        fields=(
            "unit",
            "area",
            "trip",
            "occurred_on",
            "spot",
            "audience",
            "headcount",
            "method",
            "count_basis",
            "minutes",
            "materials",
            "received_by",
            "note",
        ),
        help=_("每到一处记一条；没有计数就留空，不要估。"),
        bands=(
            Band(
                field="headcount",
                high=MANY_AT_A_CARAVAN_STOP,
                ask=_("高于全国每场均值（约900人次）较多，请说明计数方法和范围。"),
            ),
        ),
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="touring.sets",
        model=TouringSet,
        columns=("serial", "name", "theme", "exhibits", "owner", "received_on", "returned_on"),
        filters=("unit",),
        search=("serial", "name", "theme"),
        fields=(
            "unit",
            "serial",
            "name",
            "theme",
            "edition",
            "exhibits",
            "owner",
            "received_on",
            "returned_on",
            "note",
        ),
    ),
    ReferenceType(
        key="touring.set_exhibits",
        model=SetExhibit,
        columns=("touring_set", "number", "name", "zone", "condition", "checked_on"),
        filters=("touring_set", "condition"),
        search=("name", "zone"),
        fields=("unit", "touring_set", "number", "name", "zone", "note"),
    ),
    ReferenceType(
        key="touring.venues",
        model=TourVenue,
        columns=("name", "unit", "area_m2", "floor", "power", "is_fire_safe"),
        filters=("unit", "power"),
        search=("name", "address"),
        fields=(
            "unit",
            "area",
            "name",
            "address",
            "area_m2",
            "floor",
            "has_lift",
            "power",
            "is_fire_safe",
            "longitude",
            "latitude",
            "contact",
            "note",
        ),
    ),
    ReferenceType(
        key="touring.caravans",
        model=Caravan,
        columns=("name", "plate", "vehicle_type", "unit", "bought_on", "state", "retired_on"),
        filters=("unit", "vehicle_type"),
        search=("name", "plate"),
        fields=(
            "unit",
            "area",
            "name",
            "vehicle_type",
            "licence_class",
            "plate",
            "bought_on",
            "funding",
            "initial_km",
            "note",
        ),
    ),
    ReferenceType(
        key="touring.caravan_exhibits",
        model=CaravanExhibit,
        columns=("caravan", "number", "name", "kind", "condition", "checked_on"),
        filters=("caravan", "condition"),
        search=("name", "kind"),
        fields=("unit", "caravan", "number", "name", "kind", "note"),
    ),
    ReferenceType(
        key="touring.crew",
        model=CrewMember,
        columns=("name", "job", "unit", "caravan", "licence_class", "licence_until", "left_on"),
        filters=("unit", "job", "caravan"),
        search=("name", "note"),
        fields=("unit", "name", "job", "licence_class", "licence_until", "caravan", "left_on", "note"),
        help=_("驾驶证只登记准驾车型和有效期，不登记证号。"),
    ),
    ReferenceType(
        key="touring.sites",
        model=Site,
        columns=("name", "kind", "area", "unit", "every_months", "service_minutes", "priority", "is_active"),
        filters=("unit", "area", "kind", "priority", "is_active"),
        search=("name", "address", "note"),
        identity=("area", "name"),
        readers={"kind": site_kinds.read, "longitude": points.degrees, "latitude": points.degrees},
        guesses={"kind": ("name", site_kinds.by_name)},
        spellings={
            "name": ("学校名称", "校名", "学校", "点位名称", "村名", "地点"),
            "kind": ("类别", "学校类型", "办学类型", "点位类型"),
            "address": ("学校地址", "详细地址"),
            "pupils": ("学生数", "学生人数", "在校生", "在校生数", "在校学生数"),
            "longitude": ("东经",),
            "latitude": ("北纬",),
        },
        coordinates=Coordinates(
            longitude="longitude", latitude="latitude", systems=points.SYSTEMS, convert=points.to_wgs84
        ),
        fields=(
            "unit",
            "area",
            "name",
            "kind",
            "host",
            "address",
            "longitude",
            "latitude",
            "pupils",
            "service_minutes",
            "every_months",
            "least_days",
            "market_use",
            "can_stay",
            "priority",
            "is_active",
            "note",
        ),
        help=_(
            "大篷车可能去的学校、村和广场；坐标用 WGS-84（CGCS2000）的度数，没有坐标的点位先登记，补上后才排行程。"
        ),
    ),
)
