"""How the record desk shows and takes the records of facilities and titles."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    FacilityCheck,
    FacilityStage,
    FacilityVisits,
    TitleEnd,
)
from kexie.ledger.record_types import Band, RecordType, ReferenceType

MANY_IN_A_FACILITY = 1_000

RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="facilities.stages",
        model=FacilityStage,
        columns=(
            "occurred_on",
            "facility",
            "facility_kind",
            "unit",
            "stage",
            "reason",
            "document",
            "receiver",
        ),
        filters=("unit", "facility_kind", "stage"),
        search=("facility__name", "reason", "document", "receiver", "note"),
        fields=("unit", "area", "facility", "occurred_on", "stage", "reason", "document", "receiver", "note"),
        help=_("进入新阶段时记一条，不改旧记录；停用、摘牌、移交也各记一条。"),
    ),
    RecordType(
        key="facilities.visits",
        model=FacilityVisits,
        phone=True,
        columns=("occurred_on", "facility", "facility_kind", "unit", "headcount", "method", "theme"),
        filters=("unit", "facility_kind", "method"),
        search=("facility__name", "theme", "note", "count_basis"),
        fields=(
            "unit",
            "area",
            "facility",
            "occurred_on",
            "span",
            "theme",
            "headcount",
            "method",
            "count_basis",
            "note",
        ),
        help=_("开放一次记一条，或每月记一条整月合计，两种不能并存；没有计数就留空，不要估。"),
        bands=(
            Band(field="headcount", high=MANY_IN_A_FACILITY, ask=_("单日人次较多，请说明计数方法和范围。")),
        ),
    ),
    RecordType(
        key="facilities.checks",
        model=FacilityCheck,
        columns=("occurred_on", "facility", "facility_kind", "unit", "result", "found", "sample"),
        filters=("unit", "facility_kind", "result", "sample"),
        search=("facility__name", "sample", "note"),
        fields=("unit", "area", "facility", "occurred_on", "result", "found", "sample", "note"),
        help=_("随机抽查的结果由“抽查”页面自动登记；不在抽查里的检查在这里登记，抽查名称留空。"),
    ),
    RecordType(
        key="facilities.accreditations",
        model=Accreditation,
        columns=("occurred_on", "title", "holder", "area", "batch", "valid_to", "certificate_no"),
        filters=("title", "area", "batch"),
        search=("holder__name", "certificate_no", "note"),
        fields=(
            "unit",
            "area",
            "title",
            "holder",
            "batch",
            "occurred_on",
            "valid_to",
            "certificate_no",
            "note",
        ),
        help=_("省科协的“科普教育基地”和省科技厅的“科学技术普及基地”是两种称号，请看清文件再选。"),
    ),
    RecordType(
        key="facilities.title_ends",
        model=TitleEnd,
        columns=("occurred_on", "accreditation", "kind", "unit", "document", "reason"),
        filters=("kind", "area"),
        search=("accreditation__holder__name", "document", "reason"),
        fields=("unit", "area", "accreditation", "occurred_on", "kind", "document", "reason", "note"),
        help=_("称号没到期就被撤销或放弃时登记；从这一天起不再计入有效数，累计数不变。到期不用登记。"),
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="facilities.facilities",
        model=Facility,
        columns=("name", "kind", "area", "unit", "host", "keeper", "area_m2", "length_m"),
        filters=("kind", "unit", "area"),
        search=("name", "address", "keeper"),
        fields=(
            "unit",
            "area",
            "name",
            "kind",
            "host",
            "address",
            "keeper",
            "directions",
            "phone",
            "longitude",
            "latitude",
            "opening",
            "length_m",
            "area_m2",
            "exhibits",
            "funding",
            "note",
        ),
    ),
)
