"""What the museums' records can be counted as."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models import ClosedDay, DailyVisits, ExhibitStage, MuseumStage, Show
from kexie.ledger.measures import Cell, Count, Dim, Distinct, LatestStock, Measure, Ratio, Sum

_LEVEL = Dim("level", _("级别"), "museum__level")
_SLOT = Dim("slot", _("时段"))
_SERIES = Dim("series", _("展演"), "series__name")
_OPENED = ("TRIAL", "OPEN")
_GROUP = "popularisation"


def _works(cell: Cell) -> Q:
    return Q(stage="WORKING")


MEASURES: tuple[Measure, ...] = (
    Measure(
        key="museums.visits", label=_("科技馆参观人次"), unit="人次", also_units=("人", "人(次)"),
        of=DailyVisits, kind=Sum("headcount"), dims=(_SLOT,), group=_GROUP,
        words=("科技馆|科学馆|科技中心 接待|参观|观众|游客|入馆|到馆|客流|服务公众|服务群众",),
        definition=_("各馆每日分时段、分计数方法记录的入馆人次之和，含试运行期；同一人多次入馆计多次；漏计的时段不估补。"),
        source="全国科普统计调查：科技馆参观人次",
    ),
    Measure(
        key="museums.open_days", label=_("科技馆开放天数"), unit="天", also_units=("日", "个开放日"),
        of=DailyVisits, kind=Distinct("occurred_on"), dims=(_SLOT,), group=_GROUP,
        words=("科技馆 开放|开馆", "开放天数|开馆天数"),
        definition=_("有参观记录的日期数；问多个馆时，同一天只计一次，请按馆查看各馆天数。"),
        source="科技馆免费开放绩效：年开放天数",
    ),
    Measure(
        key="museums.closed_days", label=_("科技馆临时闭馆天数"), unit="天", also_units=("次",),
        of=ClosedDay, kind=Count(), dims=(Dim("reason", _("原因")),), group=_GROUP,
        words=("科技馆 临时闭馆|停止开放|闭馆",),
        definition=_("按开放规律应开放而未开放的馆日数，不含每周固定闭馆日。"),
        source="科技馆免费开放绩效：年开放天数",
    ),
    Measure(
        key="museums.shows", label=_("科普展演场次"), unit="场次", also_units=("场", "次", "余场"),
        of=Show, kind=Count(), where=Q(held=True), dims=(_SERIES,), group=_GROUP,
        words=("科普展演|展演活动|科学表演|科普表演|科普秀|科学秀|科学实验秀|科普剧|演示活动",
               "科技馆 展演|表演|演出|演示|实验秀"),
        definition=_("科技馆实际举办的科普展演场次，一场计一次；取消的场次有记录但不计入。"),
        source="工作口径：实际举办一场计一场",
    ),
    Measure(
        key="museums.shows_cancelled", label=_("取消的展演场次"), unit="场次", also_units=("场", "次"),
        of=Show, kind=Count(), where=Q(held=False), dims=(_SERIES,), group=_GROUP, public=False,
        words=("展演|表演 取消",),
        definition=_("已排定而取消的科普展演场次。"), source="工作口径：取消的也要有记录",
    ),
    Measure(
        key="museums.show_visits", label=_("科普展演观众人次"), unit="人次",
        of=Show, kind=Sum("headcount"), where=Q(held=True), dims=(_SERIES,), group=_GROUP,
        words=("展演|科学表演|科普秀|科学秀|科普剧 观看|观众|惠及|受众|参与",),
        definition=_("已举办展演的现场观众之和；这些观众也是入馆人次的一部分，两者不可相加。"),
        source="全国科普统计调查：科普活动参加人次",
    ),
    Measure(
        key="museums.open", label=_("已投入使用的科技馆"), unit="座", also_units=("个", "家", "所"),
        of=MuseumStage, kind=Count(), time=LatestStock("museum", _OPENED), dims=(_LEVEL,), group=_GROUP,
        words=("科技馆|科学馆 建成|投入使用|建成开放|对外开放|开放运行|投用|免费开放",),
        definition=_("到期末处于试运行或正式开放阶段的科技馆数；闭馆改造的不计。"),
        source="工作口径：试运行和正式开放为已投入使用",
    ),
    Measure(
        key="museums.openings", label=_("新开放科技馆"), unit="座", also_units=("个", "家", "所"),
        of=MuseumStage, kind=Distinct("museum"), where=Q(stage__in=_OPENED), dims=(_LEVEL,), group=_GROUP,
        words=("科技馆|科学馆 新开放|新建成|新增|开馆",),
        definition=_("期内进入试运行或正式开放阶段的科技馆数，每馆只计一次；明细的日期即开放日期。"),
        source="工作口径：以首次进入试运行或正式开放为准",
    ),
    Measure(
        key="museums.building", label=_("在建科技馆"), unit="座", also_units=("个", "家", "所"),
        of=MuseumStage, kind=Count(), time=LatestStock("museum", ("BUILDING",)), dims=(_LEVEL,), group=_GROUP,
        words=("科技馆|科学馆 在建|正在建设|加快建设|开工建设|建设中",),
        definition=_("到期末处于在建阶段的科技馆数。"), source="工作口径：以开工为在建",
    ),
    Measure(
        key="museums.total", label=_("科技馆总量"), unit="座", also_units=("个", "家", "所"),
        of=MuseumStage, kind=Count(), time=LatestStock("museum", ("BUILDING", "TRIAL", "OPEN", "WORKS")),
        dims=(_LEVEL,), group=_GROUP,
        words=("科技馆|科学馆 总量|总数|数量|拥有|共有|现有",),
        definition=_("到期末在建、试运行、正式开放和闭馆改造的科技馆数；仅规划立项和已停止运行的不计。"),
        source="工作口径：在建和已建成之和",
    ),
    Measure(
        key="museums.exhibits", label=_("展品数量"), unit="件(套)", also_units=("件", "套", "件套", "个"),
        of=ExhibitStage, kind=Count(), time=LatestStock("exhibit", ("WORKING", "FAULTY")),
        dims=(Dim("hall", _("展厅"), "exhibit__hall__name"),), group=_GROUP,
        words=("科技馆 展品|展项", "常设展品|互动展品"),
        definition=_("到期末在展的展品数，含故障待修的，不含已撤展的。"), source="《科学技术馆建设标准》（建标101-2007）：展品",
    ),
    Measure(
        key="museums.exhibits_intact", label=_("展品完好率"), unit="%", also_units=("％",),
        of=ExhibitStage, kind=Ratio(_works), time=LatestStock("exhibit", ("WORKING", "FAULTY")),
        dims=(Dim("hall", _("展厅"), "exhibit__hall__name"),), group=_GROUP,
        words=("展品|展项 完好率|完好",),
        definition=_("到期末状况完好的展品占在展展品的百分比。"), source="科技馆免费开放绩效：展品完好率",
    ),
)
