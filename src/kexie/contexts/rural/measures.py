"""What the records of rural work can be counted as."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.rural.models import (
    BackyardStage,
    HelpResult,
    PromotedItem,
    Promotion,
    Training,
    VillagePosting,
)
from kexie.ledger.measures import Count, Dim, Distinct, LatestStock, Measure, Sum, ValidStock

_HELD = Q(kind=Training.KIND, held=True)
_TRAINING = (
    "农业技术培训|农技培训|农民培训|实用技术培训|农村实用技术|种植技术培训|养殖技术培训|农业科技培训|农业培训"
)
_CROP = Dim("crop", _("作物或畜禽"), "item__crop")
_STAGE = BackyardStage.Stage

POSTINGS = (
    Measure(
        key="rural.posted_persons",
        label=_("累计选派驻村人员"),
        unit="名",
        also_units=("人", "位"),
        of=VillagePosting,
        kind=Distinct("person"),
        dims=(Dim("role", _("任职")),),
        words=(
            "选派|派出|派驻|抽调|下派 驻村|帮扶|第一书记|工作队|扶贫",
            "驻村干部|驻村工作队员|驻村人员|驻村帮扶",
        ),
        definition=_("累计选派到村帮扶的不同人数；一人多次驻村只计一人。"),
        source=_("以选派文件为准"),
        group="rural",
    ),
    Measure(
        key="rural.posted_now",
        label=_("在村驻村人员"),
        unit="名",
        also_units=("人", "位"),
        of=VillagePosting,
        kind=Distinct("person"),
        time=ValidStock("ended_on"),
        words=("驻村 现有|目前|在岗|在村",),
        definition=_("期末仍在村的不同人数。"),
        source=_("以选派文件为准"),
        group="rural",
    ),
    Measure(
        key="rural.posting_villages",
        label=_("派驻过人员的村"),
        unit="个",
        of=VillagePosting,
        kind=Distinct("village"),
        words=("驻村|派驻|定点帮扶|结对帮扶|包联 帮扶村|包保村|联系村|行政村|村",),
        definition=_("累计派驻过人员的不同村数。"),
        source=_("以选派文件为准"),
        group="rural",
    ),
)

HELP = (
    Measure(
        key="rural.delisted_villages",
        label=_("出列的贫困村"),
        unit="个",
        also_units=("座",),
        of=HelpResult,
        kind=Distinct("village"),
        where=Q(is_delisted=True),
        words=("贫困村 出列|摘帽|脱贫|退出",),
        definition=_("经验收出列的不同帮扶村数；历史数据，已封闭。"),
        source=_("以验收文件为准"),
        group="rural",
    ),
    Measure(
        key="rural.lifted_households",
        label=_("脱贫户数"),
        unit="户",
        of=HelpResult,
        kind=Sum("households"),
        words=("脱贫|贫困户|贫困人口 帮助|帮扶|助力|实现|带动", "贫困 脱贫"),
        definition=_("帮扶村历次验收脱贫户数之和，只存汇总数，不存农户信息。"),
        source=_("以验收文件为准"),
        group="rural",
    ),
    Measure(
        key="rural.lifted_persons",
        label=_("脱贫人数"),
        unit="名",
        also_units=("人", "位"),
        of=HelpResult,
        kind=Sum("persons"),
        words=("贫困人口|贫困群众 脱贫", "脱贫 帮助|帮扶|助力|实现|带动 群众|人口"),
        definition=_("帮扶村历次验收脱贫人数之和，只存汇总数，不存个人信息。"),
        source=_("以验收文件为准"),
        group="rural",
    ),
)

BACKYARDS = (
    Measure(
        key="rural.backyards",
        label=_("批复和运行的科技小院"),
        unit="个",
        also_units=("家", "所", "处"),
        of=BackyardStage,
        kind=Count(),
        time=LatestStock("backyard", (_STAGE.APPROVED, _STAGE.OPERATING)),
        dims=(Dim("crop", _("产业或作物"), "backyard__crop"), Dim("name", _("科技小院"), "backyard__name")),
        words=("科技小院",),
        definition=_("期末已批复或在运行的科技小院数；申报中、暂停和撤销的不计。"),
        source=_("以批复文件为准"),
        group="rural",
    ),
    Measure(
        key="rural.backyards_approved",
        label=_("累计批复的科技小院"),
        unit="个",
        also_units=("家", "所", "处"),
        of=BackyardStage,
        kind=Count(),
        where=Q(stage=_STAGE.APPROVED),
        words=("科技小院 累计 批复|获批|建成|建立|创建|设立", "科技小院 批复|获批|新建|新增|新获批"),
        definition=_("累计获批复的科技小院数，含后来撤销的。"),
        source=_("以批复文件为准"),
        group="rural",
    ),
)

TRAININGS = (
    Measure(
        key="rural.trainings",
        label=_("农业技术培训场次"),
        unit="场次",
        also_units=("场", "次", "期", "班次"),
        of=Training,
        kind=Count(),
        where=_HELD,
        dims=(Dim("subject", _("作物或畜禽")), Dim("mode", _("方式"))),
        words=(_TRAINING, "农民|农户|种植户|养殖户|农村 培训|技术讲座|田间课堂"),
        definition=_("期内举办的农业技术培训场次，取消的不计。"),
        source=_("全国科普统计调查：实用技术培训次数"),
        group="rural",
    ),
    Measure(
        key="rural.trainees",
        label=_("培训农民人次"),
        unit="人次",
        also_units=("人", "名"),
        of=Training,
        kind=Sum("headcount"),
        where=_HELD,
        dims=(Dim("subject", _("作物或畜禽")), Dim("mode", _("方式"))),
        words=("培训|受训|参训 农民|农户|种植户|养殖户|新型职业农民|农村", _TRAINING),
        definition=_("已举办的农业技术培训参加人次之和；缺人数的场次不计，另行列出。"),
        source=_("全国科普统计调查：实用技术培训人次"),
        group="rural",
    ),
)

PROMOTIONS = (
    Measure(
        key="rural.varieties",
        label=_("推广的新品种"),
        unit="个",
        also_units=("项", "种"),
        of=Promotion,
        kind=Distinct("item"),
        where=Q(item__kind=PromotedItem.Kind.VARIETY),
        dims=(_CROP,),
        words=("新品种|优良品种|良种 推广|引进|示范|应用|引种",),
        definition=_("期内推广过的不同新品种数；同一品种在几处、几次推广只计一个。"),
        source=_("工作口径：按不同的品种或技术计数"),
        group="rural",
    ),
    Measure(
        key="rural.technologies",
        label=_("推广的新技术"),
        unit="项",
        also_units=("个",),
        of=Promotion,
        kind=Distinct("item"),
        where=Q(item__kind=PromotedItem.Kind.TECHNOLOGY),
        dims=(_CROP,),
        words=("新技术|实用技术|先进技术|农业技术|种养技术 推广|引进|示范|应用",),
        definition=_("期内推广过的不同新技术数；同一技术在几处、几次推广只计一项。"),
        source=_("工作口径：按不同的品种或技术计数"),
        group="rural",
    ),
    Measure(
        key="rural.promoted_acreage",
        label=_("新品种新技术推广面积"),
        unit="亩",
        of=Promotion,
        kind=Sum("acreage_mu"),
        dims=(Dim("kind", _("类别"), "item__kind"), _CROP),
        words=("新品种|新技术|良种|技术 推广|示范 面积|亩",),
        definition=_("期内各次推广记录的面积之和；没有量过面积的不计。"),
        source=_("工作口径：各次记录的面积之和"),
        group="rural",
    ),
)

MEASURES: tuple[Measure, ...] = (*POSTINGS, *HELP, *BACKYARDS, *TRAININGS, *PROMOTIONS)
