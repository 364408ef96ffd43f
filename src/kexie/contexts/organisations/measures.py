"""What the records of this context can be counted as; the coverages are ratios of two sets at a date."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kexie.contexts.organisations.models import (
    AcademicEvent,
    AcademicOutcome,
    AssociationStage,
    CadreTraining,
    CountyAssociationStage,
    Inspection,
    JurisdictionListing,
    SocietyTerm,
    TitleListing,
)
from kexie.contexts.organisations.states import EXISTING
from kexie.ledger.measures import (
    Cell,
    Count,
    Dim,
    Distinct,
    LatestStock,
    Measure,
    Ratio,
    Sum,
    ValidStock,
    known,
)

GROUP = "organisation"
_Title = TitleListing.Title
_SOCIETY = Q(unit__kind="SOCIETY") | Q(host__kind="SOCIETY")


def firms_with_association(cell: Cell) -> QuerySet[Any]:
    """Return the ids of the firms that have an existing association on the cell's last day."""
    stages = AssociationStage.objects.filter(known(cell.known_at), grassroots__kind="ENTERPRISE")
    return LatestStock("grassroots", EXISTING).narrow(stages, cell.period).values("grassroots__host_id")


def firms_with_title(cell: Cell, title: str) -> QuerySet[Any]:
    """Return the ids of the firms that hold a title on the cell's last day."""
    listings = TitleListing.objects.filter(known(cell.known_at), title=title)
    return ValidStock().narrow(listings, cell.period).values("firm_id")


def has_association(cell: Cell) -> Q:
    """Return the part of the listed firms that have an association."""
    return Q(firm_id__in=firms_with_association(cell))


def is_high_tech(cell: Cell) -> Q:
    """Return the part of the enterprise associations whose firm is a high-tech enterprise."""
    return Q(grassroots__host_id__in=firms_with_title(cell, _Title.HIGH_TECH))


def has_county_association(cell: Cell) -> Q:
    """Return the part of the county-level areas that have an association."""
    stages = CountyAssociationStage.objects.filter(known(cell.known_at))
    existing = LatestStock("area", ("ESTABLISHED",)).narrow(stages, cell.period)
    return Q(area_id__in=existing.values("area_id"))


def _coverage(key: str, label: Any, title: str, words: tuple[str, ...], definition: Any) -> Measure:
    return Measure(
        key=key,
        label=label,
        unit="%",
        also_units=("率",),
        of=TitleListing,
        kind=Ratio(part=has_association),
        time=ValidStock(),
        where=Q(title=title),
        words=words,
        definition=definition,
        source=_("以批复文件和公布的企业名单为准"),
        group=GROUP,
    )


def _grassroots(*, kind: str, **declared: Any) -> Measure:
    """Declare a stock of the associations of one kind that exist on a day."""
    return Measure(
        of=AssociationStage,
        kind=Count(),
        time=LatestStock("grassroots", EXISTING),
        where=Q(grassroots__kind=kind),
        dims=(_INDUSTRY,),
        source=_("《企业科学技术协会组织通则》：以科协批复为成立"),
        group=GROUP,
        **declared,
    )


