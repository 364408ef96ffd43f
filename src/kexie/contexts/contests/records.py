"""What the record desk offers of contests."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.contests.models import Contest, ContestHolding, ContestResult, ProgrammeEdition
from kexie.ledger.record_types import Band, RecordType, ReferenceType

RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(
        key="contests.holdings",
        model=ContestHolding,
        columns=("occurred_on", "contest", "unit", "area", "entries", "headcount", "method", "published_on"),
        filters=("unit", "area", "contest__series", "contest__level", "method"),
        search=("contest__name", "unit__name", "partner", "note"),
        fields=(
            "unit", "area", "place", "contest", "occurred_on", "entries", "schools", "headcount", "method",
            "count_basis", "partner", "published_on", "note",
        ),
        bands=(
            Band(
                "entries",
                low=50,
                high=1500,
                ask=_("一场竞赛通常收到50至1500件作品，请说明征集范围和统计口径。"),
            ),
        ),
        help=_("竞赛结束后记一条；先在“竞赛”里登记本届竞赛。"),
    ),
    RecordType(
        key="contests.results",
        model=ContestResult,
        columns=("occurred_on", "contest", "title", "category", "group", "grade", "school", "pupil"),
        filters=("contest", "category", "group", "grade", "school"),
        search=("title", "school__name", "tutor", "certificate_no"),
        fields=(
            "unit", "area", "contest", "occurred_on", "title", "category", "group", "grade", "school", "pupil",
            "tutor", "certificate_no", "note",
        ),
        help=_("结果公布后记录；未成年人只写隐去的姓名。"),
    ),
    RecordType(
        key="contests.programmes",
        model=ProgrammeEdition,
        columns=("occurred_on", "series", "theme", "unit", "area", "schools", "headcount", "method"),
        filters=("unit", "area", "series", "year", "method"),
        search=("series__name", "theme", "partner", "note"),
        fields=(
            "unit", "area", "place", "series", "year", "occurred_on", "ended_on", "theme", "schools",
            "headcount", "method", "count_basis", "partner", "note",
        ),
        phone=True,
    ),
)

REFERENCE_TYPES: tuple[ReferenceType, ...] = (
    ReferenceType(
        key="contests.contests",
        model=Contest,
        columns=("name", "series", "year", "level", "unit", "registration_opens_on", "registration_closes_on", "final_on"),
        filters=("series", "year", "level", "unit"),
        search=("name", "series__name", "edition"),
        fields=(
            "unit", "area", "name", "series", "year", "edition", "level", "registration_opens_on",
            "registration_closes_on", "final_on", "audience", "note",
        ),
    ),
)
