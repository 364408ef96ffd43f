"""How the record desk shows and takes the museums' records."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models import (
    ClosedDay,
    DailyVisits,
    Exhibit,
    ExhibitStage,
    Hall,
    Museum,
    MuseumStage,
    Show,
    ShowTime,
)
from kexie.ledger.record_types import Band, RecordType, ReferenceType

# Three times what a museum of 7 250 m² of halls may hold at once (domain.md sections 2.2 and 8).
MANY_IN_A_SLOT = 5_400
MANY_AT_A_SHOW = 500

RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="museums.visits", model=DailyVisits, phone=True,
        columns=("occurred_on", "unit", "slot", "headcount", "method", "note"),
        filters=("unit", "slot", "method"), search=("unit__name", "note", "count_basis"),
        fields=("unit", "occurred_on", "slot", "headcount", "method", "count_basis", "note"),
        help=_("每馆每时段按计数方法各记一条，同一名观众只记在一种方法里；没有计数就留空，不要估。"),
        bands=(
            Band(field="headcount", high=MANY_IN_A_SLOT,
                 ask=_("单个时段超过瞬时承载量的三倍，请说明计数方法和范围。")),
        ),
    ),
    RecordType(
        key="museums.shows", model=Show, phone=True,
        columns=("occurred_on", "starts_at", "title", "unit", "place", "headcount", "method", "held"),
        filters=("unit", "series", "held", "method"), search=("title", "subject", "speaker", "note"),
        fields=("unit", "occurred_on", "starts_at", "ends_at", "title", "series", "subject", "place", "speaker",
                "headcount", "method", "audience", "held", "note"),
        help=_("一场一条；取消的场次也要记录，去掉“已举办”并在说明里写原因。"),
        bands=(
            Band(field="headcount", high=MANY_AT_A_SHOW, ask=_("单场观众较多，请说明场地和计数方法。")),
        ),
    ),
    RecordType(
        key="museums.stages", model=MuseumStage,
        columns=("occurred_on", "museum", "stage", "document_no", "note"),
        filters=("museum", "stage"), search=("museum__name", "document_no", "note"),
        fields=("unit", "museum", "occurred_on", "stage", "document_no", "note"),
        help=_("进入新阶段时记一条，不改旧记录；日期写进入该阶段的日期。"),
    ),
    RecordType(
        key="museums.closed_days", model=ClosedDay, phone=True,
        columns=("occurred_on", "unit", "reason", "notice", "note"),
        filters=("unit", "reason"), search=("notice", "note"),
        fields=("unit", "occurred_on", "reason", "notice", "note"),
        help=_("本应开放而不开放的日子一天一条；公告文字会显示在门户上。"),
    ),
    RecordType(
        key="museums.exhibit_stages", model=ExhibitStage, phone=True,
        columns=("occurred_on", "exhibit", "unit", "stage", "cause"),
        filters=("unit", "stage"), search=("exhibit__name", "exhibit__number", "cause", "note"),
        fields=("unit", "exhibit", "occurred_on", "stage", "cause", "note"),
        help=_("展品报修、修复、撤展时各记一条。"),
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="museums.museums", model=Museum,
        columns=("name", "level", "area", "floor_area", "exhibition_area", "instant_cap"),
        filters=("level", "area"), search=("name", "address"),
        fields=("unit", "area", "name", "level", "address", "phone", "floor_area", "exhibition_area", "standard",
                "open_weekdays", "opens_on_holidays", "opens_at", "closes_at", "last_entry_at", "instant_cap",
                "daily_cap", "ticket", "note"),
    ),
    ReferenceType(
        key="museums.halls", model=Hall, columns=("name", "unit", "use", "floor", "area_m2", "seats"),
        filters=("unit", "use"), search=("name",),
        fields=("unit", "name", "use", "floor", "area_m2", "seats", "place", "note"),
    ),
    ReferenceType(
        key="museums.exhibits", model=Exhibit, columns=("number", "name", "unit", "hall", "theme", "installed_on"),
        filters=("unit", "hall"), search=("name", "number", "theme"),
        fields=("unit", "number", "name", "hall", "theme", "installed_on", "note"),
    ),
    ReferenceType(
        key="museums.showtimes", model=ShowTime,
        columns=("name", "unit", "hall", "weekdays", "starts_at", "valid_from", "valid_to"),
        filters=("unit", "hall"), search=("name",),
        fields=("unit", "name", "series", "hall", "weekdays", "starts_at", "minutes", "valid_from", "valid_to",
                "note"),
    ),
)
