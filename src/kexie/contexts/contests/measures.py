"""What contest records can be counted as."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.contests.models import ContestHolding, ContestResult, ProgrammeEdition
from kexie.ledger.measures import Count, Dim, Distinct, Measure, Sum
from kexie.ledger.models import Honour

_LEVEL = Dim("level", _("级别"), "contest__level")
_CONTEST_SERIES = Dim("series", _("竞赛系列"), "contest__series__name")
_YOUTH = Q(award__contains="青少年") | Q(award__contains="青年科普") | Q(award__contains="中小学")

MEASURES: tuple[Measure, ...] = (
    Measure(
        key="contests.series",
        label=_("举办的青少年竞赛"),
        unit="项",
        also_units=("个", "类"),
        of=ContestHolding,
        kind=Distinct("contest__series"),
        dims=(_LEVEL, _CONTEST_SERIES),
        words=(
            "举办|承办|组织|开展 青少年|中小学生|中小学|学生 竞赛|大赛|赛事",
            "青少年 竞赛品牌|赛事品牌|品牌赛事",
        ),
        definition=_("期内举办过的不同竞赛系列数：同一系列的各县赛、市赛和各届合算一项。"),
        source=_("工作口径：同一竞赛系列合算一项"),
        group="literacy",
    ),
    Measure(
        key="contests.held",
        label=_("青少年竞赛举办场次"),
        unit="场次",
        also_units=("场", "次", "届"),
        of=ContestHolding,
        kind=Count(),
        dims=(_LEVEL, _CONTEST_SERIES),
        words=("举办|承办|组织|开展 青少年|中小学生|中小学|学生|科技创新|机器人 竞赛|大赛|赛事",),
        definition=_("期内举办的竞赛场次：一个系列在一个级别由一个单位举办一次为一场。"),
        source=_("全国科普统计调查：科普（技）竞赛次数"),
        group="literacy",
    ),
    Measure(
        key="contests.entries",
        label=_("青少年竞赛参赛作品"),
        unit="件",
        also_units=("项", "个", "幅", "件(套)"),
        of=ContestHolding,
        kind=Sum("entries"),
        dims=(_LEVEL, _CONTEST_SERIES),
        words=("参赛作品|申报作品|报送作品|征集作品|参赛项目|申报项目 大赛|竞赛|比赛|青少年|学生",),
        definition=_("各场竞赛收到的参赛作品之和；同一作品逐级参赛，每级各计一次。"),
        source=_("青少年科技创新大赛规则：作品逐级参赛"),
        group="literacy",
    ),
    Measure(
        key="contests.participants",
        label=_("青少年竞赛参赛人次"),
        unit="人次",
        also_units=("人", "名"),
        of=ContestHolding,
        kind=Sum("headcount"),
        dims=(_LEVEL, _CONTEST_SERIES),
        words=("竞赛|大赛|比赛|赛事 参赛|参加|参与 学生|青少年|选手|师生|中小学生",),
        definition=_("各场竞赛参赛人次之和；同一学生参加几场计几次。缺人数的场次不计，另行列出。"),
        source=_("全国科普统计调查：科普（技）竞赛参加人次"),
        group="literacy",
    ),
    Measure(
        key="contests.results",
        label=_("青少年竞赛获奖作品"),
        unit="项",
        also_units=("个", "件", "名", "人"),
        of=ContestResult,
        kind=Count(),
        dims=(
            Dim("grade", _("奖级")),
            Dim("category", _("项目类别")),
            Dim("group", _("组别")),
            _LEVEL,
            _CONTEST_SERIES,
        ),
        words=("青少年|中小学生|中小学|学生|机器人 竞赛|大赛|比赛|赛事 获奖|获得|荣获|奖项|获|奖",),
        definition=_("期内公布的获奖结果条数；一件作品在一级竞赛获一个奖为一条。"),
        source=_("以公布的获奖结果为准"),
        group="literacy",
    ),
    Measure(
        key="contests.programmes",
        label=_("开展的青少年主题活动"),
        unit="项",
        also_units=("个", "类"),
        of=ProgrammeEdition,
        kind=Distinct("series"),
        dims=(Dim("series", _("主题活动"), "series__name"),),
        words=(
            "青少年 科学调查体验|科学营|科技营|研学|夏令营",
            "青少年|中小学生 主题活动|科普活动|科学教育活动|品牌活动",
        ),
        definition=_("期内开展过的不同青少年主题活动（非竞赛）数：同一活动各县、各年合算一项。"),
        source=_("工作口径：同一活动各县、各年合算一项"),
        group="literacy",
    ),
    Measure(
        key="contests.programme_participants",
        label=_("青少年主题活动参与人次"),
        unit="人次",
        also_units=("人", "名"),
        of=ProgrammeEdition,
        kind=Sum("headcount"),
        dims=(Dim("series", _("主题活动"), "series__name"),),
        words=(
            "科学调查体验|科学营|科技营|夏令营|主题活动 参与|参加|吸引|覆盖 学生|青少年|营员|师生|中小学生",
        ),
        definition=_("各期青少年主题活动参与人次之和。缺人数的不计，另行列出。"),
        source=_("工作口径：按计数方法记录的参与人次"),
        group="literacy",
    ),
    Measure(
        key="contests.organising_honours",
        label=_("青少年赛事活动组织荣誉"),
        unit="次",
        also_units=("项", "个", "届"),
        of=Honour,
        kind=Count(),
        where=_YOUTH & Q(kind=Honour.Kind.UNIT),
        dims=(Dim("award", _("赛事或活动")), Dim("title", _("荣誉名称")), Dim("awarder", _("授予单位"))),
        words=("青少年|中小学 优秀组织单位|优秀组织奖|优秀组织|先进集体|先进单位|组织工作",),
        definition=_("单位因组织青少年竞赛或主题活动获得的集体荣誉次数；按赛事或活动分别可查。"),
        source=_("以授予单位的表彰文件为准"),
        group="literacy",
    ),
)
