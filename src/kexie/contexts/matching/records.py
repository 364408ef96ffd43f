"""What the record desk offers of matching."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models import (
    Agreement,
    CarrierStage,
    EventIndustry,
    Expert,
    ExpertVisit,
    Industry,
    MatchEvent,
    Problem,
    ProblemStage,
    ServiceCarrier,
)
from kexie.ledger.record_types import Band, RecordType, ReferenceType

RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="matching.problem_stages",
        model=ProblemStage,
        columns=("occurred_on", "problem", "stage", "expert", "firm_person", "firm_confirmed_on", "unit"),
        filters=("stage", "unit", "area", "problem__industry"),
        search=("problem__name", "problem__number", "problem__firm__name", "note"),
        fields=(
            "unit", "area", "problem", "stage", "occurred_on", "expert", "firm_person", "firm_confirmed_on",
            "reason", "note",
        ),
        help=_("难题每走一步记一条；“已解决”须由企业确认。"),
    ),
    RecordType(
        key="matching.agreements",
        model=Agreement,
        columns=("occurred_on", "title", "kind", "partner_unit", "firm", "expert", "event", "valid_to"),
        filters=("kind", "unit", "area", "event", "partner_unit"),
        search=("title", "number", "partner", "partner_unit__name", "firm__name", "expert__name"),
        fields=(
            "unit", "area", "kind", "title", "number", "occurred_on", "valid_to", "partner_unit", "partner",
            "firm", "expert", "event", "problem", "note",
        ),
    ),
    RecordType(
        key="matching.visits",
        model=ExpertVisit,
        columns=("occurred_on", "expert", "firm", "event", "problem", "topic", "unit"),
        filters=("unit", "area", "event", "expert", "firm"),
        search=("expert__name", "firm__name", "topic", "outcome"),
        fields=("unit", "area", "place", "occurred_on", "expert", "firm", "event", "problem", "topic", "outcome", "note"),
        phone=True,
        help=_("专家到一家企业或参加一场对接活动记一条。"),
    ),
    RecordType(
        key="matching.events",
        model=MatchEvent,
        columns=("occurred_on", "title", "unit", "area", "subject", "headcount", "method", "held"),
        filters=("unit", "area", "series", "held", "method"),
        search=("title", "subject", "partner", "note"),
        fields=(
            "unit", "area", "place", "title", "series", "subject", "occurred_on", "starts_at", "ends_at", "host",
            "partner", "mode", "audience", "held", "headcount", "method", "count_basis", "note",
        ),
        initial={"kind": MatchEvent.KIND},
        bands=(Band("headcount", high=500, ask=_("一场对接活动超过500人次，请说明计数方法和范围。")),),
    ),
    RecordType(
        key="matching.event_industries",
        model=EventIndustry,
        columns=("occurred_on", "event", "industry", "unit"),
        filters=("industry", "event"),
        search=("event__title", "industry__name"),
        fields=("unit", "area", "event", "industry", "occurred_on", "note"),
    ),
    RecordType(
        key="matching.carrier_stages",
        model=CarrierStage,
        columns=("occurred_on", "carrier", "stage", "document_no", "unit", "area"),
        filters=("stage", "carrier__kind", "carrier__level", "unit", "area"),
        search=("carrier__name", "document_no", "note"),
        fields=("unit", "area", "carrier", "stage", "occurred_on", "document_no", "reason", "note"),
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="matching.problems",
        model=Problem,
        columns=("number", "name", "firm", "industry", "confidentiality", "unit"),
        filters=("industry", "confidentiality", "unit", "area"),
        search=("number", "name", "firm__name", "summary"),
        fields=("unit", "area", "number", "name", "firm", "industry", "summary", "confidentiality", "note"),
    ),
    ReferenceType(
        key="matching.experts",
        model=Expert,
        columns=("name", "title", "employer", "society", "discipline", "is_home", "may_be_shown"),
        filters=("society", "is_home", "may_be_shown"),
        search=("name", "employer", "discipline"),
        fields=(
            "unit", "area", "name", "title", "employer", "society", "discipline", "is_home", "may_be_shown", "note",
        ),
    ),
    ReferenceType(
        key="matching.carriers",
        model=ServiceCarrier,
        columns=("name", "kind", "level", "host", "society", "field", "area"),
        filters=("kind", "level", "society", "area"),
        search=("name", "host__name", "society__name", "field"),
        fields=("unit", "area", "name", "kind", "level", "host", "society", "field", "note"),
    ),
    ReferenceType(
        key="matching.industries",
        model=Industry,
        columns=("name", "unit", "note"),
        search=("name",),
        fields=("unit", "name", "note"),
    ),
)