_INDUSTRY = Dim("industry", _("行业"), "grassroots__industry")
COVERAGE_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="organisations.county_coverage",
        label=_("县级科协组织覆盖率"),
        unit="%",
        also_units=("率",),
        of=JurisdictionListing,
        kind=Ratio(part=has_county_association),
        time=ValidStock(),
        words=(
            "县区|县市区|市区|市县|县级|区县|各县 科协组织|科协 覆盖|全覆盖",
            "全市|各地|全域 科协组织建设 覆盖|全覆盖",
        ),
        definition=_(
            "截至当日已建立科协的县级行政区数 ÷ 当日在册的县级行政区数。没有县级行政区名单时无法计算。"
        ),
        source=_("以批复文件和县级行政区名单为准"),
        group=GROUP,
    ),
    _coverage(
        "organisations.little_giant_coverage",
        _("专精特新“小巨人”企业科协覆盖率"),
        _Title.LITTLE_GIANT,
        ("小巨人 科协 覆盖|全覆盖|覆盖率", "专精特新小巨人 科协 覆盖|全覆盖"),
        _(
            "截至当日称号有效的专精特新“小巨人”企业中，已批复成立且未撤销企业科协的企业所占比例。"
            "没有称号名单时无法计算，不写作100%。"
        ),
    ),
    _coverage(
        "organisations.specialised_coverage",
        _("省级专精特新企业科协覆盖率"),
        _Title.SPECIALISED,
        ("省级专精特新|专精特新中小企业 科协 覆盖|全覆盖|覆盖率",),
        _("截至当日称号有效的省级专精特新中小企业中，已成立企业科协的企业所占比例。没有名单时无法计算。"),
    ),
    _coverage(
        "organisations.high_tech_coverage",
        _("高新技术企业科协覆盖率"),
        _Title.HIGH_TECH,
        ("高新技术企业|高企|高新企业 科协 覆盖|全覆盖|覆盖率|占比|建成率",),
        _(
            "截至当日证书有效的高新技术企业中，已成立企业科协的企业所占比例（高企的科协覆盖率）。"
            "与“企业科协中的高企占比”是两个比例，分别计算。"
        ),
    ),
    Measure(
        key="organisations.high_tech_share",
        label=_("企业科协中的高新技术企业占比"),
        unit="%",
        also_units=("率",),
        of=AssociationStage,
        kind=Ratio(part=is_high_tech),
        time=LatestStock("grassroots", EXISTING),
        where=Q(grassroots__kind="ENTERPRISE"),
        words=("高新技术企业科协 占比|比重|比例", "企业科协 高新技术企业|高企 占比|比重|比例"),
        definition=_(
            "截至当日存续的企业科协中，所在企业持有有效高新技术企业证书的所占比例。没有存续的企业科协时无法计算。"
        ),
        source=_("以批复文件和公布的企业名单为准"),
        group=GROUP,
    ),
)

ASSOCIATION_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="organisations.enterprise_associations_ever",
        label=_("累计成立企业科协"),
        unit="家",
        also_units=("个",),
        of=AssociationStage,
        kind=Distinct("grassroots"),
        where=Q(stage="APPROVED", grassroots__kind="ENTERPRISE"),
        dims=(_INDUSTRY,),
        words=(
            "累计|先后|共|新 成立|建立|组建|新建|批复 企业科协",
            "成立|建立|组建|批复|建成 企业科协|企业科学技术协会",
        ),
        definition=_("科协批复成立过的企业科协数，同一企业只计一家，后来撤销的仍在累计数内；按批复日期计。"),
        source=_("《企业科学技术协会组织通则》：以科协批复为成立"),
        group=GROUP,
    ),
    _grassroots(
        key="organisations.enterprise_associations",
        label=_("现有企业科协"),
        kind="ENTERPRISE",
        unit="家",
        also_units=("个",),
        words=("现有|现存|共有|拥有|目前|总数 企业科协", "企业科协 达|达到|总数"),
        definition=_("截至当日已批复成立且未撤销的企业科协数。"),
    ),
    _grassroots(
        key="organisations.university_associations",
        label=_("高校科协"),
        kind="UNIVERSITY",
        unit="个",
        also_units=("家",),
        words=("高校科协|高等院校科协|高校科学技术协会|大学科协|院校科协",),
        definition=_("截至当日已批复成立且未撤销的高校科协数。"),
    ),
    _grassroots(
        key="organisations.park_associations",
        label=_("园区科协"),
        kind="PARK",
        unit="个",
        also_units=("家",),
        words=("园区科协|开发区科协|产业园科协|工业园区科协",),
        definition=_("截至当日已批复成立且未撤销的园区、开发区科协数。"),
    ),
    Measure(
        key="organisations.county_associations",
        label=_("县级科协"),
        unit="个",
        also_units=("家",),
        of=CountyAssociationStage,
        kind=Count(),
        time=LatestStock("area", ("ESTABLISHED",)),
        words=("县级科协|县区科协|县市区科协|县（市、区）科协|区县科协",),
        definition=_("截至当日已建立且未撤并的县级科协数。"),
        source=_("以批复文件和县级行政区名单为准"),
        group=GROUP,
    ),
    Measure(
        key="organisations.little_giants",
        label=_("专精特新“小巨人”企业"),
        unit="家",
        also_units=("户", "个"),
        of=TitleListing,
        kind=Count(),
        time=ValidStock(),
        where=Q(title=_Title.LITTLE_GIANT),
        words=("小巨人 企业",),
        definition=_("截至当日称号有效的国家级专精特新“小巨人”企业数，以认定和复核文件为准。"),
        source=_("以公布的企业名单为准"),
        group="innovation",
    ),
    Measure(
        key="organisations.high_tech_firms",
        label=_("高新技术企业"),
        unit="家",
        also_units=("户", "个"),
        of=TitleListing,
        kind=Count(),
        time=ValidStock(),
        where=Q(title=_Title.HIGH_TECH),
        words=("高新技术企业|高企",),
        definition=_("截至当日证书有效的高新技术企业数（已导入名单的范围内）。"),
        source=_("以公布的企业名单为准"),
        group="innovation",
    ),
)

