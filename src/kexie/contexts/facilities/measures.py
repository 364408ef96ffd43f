"""What the records of facilities and titles can be counted as."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import (
    Accreditation,
    FacilityCheck,
    FacilityKind,
    FacilityStage,
    FacilityVisits,
    Title,
)
from kexie.contexts.facilities.rules import PROVINCIAL_DEMOS
from kexie.kernel.errors import Text
from kexie.ledger.measures import (
    Cell,
    Count,
    Dim,
    Distinct,
    Flow,
    LatestStock,
    Measure,
    Ratio,
    RevocableStock,
    Sum,
)

_KIND = Dim("kind", _("类别"), "facility_kind")
_TITLE = Dim("title", _("称号"))
_IN_USE = ("ACCEPTED", "OPERATING")
_GROUP = "popularisation"
_WORK = _("工作口径：累计建设与在用分开统计")
_PIECES = ("座", "处", "家", "所", "间")
_EVER = _("累计通过验收的设施数，每处只计一次；后来停用、摘牌或移交的仍计入。")
_NOW = _("期末最近一次阶段为验收建成或运行的设施数；停用整改、摘牌撤销、资产移交的不计。")
_AWARDED = _("累计获得称号的单位数，同一单位多次获得只计一次；已到期的仍计入。")
_VALID = _("期末仍在有效期内、且没有被撤销或放弃的单位数，同一单位只计一次；撤销决定当天起不再计入。")


def _built(
    key: str, label: Text, kinds: tuple[str, ...], words: tuple[str, ...], source: Text = _WORK
) -> Measure:
    return Measure(
        key=f"facilities.{key}",
        label=label,
        unit="个",
        also_units=_PIECES,
        group=_GROUP,
        of=FacilityStage,
        kind=Distinct("facility"),
        time=Flow(),
        where=Q(stage="ACCEPTED", facility_kind__in=kinds),
        dims=(_KIND,),
        words=words,
        definition=_EVER,
        source=source,
    )


def _in_use(
    key: str, label: Text, kinds: tuple[str, ...], words: tuple[str, ...], source: Text = _WORK
) -> Measure:
    return Measure(
        key=f"facilities.{key}_now",
        label=label,
        unit="个",
        also_units=_PIECES,
        group=_GROUP,
        of=FacilityStage,
        kind=Count(),
        time=LatestStock("facility", _IN_USE),
        where=Q(facility_kind__in=kinds),
        dims=(_KIND,),
        words=tuple(f"{one} 现有|在用|正常运行|运行|正常开放" for one in words),
        definition=_NOW,
        source=source,
    )


def _good(_cell: Cell) -> Q:
    return Q(result="GOOD")


_CHECK_DIMS = (_KIND, Dim("result", _("检查结果")), Dim("sample", _("抽查名称")))
_CAMPUS = (FacilityKind.CAMPUS_MUSEUM.value,)
_ROOMS = (FacilityKind.RURAL_ROOM.value, FacilityKind.COMMUNITY_ROOM.value)
_GALLERIES = (FacilityKind.GALLERY.value,)
_E_STATIONS = (FacilityKind.E_STATION.value,)
_CAMPUS_WORDS = ("校园科技馆|中学科技馆|学校科技馆|校园科学馆|校园科普馆",)
_ROOM_WORDS = (
    "乡村社区|城乡社区|村社区|镇村|基层 科普活动室|科普活动场所|科普活动站",
    "科普活动室|科普活动站|科普活动场所",
)
_GALLERY_WORDS = ("科普画廊|科普宣传栏|科普专栏|科普橱窗|科普长廊|科普宣传专栏",)
_E_STATION_WORDS = ("科普中国e站|科普e站|科普中国 e站|E站|信息化站点",)

MEASURES: tuple[Measure, ...] = (
    _built("campus_museums", _("校园科技馆（累计）"), _CAMPUS, _CAMPUS_WORDS),
    _in_use("campus_museums", _("在用校园科技馆"), _CAMPUS, _CAMPUS_WORDS),
    _built("rooms", _("乡村社区科普活动室（累计）"), _ROOMS, _ROOM_WORDS),
    _in_use("rooms", _("在用乡村社区科普活动室"), _ROOMS, _ROOM_WORDS),
    _built(
        "rural_rooms",
        _("乡村科普活动室（累计）"),
        _ROOMS[:1],
        ("乡村科普活动室|农村科普活动室|村级科普活动室|农村科普活动场地|农村科普活动场所",),
        "全国科普统计调查：农村与城市社区科普专用活动室分列",
    ),
    _built(
        "community_rooms",
        _("社区科普活动室（累计）"),
        _ROOMS[1:],
        ("社区科普活动室|社区科普馆|社区科普大学|城市社区 科普活动室|科普专用活动室",),
        "全国科普统计调查：农村与城市社区科普专用活动室分列",
    ),
    _built("galleries", _("科普画廊（累计）"), _GALLERIES, _GALLERY_WORDS),
    _in_use("galleries", _("在用科普画廊"), _GALLERIES, _GALLERY_WORDS),
    _built("e_stations", _("科普中国e站（累计）"), _E_STATIONS, _E_STATION_WORDS),
    _in_use("e_stations", _("在用科普中国e站"), _E_STATIONS, _E_STATION_WORDS),
    Measure(
        key="facilities.visits",
        label=_("基层科普设施服务人次"),
        unit="人次",
        also_units=("人", "人(次)"),
        group=_GROUP,
        of=FacilityVisits,
        kind=Sum("headcount"),
        dims=(_KIND,),
        words=("科普设施|校园科技馆|科普活动室|科普画廊|科普基地 参观|服务|接待|受益|惠及",),
        definition=_("各设施按计数方法记录的参观和活动人次之和。"),
        source=_("全国科普统计调查：科普场地参观人次"),
    ),
    Measure(
        key="facilities.checks",
        label=_("科普设施检查处次"),
        unit="处次",
        also_units=("处", "次", "个"),
        group=_GROUP,
        public=False,
        of=FacilityCheck,
        kind=Count(),
        dims=_CHECK_DIMS,
        words=("科普设施|校园科技馆|科普画廊|科普活动室 抽查|检查|督查",),
        definition=_(
            "检查过的设施处次，一处一天一次；按“抽查名称”可以分出每次随机抽查，空的是抽查以外的检查。"
        ),
        source=_("抽查按种子可复现：页面“抽查”上的名单和种子"),
    ),
    Measure(
        key="facilities.checks_good",
        label=_("科普设施检查合格率"),
        unit="%",
        group=_GROUP,
        public=False,
        of=FacilityCheck,
        kind=Ratio(_good),
        dims=_CHECK_DIMS,
        words=("科普设施|校园科技馆|科普画廊|科普活动室 合格率",),
        definition=_(
            "检查结果为合格的处次占全部检查处次的百分比；每层抽取数相同，不加权，不能直接推断全部设施。"
        ),
        source=_("抽查按种子可复现：页面“抽查”上的名单和种子"),
    ),
    Measure(
        key="facilities.provincial_bases",
        label=_("省级科普教育基地（累计）"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title=Title.PROVINCIAL_BASE),
        dims=(_TITLE,),
        words=("省级科普教育基地|省科普教育基地|省科协科普教育基地", "省 科普教育基地"),
        definition=_AWARDED,
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.provincial_bases_valid",
        label=_("有效的省级科普教育基地"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title=Title.PROVINCIAL_BASE),
        time=RevocableStock(),
        dims=(_TITLE,),
        words=("省级科普教育基地|省科普教育基地 现有|有效|在期",),
        definition=_VALID,
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.provincial_st_bases",
        label=_("省科学技术普及基地（累计）"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title=Title.PROVINCIAL_ST_BASE),
        dims=(_TITLE,),
        words=("省科学技术普及基地|省级科学技术普及基地|科学技术普及基地",),
        definition=_AWARDED,
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.national_bases",
        label=_("全国科普教育基地（累计）"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title=Title.NATIONAL_BASE),
        dims=(_TITLE,),
        words=("全国科普教育基地|国家级科普教育基地|国家科普教育基地",),
        definition=_AWARDED,
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.city_bases",
        label=_("市级科普教育基地（累计）"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title=Title.CITY_BASE),
        dims=(_TITLE,),
        words=("市级科普教育基地|市科普教育基地",),
        definition=_AWARDED,
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.provincial_demos",
        label=_("省科普示范单位（累计）"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title__in=PROVINCIAL_DEMOS),
        dims=(_TITLE,),
        words=(
            "省科普示范单位|省级科普示范单位|科普示范单位",
            "省|省级 科普示范社区|科普示范学校|科普示范基地",
        ),
        definition=_(
            "累计获得省科普示范社区、示范学校、示范基地称号的单位数，同一单位只计一次；已到期的仍计入。"
        ),
        source=_("以授予单位的认定文件为准"),
    ),
    Measure(
        key="facilities.provincial_demos_valid",
        label=_("有效的省科普示范单位"),
        unit="个",
        also_units=("家", "处"),
        group=_GROUP,
        of=Accreditation,
        kind=Distinct("holder"),
        where=Q(title__in=PROVINCIAL_DEMOS),
        time=RevocableStock(),
        dims=(_TITLE,),
        words=("省科普示范单位|省级科普示范单位 现有|有效|在期",),
        definition=_VALID,
        source=_("以授予单位的认定文件为准"),
    ),
)
