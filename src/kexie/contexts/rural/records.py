"""What the record desk offers of rural work."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.rural.models import (
    Backyard,
    BackyardStage,
    HelpResult,
    PromotedItem,
    Promotion,
    Training,
    VillagePosting,
)
from kexie.ledger.record_types import Band, RecordType, ReferenceType

RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="rural.trainings",
        model=Training,
        columns=("occurred_on", "title", "subject", "unit", "area", "headcount", "method", "held"),
        filters=("unit", "area", "subject", "method", "held", "mode"),
        search=("title", "subject", "speaker", "partner", "note"),
        fields=(
            "unit", "area", "place", "title", "subject", "speaker", "occurred_on", "starts_at", "ends_at", "host",
            "partner", "mode", "audience", "held", "headcount", "method", "count_basis", "note",
        ),
        initial={"kind": Training.KIND},
        phone=True,
        bands=(
            Band(
                "headcount",
                low=20,
                high=300,
                ask=_("一场农民培训通常有20至300人次，请说明计数方法和范围。"),
            ),
        ),
        help=_("每场培训记一条；取消的也记，去掉“已举办”。"),
    ),
    RecordType(
        key="rural.promotions",
        model=Promotion,
        columns=("occurred_on", "item", "unit", "area", "training", "base", "acreage_mu", "households"),
        filters=("unit", "area", "item__kind", "item__crop", "backyard"),
        search=("item__name", "item__crop", "base", "note"),
        fields=(
            "unit", "area", "item", "occurred_on", "training", "backyard", "base", "acreage_mu", "households", "note",
        ),
        phone=True,
        help=_("先在“新品种新技术”里选已登记的；同一项不要重复登记。"),
    ),
    RecordType(
        key="rural.backyard_stages",
        model=BackyardStage,
        columns=("occurred_on", "backyard", "stage", "document_no", "unit", "area"),
        filters=("stage", "unit", "area", "backyard"),
        search=("backyard__name", "document_no", "note"),
        fields=("unit", "area", "backyard", "stage", "occurred_on", "document_no", "reason", "note"),
    ),
    RecordType(
        key="rural.postings",
        model=VillagePosting,
        columns=("occurred_on", "ended_on", "person", "village", "role", "unit", "area"),
        filters=("unit", "area", "role", "village"),
        search=("village__name", "document_no"),
        fields=("unit", "area", "person", "village", "role", "occurred_on", "ended_on", "document_no", "note"),
    ),
    RecordType(
        key="rural.help_results",
        model=HelpResult,
        columns=("occurred_on", "village", "is_delisted", "households", "persons", "unit", "area"),
        filters=("unit", "area", "is_delisted"),
        search=("village__name", "document_no", "note"),
        fields=("unit", "area", "village", "occurred_on", "is_delisted", "households", "persons", "document_no", "note"),
        help=_("只登记汇总数，不登记农户和个人信息。"),
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="rural.backyards",
        model=Backyard,
        columns=("name", "crop", "host", "university", "chief_expert", "unit", "area"),
        filters=("crop", "unit", "area"),
        search=("name", "crop", "university__name"),
        fields=("unit", "area", "name", "crop", "host", "university", "chief_expert", "note"),
    ),
    ReferenceType(
        key="rural.items",
        model=PromotedItem,
        columns=("name", "kind", "crop", "source", "approval_no"),
        filters=("kind", "crop"),
        search=("name", "crop", "source", "approval_no"),
        fields=("unit", "name", "kind", "crop", "source", "approval_no", "note"),
    ),
)
