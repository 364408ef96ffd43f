"""What the demonstration's experts can do: disciplines, own words, works, consents. All of it is made up."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.ledger.demo import DemoCity

# For each industry its disciplines (GB/T 13745) and topics: what is wrong, how it was tackled, what came of it.
_FIELDS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]] = {
    "生命健康": (
        ("350", "360"),
        (
            ("中药饮片炮制工艺", "近红外在线检测水分与有效成分", "批间差异降到百分之五以内"),
            ("注射剂不溶性微粒控制", "滤芯完整性监测和灌装环境分区", "微粒数稳定在内控限以下"),
            ("发酵提取收率", "补料分批发酵与膜分离耦合", "提取收率提高约一成"),
        ),
    ),
    "新能源汽车": (
        ("470", "580"),
        (
            ("动力电池包热失控预警", "多点温度与膨胀力融合判据", "提前五分钟以上报警"),
            ("电机壳体压铸气孔", "真空压铸与模温分区控制", "气孔报废率明显下降"),
            ("线束接插件耐久性", "振动与盐雾复合加速试验", "找出微动磨损的主要来源"),
        ),
    ),
    "装备制造": (
        ("460", "416"),
        (
            ("伺服压机定位精度", "热变形补偿与双闭环控制", "重复定位误差缩小一半"),
            ("齿轮热处理变形", "淬火介质流场仿真和工装改进", "变形量进入磨齿余量"),
            ("焊接机器人焊缝跟踪", "激光视觉与电弧传感融合", "薄板焊缝偏差不超过半毫米"),
        ),
    ),
    "绿色食品": (
        ("550", "210"),
        (
            ("面制品抗老化", "复合酶制剂与水分迁移控制", "货架期延长三天"),
            ("辣椒制品褪色", "护色与避光充氮包装", "三个月色价保持九成"),
            ("冷鲜肉保质期", "气调包装与减菌前处理", "菌落总数达标天数增加"),
        ),
    ),
    "新材料": (
        ("430", "530"),
        (
            ("改性塑料低温韧性", "弹性体增韧与相容剂复配", "零下三十度缺口冲击达标"),
            ("金属涂层附着力", "磷化替代前处理与固化曲线优化", "划格试验达到零级"),
            ("再生铝杂质元素控制", "熔体净化与铁相变质", "延伸率恢复到原铝水平"),
        ),
    ),
    "电子信息": (
        ("510", "520"),
        (
            ("高频电路板翘曲", "叠层对称设计与压合升温曲线", "翘曲度小于千分之五"),
            ("压力传感器零点漂移", "温度补偿算法与老化筛选", "全温区漂移减少七成"),
            ("芯片封装散热", "均热板与界面材料选型", "结温下降十二度"),
        ),
    ),
    "节能环保": (
        ("610", "480"),
        (
            ("高盐废水处理", "膜浓缩与机械蒸汽再压缩蒸发", "回用率达到八成"),
            ("除尘滤袋寿命", "清灰压力分区与露点控制", "换袋周期延长半年"),
            ("窑炉余热回收", "分级换热与有机朗肯循环", "吨产品能耗下降"),
        ),
    ),
    "纺织服装": (
        ("540",),
        (
            ("混纺面料色牢度", "一浴法染色与固色剂筛选", "湿摩擦牢度提高一级"),
            ("柳编染料环保替代", "植物染料媒染工艺", "重金属检出低于限量"),
            ("缝制自动上料", "柔性夹持与视觉定位", "单工位节省一人"),
        ),
    ),
    "循环利用": (
        ("610", "450"),
        (
            ("废旧电池拆解自动化", "放电检测与柔性夹具拆解线", "拆解节拍缩短三成"),
            ("再生铅冶炼渣减量", "富氧侧吹与渣型调整", "渣含铅降到百分之一点五"),
            ("废塑料分选", "近红外识别与静电分选", "聚丙烯纯度超过百分之九十八"),
        ),
    ),
    "现代农业": (
        ("210", "416"),
        (
            ("小麦赤霉病绿色防控", "抗病品种与生物药剂时序施用", "病穗率下降一半"),
            ("设施辣椒连作障碍", "高温闷棚与微生物菌剂", "死棵率明显减少"),
            ("秸秆还田整地机具", "防缠绕刀轴与深浅分层", "作业通过性提高"),
        ),
    ),
}
_K = ExpertWork.Kind
# How a topic becomes a title, by kind of work.
_TITLES = {
    _K.PAPER: ("{how}用于{what}的研究", "{what}的机理与{how}"),
    _K.PATENT: ("一种改善{what}的方法", "一种用于{what}的装置"),
    _K.CASE: ("某企业{what}问题现场诊断", "{what}攻关：{how}"),
    _K.PROJECT: ("{what}关键技术研究与示范",),
}
_REGIONS = ("安徽合肥", "安徽阜阳", "安徽蚌埠", "安徽芜湖", "江苏徐州", "河南周口")


def describe(expert: Expert, industry: str, chance: random.Random) -> None:
    """Give an expert of an industry disciplines, own words and availability."""
    codes, topics = _FIELDS[industry]
    chosen = chance.sample(topics, 2)
    expert.disciplines = list(codes)
    expert.skills = "、".join(what for what, _how, _came in chosen)
    expert.about = "".join(f"长期做{what}，用{how}，{came}。" for what, how, came in chosen)
    expert.languages = ["ZH", *(("EN",) if chance.random() < 0.4 else ())]
    expert.region = "" if expert.is_home else chance.choice(_REGIONS)
    expert.availability = chance.choices(list(Expert.Availability), weights=(80, 15, 5))[0]


def knows(expert: Expert, industry: str) -> bool:
    """Whether the expert says to know a topic of an industry."""
    return any(what in expert.skills for what, _how, _came in _FIELDS.get(industry, ((), ()))[1])


def standing(city: DemoCity, expert: Expert, chance: random.Random) -> None:
    """Say when the expert was verified, cleared and heard of last: some long ago, some never; contact that is nobody's."""
    ago = chance.choice((20, 60, 120, 200, 300, 420, 700, None))
    expert.confirmed_on = city.today - dt.timedelta(days=ago) if ago else None
    verified = chance.random() < 0.85
    expert.verified_on = city.today - dt.timedelta(days=chance.randint(200, 900)) if verified else None
    if expert.is_home:
        expert.languages, expert.cleared_on = ["ZH", "EN"], expert.verified_on
    # Numbers that no operator gives out, addresses below a name that exists nowhere.
    expert.seal("phone", f"1000{chance.randrange(10**7):07}")
    expert.seal("email", f"expert{chance.randrange(10**6):06}@demo.invalid")


