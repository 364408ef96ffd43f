"""What the records of this context can be counted as, honours and campaigns among them."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.governance.models import (
    CAMPAIGN_KINDS,
    LearningMeeting,
    PopularActivity,
    RectificationStage,
)
from kexie.ledger.measures import Cell, Count, Dim, Distinct, LatestStock, Measure, Ratio, Streak, Sum
from kexie.ledger.models import Activity, Campaign, Honour

_Kind = Activity.Kind
_POPULAR = "popularisation"
_ORGANISATION = "organisation"
_IN_CAMPAIGN = Q(held=True, kind__in=CAMPAIGN_KINDS) & Q(
    Exists(
        Campaign.objects.filter(
            association_id=OuterRef("association_id"),
            starts_on__lte=OuterRef("occurred_on"),
            ends_on__gte=OuterRef("occurred_on"),
        )
    )
)
_KIND = Dim("kind", _("活动类型"))
_MODE = Dim("mode", _("方式"))
_CAMPAIGN_AWARD = Q(award__in=("全国科普日", "全国科普月"), title__contains="优秀")
_METHOD_CONTEST = Q(award__contains="创新方法大赛", title__contains="优秀组织")
_STAGES = tuple(RectificationStage.Stage.values)


def closed(cell: Cell) -> Q:
    """Return the part of the rectification items that is closed."""
    return Q(stage="CLOSED")


ACTIVITY_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="governance.popular_activities",
        label=_("科普活动"),
        unit="场次",
        also_units=("场", "次"),  # 个 would take 科普活动室135个 for activities
        of=PopularActivity,
        kind=Count(),
        where=Q(held=True),
        dims=(_KIND, _MODE),
        words=(
            "科普活动|科普宣传活动|科普惠民活动|科学普及活动",
            "科普 进社区|进农村|进校园|进企业|进机关|六进",
        ),
        definition=_(
            "已举办的讲座、展览、科技咨询、进校园和其他科普活动场次，取消的不计；"
            "展演、大篷车、流动科技馆、竞赛和农技培训各有指标，不在此列。"
        ),
        source=_("全国科普统计调查：科普活动次数"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.popular_visits",
        label=_("科普活动参加人次"),
        unit="人次",
        of=PopularActivity,
        kind=Sum("headcount"),
        where=Q(held=True),
        dims=(_KIND, _MODE),
        words=(
            "科普活动|科普宣传活动|科普惠民活动 参加|参与|受益|惠及|覆盖|受众|人次",
            "科普 进社区|进农村|进校园|进企业 参加|参与|受益|惠及|覆盖|人次",
        ),
        definition=_("上述科普活动的参加人次，同一人参加两场计两次；没有计数的场次不估、不补。"),
        source=_("全国科普统计调查：科普活动参加人次"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.lectures",
        label=_("科普讲座"),
        unit="场次",
        also_units=("场", "次", "期", "讲"),
        of=PopularActivity,
        kind=Count(),
        where=Q(held=True, kind=_Kind.LECTURE),
        dims=(_MODE,),
        words=(
            "科普讲座|科普报告|科普宣讲|科学讲座|科普大讲堂|科学家精神报告会",
            "讲座|宣讲|报告会 科普|科学",
        ),
        definition=_("已举办的科普讲座、报告和宣讲场次，取消的不计。"),
        source=_("全国科普统计调查：科普（技）讲座次数"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.lecture_visits",
        label=_("科普讲座听众"),
        unit="人次",
        of=PopularActivity,
        kind=Sum("headcount"),
        where=Q(held=True, kind=_Kind.LECTURE),
        dims=(_MODE,),
        words=("科普讲座|科普报告|科普宣讲|科学讲座|科普大讲堂|讲座 听众|听讲|参加|受众|受益|人次",),
        definition=_("科普讲座的听众人次，线上听众按平台数计并注明方式。"),
        source=_("全国科普统计调查：科普（技）讲座参加人次"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.exhibitions",
        label=_("科普专题展览"),
        unit="场次",
        also_units=("场", "次", "个", "期"),
        of=PopularActivity,
        kind=Count(),
        where=Q(held=True, kind=_Kind.EXHIBITION),
        words=("科普展览|专题展览|专题展|展板展|图片展|主题展",),
        definition=_("已举办的专题展览次数，一次布展计一次；科技馆常设展和流动科技馆巡展另计。"),
        source=_("全国科普统计调查：科普（技）专题展览次数"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.consultings",
        label=_("科技咨询和义诊"),
        unit="场次",
        also_units=("场", "次"),
        of=PopularActivity,
        kind=Count(),
        where=Q(held=True, kind=_Kind.CONSULTING),
        words=("科技咨询|技术咨询|义诊|现场咨询", "科技|专家 咨询"),
        definition=_("已举办的科技咨询、义诊活动场次，取消的不计。"),
        source=_("工作口径：实际举办一场计一场"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.campaign_activities",
        label=_("全国科普日（科普月）活动"),
        unit="场次",
        also_units=("场", "次", "项", "个"),
        of=Activity,
        kind=Count(),
        where=_IN_CAMPAIGN,
        dims=(_KIND, _MODE),
        words=("全国科普日|全国科普月|科普日|科普月 活动",),
        definition=_(
            "活动日期落在全国科普日（2025年起为全国科普月）期间、已举办的展演、讲座、展览、咨询、进校园和其他科普活动；"
            "从已登记的活动中按日期取出，不另行填报。"
        ),
        source=_("《中华人民共和国科学技术普及法》（2024年修订）：全国科普月"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.campaign_visits",
        label=_("全国科普日（科普月）活动参加人次"),
        unit="人次",
        of=Activity,
        kind=Sum("headcount"),
        where=_IN_CAMPAIGN,
        dims=(_KIND, _MODE),
        words=("全国科普日|全国科普月|科普日|科普月 参加|参与|受益|惠及|人次",),
        definition=_("全国科普日（科普月）期间活动的参加人次，口径同该期活动场次。"),
        source=_("《中华人民共和国科学技术普及法》（2024年修订）：全国科普月"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.campaign_years",
        label=_("连续开展全国科普日（科普月）活动"),
        unit="年",
        also_units=("届", "次"),
        of=Activity,
        kind=Streak("occurred_on__year"),
        where=_IN_CAMPAIGN,
        words=("全国科普日|全国科普月|科普日|科普月 每年|连续|历年|届",),
        definition=_("至少举办过一场全国科普日（科普月）活动的年度，取最长的连续年数。"),
        source=_("工作口径：按年度连续计数"),
        group=_POPULAR,
    ),
)

_AWARD_DIMS = (
    Dim("award", _("奖项或活动")),
    Dim("title", _("荣誉名称")),
    Dim("awarder", _("授予单位")),
    Dim("honour_year", _("年度"), "year"),
)

HONOUR_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="governance.honours",
        label=_("集体荣誉"),
        unit="项",
        also_units=("个", "次", "家", "块"),
        of=Honour,
        kind=Count(),
        where=Q(kind="UNIT"),
        dims=_AWARD_DIMS,
        words=(
            "集体荣誉|集体表彰",
            "获|荣获|获得|获评|评为|表彰 优秀单位|优秀组织单位|优秀组织奖|先进单位|先进集体|优秀集体|荣誉",
        ),
        definition=_("市县科协、所属单位和学会获得的集体荣誉数，按表彰文件日期计，一个单位一个称号计一项。"),
        source=_("以授予单位的表彰文件为准"),
        group=_ORGANISATION,
    ),
    Measure(
        key="governance.campaign_honours",
        label=_("全国科普日优秀组织单位"),
        unit="个",
        also_units=("家", "次", "项"),
        of=Honour,
        kind=Count(),
        where=_CAMPAIGN_AWARD,
        dims=(
            Dim("title", _("荣誉名称")),
            Dim("awarder", _("授予单位")),
            Dim("honour_year", _("年度"), "year"),
        ),
        words=(
            "全国科普日|全国科普月|科普日|科普月 优秀组织单位|优秀单位|优秀活动|表彰|表扬",
            "中国科协 优秀组织单位",
        ),
        definition=_(
            "被评为全国科普日（科普月）优秀组织单位或优秀活动的数量，一个单位一年计一个。"
            "全省名次要与外市比较，不在本系统台账内。"
        ),
        source=_("以授予单位的表彰文件为准"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.campaign_honour_streak",
        label=_("连续获评全国科普日优秀组织单位"),
        unit="年",
        also_units=("次", "届"),
        of=Honour,
        kind=Streak("year"),
        where=_CAMPAIGN_AWARD,
        words=("连续 科普日|科普月 优秀",),
        definition=_("至少有一个单位获评的年度，取最长的连续年数；按表彰年度计。"),
        source=_("工作口径：按年度连续计数"),
        group=_POPULAR,
    ),
    Measure(
        key="governance.method_contest_streak",
        label=_("连续获评创新方法大赛优秀组织单位"),
        unit="年",
        also_units=("次", "届"),
        of=Honour,
        kind=Streak("year"),
        where=_METHOD_CONTEST & Q(holder__kind="ASSOCIATION"),
        dims=(Dim("award", _("奖项或活动")),),
        words=("创新方法 连续 优秀组织", "连续 优秀组织单位|优秀组织奖"),
        definition=_("市科协被评为省级以上创新方法大赛优秀组织单位的年度，取最长的连续年数；中断后重新计。"),
        source=_("工作口径：按年度连续计数"),
        group="workers",
    ),
    Measure(
        key="governance.exemplars",
        label=_("先进典型人物"),
        unit="名",
        also_units=("位", "人", "个"),
        of=Honour,
        kind=Distinct("holder_name"),
        where=Q(kind="EXEMPLAR"),
        dims=(Dim("awarder", _("授予单位")),),
        words=("先进典型|先进事迹|最美人物 涌现|选树|宣传|学习|同志", "涌现 典型|先进|模范"),
        definition=_("受到表彰或组织宣传学习的先进典型人物，同一人受多次表彰只计一名。"),
        source=_("以授予单位的表彰文件为准"),
        group="rural",
    ),
    Measure(
        key="governance.person_honours",
        label=_("个人荣誉"),
        unit="人次",
        also_units=("项", "名", "人", "个"),
        of=Honour,
        kind=Count(),
        where=Q(kind="PERSON"),
        dims=_AWARD_DIMS,
        words=("个人 荣誉|表彰|先进", "先进个人|先进工作者|优秀个人|优秀辅导员"),
        definition=_("工作人员和科技工作者获得的个人荣誉，一人一个称号计一次。"),
        source=_("以授予单位的表彰文件为准"),
        group="workers",
    ),
    Measure(
        key="governance.party_models",
        label=_("党建工作先进典型"),
        unit="个",
        also_units=("名", "家", "项"),
        of=Honour,
        kind=Count(),
        where=Q(kind="PARTY_MODEL"),
        dims=(Dim("title", _("荣誉名称")), Dim("honour_year", _("年度"), "year")),
        words=("党建 典型|先进|示范|品牌|样板", "党支部 先进|示范|标准化"),
        definition=_("选树的党建工作先进典型（党组织、党建品牌、案例），按公布文件日期计。"),
        source=_("以公布文件为准"),
        group=_ORGANISATION,
    ),
)

CONDUCT_MEASURES: tuple[Measure, ...] = (
    Measure(
        key="governance.learning_meetings",
        label=_("学习会议"),
        unit="次",
        also_units=("场", "期", "场次"),
        of=LearningMeeting,
        kind=Count(),
        dims=(Dim("meeting_kind", _("会议类型")),),
        words=(
            "中心组|党组会|党组会议|三会一课|主题党日|专题研讨|集中学习|学习研讨 学习|召开|开展|举行|组织",
            "理论学习 次|场|期",
        ),
        definition=_(
            "已召开的党组会、中心组学习、三会一课、主题党日、专题研讨次数。不统计、不比较学习时长。"
        ),
        source=_("工作口径：以会议记录为准，不计学习时长"),
        group=_ORGANISATION,
        public=False,
    ),
    Measure(
        key="governance.first_topics",
        label=_("“第一议题”学习"),
        unit="次",
        also_units=("场", "期"),
        of=LearningMeeting,
        kind=Count(),
        where=Q(has_first_topic=True),
        dims=(Dim("meeting_kind", _("会议类型")),),
        words=("第一议题|首议题|首要议题 学习|传达|研讨", "第一议题|首议题|首要议题"),
        definition=_("会议记录中写明“第一议题”的会议次数，一次会议计一次。"),
        source=_("工作口径：以会议记录为准，不计学习时长"),
        group=_ORGANISATION,
        public=False,
    ),
    Measure(
        key="governance.rectification_items",
        label=_("整改事项"),
        unit="项",
        also_units=("个", "条"),
        of=RectificationStage,
        kind=Distinct("item"),
        dims=(Dim("source", _("来源"), "item__source"), Dim("aspect", _("方面"), "item__aspect")),
        words=("巡察|巡视|审计|整改 问题|事项|任务|清单|措施",),
        definition=_("已立项的整改事项数，同一事项再次整改只计一项。"),
        source=_("巡察整改台账：立项、核验、销号分别登记"),
        group=_ORGANISATION,
        public=False,
    ),
    Measure(
        key="governance.rectification_closed",
        label=_("已销号整改事项"),
        unit="项",
        also_units=("个", "条"),
        of=RectificationStage,
        kind=Count(),
        time=LatestStock("item", ("CLOSED",)),
        dims=(Dim("source", _("来源"), "item__source"), Dim("aspect", _("方面"), "item__aspect")),
        words=("整改 完成|销号|到位|办结", "销号 问题|事项|项"),
        definition=_("截至当日处于“销号”环节的整改事项数；须由责任人以外的人核验后销号，重新立项的不计。"),
        source=_("巡察整改台账：立项、核验、销号分别登记"),
        group=_ORGANISATION,
        public=False,
    ),
    Measure(
        key="governance.rectification_rate",
        label=_("整改完成率"),
        unit="%",
        of=RectificationStage,
        kind=Ratio(part=closed),
        time=LatestStock("item", _STAGES),
        dims=(Dim("source", _("来源"), "item__source"), Dim("aspect", _("方面"), "item__aspect")),
        words=("整改 完成率|销号率|办结率", "整改 全部|全面 完成|到位|销号"),
        definition=_("截至当日已销号事项占已立项事项的比例；没有立项事项时无法计算。"),
        source=_("巡察整改台账：立项、核验、销号分别登记"),
        group=_ORGANISATION,
        public=False,
    ),
)

MEASURES: tuple[Measure, ...] = (*ACTIVITY_MEASURES, *HONOUR_MEASURES, *CONDUCT_MEASURES)
