"""What the records of matching can be counted as."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models import (
    Agreement,
    CarrierEvaluation,
    CarrierOutput,
    CarrierStage,
    EventIndustry,
    ExpertVisit,
    MatchEvent,
    ProblemStage,
    TeamVisit,
)
from kexie.ledger.measures import Count, Dim, Distinct, LatestStock, Measure, RevocableStock, Sum

_CARRIER_DIMS = (Dim("kind", _("类别"), "carrier__kind"), Dim("level", _("级别"), "carrier__level"))
_PROBLEM_DIMS = (Dim("industry", _("产业"), "problem__industry__name"),)
_TEAM_DIMS = (Dim("team", _("科技服务团"), "team__name"), Dim("result", _("结果")))
_KIND = Dim("kind", _("类别"))
_EVENT = Dim("event", _("对接活动"), "event__title")
_CARRIER = "专家服务站|学会服务站|服务站|工作站|服务载体|创新载体|合作载体|专家站"
_PROBLEM = "难题|技术需求|技术问题|技术瓶颈|技术难关|卡脖子|企业需求|创新需求"
_FIRM_CONTACT = "企业|对接|服务|产业|园区"
# Of a person entered twice and merged since, either entry may say it.
_OF_SOCIETY = Q(expert__society__isnull=False) | Q(expert__merged_into__society__isnull=False)
_HELD = Q(kind=MatchEvent.KIND, held=True)

AGREEMENTS = (
    Measure(
        key="matching.society_agreements",
        label=_("与省级学会签订的合作协议"),
        unit="项",
        also_units=("份", "个"),
        of=Agreement,
        kind=Count(),
        where=Q(kind=Agreement.Kind.SOCIETY),
        words=("省级学会|全国学会|学会|省学会 签署|签订|签约|达成|缔结|新签|续签 协议|合作",),
        definition=_("累计与全国学会、省级学会签订的合作协议份数，含已到期的。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.partner_societies",
        label=_("签有合作协议的学会"),
        unit="家",
        also_units=("个",),
        of=Agreement,
        kind=Distinct("partner_unit"),
        where=Q(kind=Agreement.Kind.SOCIETY),
        words=("省级学会|全国学会|省学会|国家级学会 签署|签订|签约|建立|达成|新签 合作|协议",),
        definition=_("累计签订过合作协议的不同学会数；与一家学会签几次也只计一家。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.society_agreements_valid",
        label=_("有效的学会合作协议"),
        unit="项",
        also_units=("份", "个"),
        of=Agreement,
        kind=Count(),
        time=RevocableStock("valid_to"),
        where=Q(kind=Agreement.Kind.SOCIETY),
        words=("学会 协议 现有|有效|在有效期|存续",),
        definition=_("期末仍在有效期内的学会合作协议份数；提前终止的不计，没有写有效期的视为长期有效。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.agreements_signed",
        label=_("累计签订的各类合作协议"),
        unit="份",
        also_units=("项", "个"),
        of=Agreement,
        kind=Count(),
        dims=(_KIND,),
        definition=_("累计签订的合作协议份数，续签另计一份，含已到期和提前终止的。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.agreements_in_force",
        label=_("有效的各类合作协议"),
        unit="份",
        also_units=("项", "个"),
        of=Agreement,
        kind=Count(),
        time=RevocableStock("valid_to"),
        dims=(_KIND,),
        definition=_(
            "期末有效的合作协议份数：已签订、未到期、没有提前终止或由续签的协议接替；没有写有效期的视为长期有效。"
        ),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.home_experts",
        label=_("签约的海智专家"),
        unit="位",
        also_units=("名", "人"),
        of=Agreement,
        kind=Distinct("expert__identity"),
        where=Q(expert__is_home=True, kind=Agreement.Kind.RESEARCH),
        dims=(_EVENT,),
        words=(
            "海智|海外专家|海外人才|海外高层次人才 签订|签约|签署|促成|达成|合作|引进|引入",
            "海智专家|海智人才 企业",
        ),
        definition=_(
            "签订产学研合作协议的不同海智专家人数；一人签几份也只计一人，重复登记后合并的也只计一人。"
        ),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.research_firms",
        label=_("签订产学研合作协议的企业"),
        unit="家",
        also_units=("个", "户"),
        of=Agreement,
        kind=Distinct("firm"),
        where=Q(kind=Agreement.Kind.RESEARCH),
        dims=(_EVENT,),
        words=(
            "企业 产学研|校企|院企|校地 协议|签约|签订|签署|合作",
            "企业 海智|专家|院校|高校 签订|签约|签署 协议|合作",
        ),
        definition=_("签订产学研合作协议的不同企业数；一家企业签几份也只计一家。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.research_agreements",
        label=_("产学研合作协议"),
        unit="份",
        also_units=("项", "个"),
        of=Agreement,
        kind=Count(),
        where=Q(kind=Agreement.Kind.RESEARCH),
        dims=(_EVENT,),
        words=("产学研|校企|院企 协议|合作|项目 签订|签约|签署|达成|促成",),
        definition=_("期内签订的产学研合作协议份数。"),
        source=_("以签订的协议文本为准"),
        group="innovation",
    ),
    Measure(
        key="matching.contracts",
        label=_("技术合同"),
        unit="份",
        also_units=("项", "个"),
        of=Agreement,
        kind=Count(),
        where=Q(kind=Agreement.Kind.TECHNOLOGY),
        words=(
            "技术合同|技术开发合同|技术服务合同|技术转让合同|技术咨询合同 签订|签署|签约|登记|达成|促成",
            "技术合同|技术开发合同|技术服务合同|技术转让合同|技术咨询合同",
        ),
        definition=_("期内经对接签订的技术开发、转让、许可、咨询、服务合同份数。"),
        source=_("以签订的合同文本为准"),
        group="innovation",
    ),
)

CARRIERS = (
    Measure(
        key="matching.carriers",
        label=_("累计建立的服务载体"),
        unit="个",
        also_units=("家", "处"),
        of=CarrierStage,
        kind=Count(),
        where=Q(stage=CarrierStage.Stage.ESTABLISHED),
        dims=_CARRIER_DIMS,
        words=(f"{_CARRIER} 建立|建成|设立|成立|新建|建设|组建|挂牌|揭牌|打造|搭建",),
        definition=_("累计建立的学会专家服务站等服务载体数，含后来撤销的。"),
        source=_("以批复文件或协议为准"),
        group="innovation",
    ),
    Measure(
        key="matching.carriers_operating",
        label=_("运行中的服务载体"),
        unit="个",
        also_units=("家", "处"),
        of=CarrierStage,
        kind=Count(),
        time=LatestStock("carrier", (CarrierStage.Stage.ESTABLISHED, CarrierStage.Stage.RENEWED)),
        dims=_CARRIER_DIMS,
        words=(f"{_CARRIER} 现有|正常运行|运行良好|在运行|运行中|拥有|目前|共有|有效运行",),
        definition=_("期末在运行的服务载体数：最近一条状态为建立或续期。"),
        source=_("以批复文件或协议为准"),
        group="innovation",
    ),
)

CARRIER_WORK = (
    Measure(
        key="matching.carrier_outputs",
        label=_("服务载体的成果"),
        unit="项",
        also_units=("个",),
        of=CarrierOutput,
        kind=Count(),
        dims=(_KIND, Dim("carrier_kind", _("载体类别"), "carrier__kind")),
        definition=_("期内服务载体取得的成果项数：解决的问题、专利、新产品、标准、论文、培训等，一项一条。"),
        source=_("以证明材料为准"),
        group="innovation",
    ),
    Measure(
        key="matching.carrier_evaluations",
        label=_("参加年度评估的服务载体"),
        unit="个",
        also_units=("家",),
        of=CarrierEvaluation,
        kind=Count(),
        dims=(
            Dim("grade", _("等次")),
            Dim("about", _("评估年度"), "year"),
            Dim("carrier_kind", _("载体类别"), "carrier__kind"),
        ),
        definition=_("期内完成年度评估的服务载体数，可按等次查；一个载体一年评估一次。"),
        source=_("以年度评估结果为准"),
        group="innovation",
    ),
)

TEAMS = (
    Measure(
        key="matching.team_visits",
        label=_("科技服务团走访企业"),
        unit="次",
        also_units=("家次", "场次"),
        of=TeamVisit,
        kind=Count(),
        dims=_TEAM_DIMS,
        words=("科技服务团|服务团 走访|服务|深入|对接",),
        definition=_("期内科技服务团到企业的次数：一个团一天到一家企业计一次。"),
        source=_("工作口径：一团一天到一家企业为一次"),
        group="innovation",
    ),
    Measure(
        key="matching.team_firms",
        label=_("科技服务团服务的企业"),
        unit="家",
        also_units=("个",),
        of=TeamVisit,
        kind=Distinct("firm"),
        dims=_TEAM_DIMS,
        words=("科技服务团|服务团 走访|服务|深入|对接 企业",),
        definition=_("期内科技服务团走访过的不同企业数。"),
        source=_("工作口径：按不同的企业计数"),
        group="innovation",
    ),
)

EXPERTS = (
    Measure(
        key="matching.society_experts",
        label=_("与企业对接的学会专家"),
        unit="位",
        also_units=("名", "人"),
        of=ExpertVisit,
        kind=Distinct("expert__identity"),
        where=_OF_SOCIETY,
        dims=(_EVENT, Dim("society", _("学会"), "expert__society__name")),
        words=(
            f"学会专家 {_FIRM_CONTACT}",
            f"学会 专家 邀请|组织|选派|引进|选聘|派出 {_FIRM_CONTACT}",
            "专家 邀请|组织|选派|选聘|派出 入企|进企业|与企业|到企业|走访企业|深入企业|服务企业",
        ),
        definition=_(
            "由学会推荐、在对接活动或企业现场服务过的不同专家人数；一人来几次也只计一人，重复登记后合并的也只计一人。"
        ),
        source=_("工作口径：按不同的人计数"),
        group="innovation",
    ),
    Measure(
        key="matching.visits",
        label=_("专家服务企业人次"),
        unit="人次",
        also_units=("次",),
        of=ExpertVisit,
        kind=Count(),
        dims=(_EVENT,),
        words=("专家 服务企业|入企|进企业|走访企业|企业|对接|问诊|把脉 人次|次",),
        definition=_(
            "专家服务记录条数：一位专家一天到一家企业、或在对接会上与一家企业谈过，为一人次；没有写企业的，参加一场对接活动为一人次。"
        ),
        source=_("工作口径：一人一次为一人次"),
        group="innovation",
    ),
    Measure(
        key="matching.society_visits",
        label=_("学会专家服务企业人次"),
        unit="人次",
        also_units=("次",),
        of=ExpertVisit,
        kind=Count(),
        where=_OF_SOCIETY,
        dims=(_EVENT, Dim("society", _("学会"), "expert__society__name")),
        words=(f"学会专家 {_FIRM_CONTACT} 人次|次",),
        definition=_(
            "由学会推荐的专家的服务记录条数：一位专家一天到一家企业、或在对接会上与一家企业谈过，为一人次；没有写企业的，参加一场对接活动为一人次。"
        ),
        source=_("工作口径：一人一次为一人次"),
        group="innovation",
    ),
    Measure(
        key="matching.firms_served",
        label=_("获得专家服务的企业"),
        unit="家",
        also_units=("个", "户"),
        of=ExpertVisit,
        kind=Distinct("firm"),
        words=("专家 服务|走访|对接|惠及|帮扶|问诊 企业",),
        definition=_("专家服务过的不同企业数。"),
        source=_("工作口径：按不同的企业计数"),
        group="innovation",
    ),
)

PROBLEMS = (
    Measure(
        key="matching.problems_solved",
        label=_("帮助企业解决的技术难题"),
        unit="项",
        also_units=("个", "件", "道"),
        of=ProblemStage,
        kind=Count(),
        where=Q(stage=ProblemStage.Stage.SOLVED),
        dims=_PROBLEM_DIMS,
        words=(f"{_PROBLEM} 解决|攻克|破解|攻破|化解|突破|办结|解答|攻关",),
        definition=_(
            "由企业指定的人确认已解决的技术难题数，自企业确认之日起算；科协代填、仅签约或在研的不算。"
        ),
        source=_("工作口径：以企业确认为准"),
        group="innovation",
    ),
    Measure(
        key="matching.problems_collected",
        label=_("征集的技术难题"),
        unit="项",
        also_units=("个", "条", "件"),
        of=ProblemStage,
        kind=Count(),
        where=Q(stage=ProblemStage.Stage.COLLECTED),
        dims=_PROBLEM_DIMS,
        words=(f"{_PROBLEM} 征集|收集|摸排|梳理|汇总|挖掘|凝练|收到|采集",),
        definition=_("期内征集到的企业技术难题数。"),
        source=_("工作口径：按难题所处的环节计数"),
        group="innovation",
    ),
    Measure(
        key="matching.problems_published",
        label=_("发布的技术难题"),
        unit="项",
        also_units=("个", "条", "件"),
        of=ProblemStage,
        kind=Distinct("problem"),
        where=Q(stage=ProblemStage.Stage.PUBLISHED),
        dims=_PROBLEM_DIMS,
        words=(f"{_PROBLEM} 发布|张榜|挂榜|公布|推送",),
        definition=_("期内审核后向专家发布的不同技术难题数。"),
        source=_("工作口径：按难题所处的环节计数"),
        group="innovation",
    ),
    Measure(
        key="matching.problems_matched",
        label=_("对接到专家的技术难题"),
        unit="项",
        also_units=("个", "条", "件"),
        of=ProblemStage,
        kind=Distinct("problem"),
        where=Q(stage=ProblemStage.Stage.MATCHED),
        dims=_PROBLEM_DIMS,
        words=(f"{_PROBLEM} 匹配|对接|揭榜|推荐专家",),
        definition=_("期内匹配到专家的不同技术难题数；换过专家的只计一项。"),
        source=_("工作口径：按难题所处的环节计数"),
        group="innovation",
    ),
)

EVENTS = (
    Measure(
        key="matching.events",
        label=_("对接活动场次"),
        unit="场次",
        also_units=("场", "次"),
        of=MatchEvent,
        kind=Count(),
        where=_HELD,
        words=(
            "对接会|对接活动|供需对接|产学研对接|洽谈会|路演 举办|开展|组织|召开|承办",
            "科技服务团|专家服务团 活动|服务 企业|入企",
        ),
        definition=_("期内举办的专家与企业对接活动场次，取消的不计。"),
        source=_("工作口径：实际举办一场计一场"),
        group="innovation",
    ),
    Measure(
        key="matching.event_visits",
        label=_("对接活动参加人次"),
        unit="人次",
        also_units=("人", "名"),
        of=MatchEvent,
        kind=Sum("headcount"),
        where=_HELD,
        words=("对接会|对接活动|供需对接|洽谈会 参加|参与|到场|参会",),
        definition=_("已举办的对接活动参加人次之和；缺人数的场次不计，另行列出。"),
        source=_("工作口径：按计数方法记录的参加人次"),
        group="innovation",
    ),
    Measure(
        key="matching.industries",
        label=_("对接活动涉及的产业"),
        unit="个",
        also_units=("类", "大"),
        of=EventIndustry,
        kind=Distinct("industry"),
        dims=(_EVENT, Dim("industry", _("产业"), "industry__name")),
        words=("产业 围绕|聚焦|面向|涉及|覆盖 对接|专家|企业",),
        definition=_("期内对接活动涉及的不同产业数；可按活动查。"),
        source=_("工作口径：按不同的产业计数"),
        group="innovation",
    ),
)

MEASURES: tuple[Measure, ...] = (*AGREEMENTS, *CARRIERS, *CARRIER_WORK, *TEAMS, *EXPERTS, *PROBLEMS, *EVENTS)