SOCIETY_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="organisations.academic_events",
        label=_("市级学会学术研讨论坛"),
        unit="场次",
        also_units=("场", "次", "个", "期"),
        of=AcademicEvent,
        kind=Count(),
        where=Q(held=True) & _SOCIETY,
        dims=(Dim("mode", _("方式")),),
        words=(
            "学术研讨|学术论坛|学术交流|学术会议|学术年会|学术报告|学术活动|研讨论坛|学术研讨论坛",
            "学会 论坛|研讨会|年会|学术",
        ),
        definition=_(
            "市级学会主办或承办、已举办的学术会议、研讨和论坛场次，取消的不计；其他单位单独办的不计。"
        ),
        source=_("工作口径：实际举办一场计一场"),
        group="innovation",
    ),
    Measure(
        key="organisations.academic_attendance",
        label=_("市级学会学术活动参加人次"),
        unit="人次",
        of=AcademicEvent,
        kind=Sum("headcount"),
        where=Q(held=True) & _SOCIETY,
        dims=(Dim("mode", _("方式")),),
        words=("学术研讨|学术论坛|学术交流|学术会议|学术年会|学术活动 参加|参与|参会|人次",),
        definition=_("上述学术活动的参加人次；没有计数的场次不估、不补。"),
        source=_("工作口径：按计数方法记录的参加人次"),
        group="innovation",
    ),
    Measure(
        key="organisations.academic_papers",
        label=_("学术活动录用的论文"),
        unit="篇",
        of=AcademicOutcome,
        kind=Sum("papers_accepted"),
        words=(
            "学术年会|学术会议|学术活动|学术论坛|学术交流|研讨会|年会 论文 录用|入选|收录",
            "学会 论文 录用|入选|收录",
        ),
        definition=_("期内举办的学术活动录用的论文篇数之和。"),
        source=_("以学术活动的评审结论为准"),
        group="innovation",
    ),
    Measure(
        key="organisations.academic_papers_submitted",
        label=_("学术活动收到的论文"),
        unit="篇",
        of=AcademicOutcome,
        kind=Sum("papers_submitted"),
        words=(
            "学术年会|学术会议|学术活动|学术论坛|学术交流|研讨会|年会 论文 收到|征集|投稿|提交",
            "学会 论文 收到|征集|投稿|提交",
        ),
        definition=_("期内举办的学术活动收到的论文篇数之和，含没有录用的。"),
        source=_("以学术活动的投稿登记为准"),
        group="innovation",
    ),
    Measure(
        key="organisations.societies_in_term",
        label=_("任期内的市级学会"),
        unit="个",
        also_units=("家",),
        of=SocietyTerm,
        kind=Distinct("unit"),
        time=ValidStock(),
        words=("市级学会|所属学会|学会 现有|共有|主管|业务主管", "学会 任期内|按期换届"),
        definition=_("截至当日理事会任期未届满的市级学会数。"),
        source=_("以换届批复文件为准"),
        group=GROUP,
    ),
    Measure(
        key="organisations.society_elections",
        label=_("学会换届"),
        unit="个",
        also_units=("家", "次"),
        of=SocietyTerm,
        kind=Distinct("unit"),
        where=Q(number__gt=1),
        words=("学会 换届|完成换届|按期换届", "指导|督促 换届"),
        definition=_("期内召开换届大会、产生新一届理事会的学会数；第一届成立大会不计。"),
        source=_("以换届批复文件为准"),
        group=GROUP,
    ),
    Measure(
        key="organisations.inspections_passed",
        label=_("年检合格的学会"),
        unit="个",
        also_units=("家",),
        of=Inspection,
        kind=Distinct("unit"),
        where=Q(result="PASSED"),
        dims=(Dim("inspection_year", _("检查年度"), "year"),),
        words=("学会 年检|年度检查 合格|通过",),
        definition=_("年检结论为“合格”的学会数；“基本合格”不计。一个学会在期内多次合格只计一个。"),
        source=_("以年检结论为准"),
        group=GROUP,
    ),
    Measure(
        key="organisations.inspections",
        label=_("学会年检"),
        unit="个",
        also_units=("家", "次"),
        of=Inspection,
        kind=Count(),
        dims=(Dim("inspection_year", _("检查年度"), "year"), Dim("result", _("结论"))),
        words=("学会 年检|年度检查|清理整顿",),
        definition=_("作出年检结论的次数，一个学会一个年度计一次。"),
        source=_("以年检结论为准"),
        group=GROUP,
    ),
)