def works(expert: Expert, industry: str, chance: random.Random, year: int) -> Iterator[ExpertWork]:
    """Yield three to six works on what the expert says to know about, one of them on the industry's third topic."""
    topics = _FIELDS[industry][1]
    known = [topic for topic in topics if topic[0] in expert.skills]
    seen = set()
    for number in range(chance.randint(3, 6)):
        what, how, came = chance.choice(known if number else topics)
        kind = _K.CASE if number == 1 else chance.choice(list(_K))
        title = chance.choice(_TITLES[kind]).format(what=what, how=how)
        if title not in seen:
            seen.add(title)
            yield ExpertWork(
                expert=expert, kind=kind, title=title, text=f"针对{what}，采用{how}，{came}。（演示数据，虚构）",
                year=year - chance.randint(0, 9), authors=expert.name,
            )  # fmt: skip


def consents(city: DemoCity, expert: Expert, chance: random.Random) -> Iterator[ExpertConsent]:
    """Yield what an expert agreed to: most to being proposed, fewer to the rest, those from overseas never to show."""
    use = ExpertConsent.Use
    shares: Sequence[tuple[str, float]] = (
        (use.RECOMMEND, 0.93), (use.NOTICE, 0.9), (use.PUBLIC, 0 if expert.is_home else 0.6), (use.VECTORS, 0.7),
    )  # fmt: skip
    given = city.today - dt.timedelta(days=chance.randint(30, 700))
    for name, share in shares:
        if chance.random() < share:
            yield ExpertConsent(
                expert=expert, use=name, basis=ExpertConsent.Basis.PAPER, given_on=given,
                recorded_by=city.accounts["WORKERS_DEPARTMENT"],
            )  # fmt: skip
