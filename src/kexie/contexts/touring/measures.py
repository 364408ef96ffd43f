"""What the touring records can be counted as."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models import CaravanStop, CaravanTrip, TourDailyLog, TourStop
from kexie.ledger.measures import Count, Dim, Distinct, Duration, Measure, Sum, ValidStock

_SET = Dim("set", _("展品（套）"), "touring_set__serial")
_CARAVAN = Dim("caravan", _("大篷车"), "caravan__name")
_AUDIENCE = Dim("audience", _("主要对象"))
_GROUP = "popularisation"
_TOUR = "流动科技馆|流动科学馆|流动展|巡展|巡回展"
_SERVED = "参观|受益|惠及|接待|观众|服务群众|参与"
_VAN = "科普大篷车|大篷车|科普大蓬车|科普车"

MEASURES: tuple[Measure, ...] = (
    Measure(
        key="touring.stops",
        label=_("流动科技馆巡展站次"),
        unit="次",
        also_units=("站", "站次", "场", "场次", "期", "个站点"),
        of=TourStop,
        kind=Count(),
        dims=(_SET,),
        group=_GROUP,
        words=(f"{_TOUR} 承接|承办|巡展|举办|开展|站|站点",),
        definition=_("按开展日期计的巡展站数：一套展品在一个场馆展出一次计一次，展出中的也计入。"),
        source=_("中国流动科技馆项目：按站统计"),
    ),
    Measure(
        key="touring.stops_running",
        label=_("正在展出的巡展站"),
        unit="站",
        also_units=("个", "处"),
        of=TourStop,
        kind=Count(),
        time=ValidStock("ended_on"),
        dims=(_SET,),
        group=_GROUP,
        words=(f"{_TOUR} 正在展出|正在巡展|在展",),
        definition=_("期末当天仍在展期内的巡展站数。"),
        source=_("中国流动科技馆项目：按站统计"),
    ),
    Measure(
        key="touring.months",
        label=_("流动科技馆巡展月数"),
        unit="个月",
        also_units=("月",),
        of=TourStop,
        kind=Duration("occurred_on", "ended_on", "months"),
        dims=(_SET,),
        group=_GROUP,
        words=(f"{_TOUR} 巡展|巡回|展出|历时|累计",),
        definition=_(
            "各站展期之和：每站从开展日到闭展日（首尾都算，未闭展的算到期末）除以30天，四舍五入取整，至少1个月；"
            "多套同时展出的各自计算，不是日历跨度。"
        ),
        source=_("工作口径：各站展期之和，规则见口径"),
    ),
    Measure(
        key="touring.visits",
        label=_("流动科技馆参观人次"),
        unit="人次",
        also_units=("人", "人(次)"),
        of=TourDailyLog,
        kind=Sum("headcount"),
        dims=(Dim("set", _("展品（套）"), "stop__touring_set__serial"),),
        group=_GROUP,
        words=(f"{_TOUR} 参观|接待|观众|受益|惠及|服务公众|服务群众",),
        definition=_("各站每日按计数方法记录的参观人次之和；漏计的日子不估补。"),
        source=_("中国流动科技馆项目：参观人次"),
    ),
    Measure(
        key="touring.counties",
        label=_("流动科技馆覆盖县区"),
        unit="个",
        also_units=("个县", "县", "个县区", "个县（市、区）"),
        of=TourStop,
        kind=Distinct("area"),
        dims=(_SET,),
        group=_GROUP,
        words=(f"{_TOUR} 覆盖|走遍|走进|深入 县区|县",),
        definition=_("办过巡展站的县（市、区）数，每县只计一次。"),
        source=_("中国流动科技馆项目：覆盖县数"),
    ),
    Measure(
        key="touring.caravan_stops",
        label=_("大篷车活动场次"),
        unit="场次",
        also_units=("场", "次", "站", "站次", "站点"),
        of=CaravanStop,
        kind=Count(),
        dims=(_AUDIENCE,),
        group=_GROUP,
        words=(f"{_VAN} 活动|进基层|进校园|进乡村|进社区|巡展|巡回|下乡|场次",),
        definition=_("大篷车每到一处开展活动计一场；一次出车可有多场。"),
        source=_("科普大篷车项目：按开展活动的地点计场"),
    ),
    Measure(
        key="touring.caravan_trips",
        label=_("大篷车出车次数"),
        unit="次",
        also_units=("趟", "车次", "台次"),
        of=CaravanTrip,
        kind=Count(),
        dims=(_CARAVAN,),
        group=_GROUP,
        words=(f"{_VAN} 出车|出动|发车",),
        definition=_("大篷车离开驻地到返回计一次，不论中途到过几处。"),
        source=_("科普大篷车项目：下乡次数"),
    ),
    Measure(
        key="touring.caravan_km",
        label=_("大篷车行驶里程"),
        unit="公里",
        also_units=("千米", "km", "余公里"),
        of=CaravanTrip,
        kind=Sum("km"),
        dims=(_CARAVAN,),
        group=_GROUP,
        words=(f"{_VAN} 行程|里程|行驶|公里",),
        definition=_("每次出车返回与出发里程表读数之差的和；里程表缺读数的出车不计里程。"),
        source=_("科普大篷车项目：行驶里程"),
    ),
    Measure(
        key="touring.caravan_visits",
        label=_("大篷车参观人次"),
        unit="人次",
        also_units=("人", "人(次)"),
        of=CaravanStop,
        kind=Sum("headcount"),
        dims=(_AUDIENCE,),
        group=_GROUP,
        words=(f"{_VAN} {_SERVED}", f"{_VAN} 进基层|进校园|进乡村|进社区|下乡|巡展 {_SERVED}"),
        definition=_("各场活动按计数方法记录的人次之和；没有计数的场次不估补。"),
        source=_("科普大篷车项目：受益人次"),
    ),
    Measure(
        key="touring.caravan_materials",
        label=_("大篷车发放科普资料"),
        unit="份",
        also_units=("册", "本", "张"),
        of=CaravanStop,
        kind=Sum("materials"),
        dims=(_AUDIENCE,),
        group=_GROUP,
        words=(f"{_VAN} 发放|资料|宣传品|读物",),
        definition=_("各场活动发放的科普资料份数之和。"),
        source=_("科普大篷车项目：发放资料"),
    ),
)