TRAINING_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="organisations.cadre_training_counties",
        label=_("举办科协干部培训的县（市、区）"),
        unit="个",
        also_units=("地", "县", "家"),
        of=CadreTraining,
        kind=Distinct("unit"),
        where=Q(held=True, unit__kind="COUNTY_ASSOCIATION"),
        words=("县|区|县域|县（市、区）|等地 科协干部 培训", "科协干部 培训班|能力提升 县|区|等地"),
        definition=_("举办过基层科协干部培训班的县级科协数，同一县办多期只计一个；取消的班次不计。"),
        source=_("工作口径：实际举办一期计一期"),
        group=GROUP,
    ),
    Measure(
        key="organisations.cadre_trainings",
        label=_("科协干部培训班"),
        unit="期",
        also_units=("场次", "场", "次", "个"),
        of=CadreTraining,
        kind=Count(),
        where=Q(held=True),
        words=("科协干部|基层科协|科协系统干部 培训班|培训|能力提升",),
        definition=_("已举办的科协干部培训班期数，取消的不计。"),
        source=_("工作口径：实际举办一期计一期"),
        group=GROUP,
    ),
    Measure(
        key="organisations.cadre_trainees",
        label=_("科协干部培训人次"),
        unit="人次",
        also_units=("名", "人"),
        of=CadreTraining,
        kind=Sum("headcount"),
        where=Q(held=True),
        words=("科协干部|基层科协 培训 人次|名|人",),
        definition=_("科协干部培训班的参训人次，按签到或花名册计。"),
        source=_("工作口径：按计数方法记录的参加人次"),
        group=GROUP,
    ),
)

MEASURES: tuple[Measure, ...] = (
    *COVERAGE_MEASURES,
    *ASSOCIATION_MEASURES,
    *SOCIETY_MEASURES,
    *TRAINING_MEASURES,
)
