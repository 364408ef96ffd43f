"""Activities (something held at a time and place for people), their series, campaigns, and honours."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models.record import HeadCounted, Record, Reference


class Series(Reference):
    """What recurs under one name: a show, a contest, a camp, a forum."""

    class Kind(models.TextChoices):
        SHOW = "SHOW", _("科普展演")
        CONTEST = "CONTEST", pgettext_lazy("one", "竞赛")
        PROGRAMME = "PROGRAMME", _("主题活动")
        FORUM = "FORUM", _("学术论坛")
        TRAINING = "TRAINING", _("培训")

    kind = models.CharField(_("类别"), max_length=9, choices=Kind.choices)

    class Meta(Reference.Meta):
        verbose_name = _("系列")
        constraints: ClassVar = [
            models.UniqueConstraint(name="ledger_series_name", fields=["association", "kind", "name"])
        ]


class Campaign(Reference):
    """A lens over activities already recorded (全国科普日, since 2025 全国科普月): nobody reports twice."""

    series_name = models.CharField(_("活动品牌"), max_length=100)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    theme = models.CharField(_("主题"), max_length=200, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("主题宣传活动")
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_campaign_window", condition=Q(ends_on__gte=F("starts_on")))
        ]


class ActivityManager(models.Manager["Activity"]):
    """Rows of one kind of activity, for the proxy models of the contexts."""

    def __init__(self, *kinds: str) -> None:
        super().__init__()
        self.kinds = kinds

    def get_queryset(self) -> models.QuerySet["Activity"]:
        """Return the rows of the manager's kinds."""
        rows = super().get_queryset()
        return rows.filter(kind__in=self.kinds) if self.kinds else rows


class Activity(HeadCounted):
    """Something held at a time and place for people; the record most work shares.

    Contexts add a proxy model for the kinds that are theirs. What was cancelled is recorded too (`held` False).
    """

    class Kind(models.TextChoices):
        SHOW = "SHOW", _("科普展演")
        LECTURE = "LECTURE", pgettext_lazy("one", "科普讲座")
        EXHIBITION = "EXHIBITION", _("专题展览")
        CONSULTING = "CONSULTING", _("科技咨询")
        POPULAR = "POPULAR", _("其他科普活动")
        SCHOOL_VISIT = "SCHOOL_VISIT", _("进校园")
        COMPETITION = "COMPETITION", _("竞赛活动")
        TRAINING = "TRAINING", _("农业技术培训")
        FORUM = "FORUM", pgettext_lazy("one", "学术研讨论坛")
        MATCH_EVENT = "MATCH_EVENT", pgettext_lazy("one", "对接活动")
        CADRE_TRAINING = "CADRE_TRAINING", _("科协干部培训")
        STUDY = "STUDY", pgettext_lazy("one", "学习会议")

    class Mode(models.TextChoices):
        ONSITE = "ONSITE", _("线下")
        ONLINE = "ONLINE", _("线上")

    KIND: ClassVar[str] = ""

    kind = models.CharField(_("活动类型"), max_length=14, choices=Kind.choices)
    title = models.CharField(_("活动名称"), max_length=200)
    series = models.ForeignKey(
        Series,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("系列"),
    )
    subject = models.CharField(_("主题"), max_length=200, blank=True)
    speaker = models.CharField(_("主讲人"), max_length=100, blank=True)
    starts_at = models.TimeField(_("开始时间"), null=True, blank=True)
    ends_at = models.TimeField(_("结束时间"), null=True, blank=True)
    host = models.ForeignKey(
        "units.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("承办单位"),
    )
    partner = models.CharField(_("联合单位"), max_length=200, blank=True)
    mode = models.CharField(_("方式"), max_length=6, choices=Mode.choices, default=Mode.ONSITE)
    audience = models.CharField(_("对象"), max_length=100, blank=True)
    held = models.BooleanField(_("已举办"), default=True, help_text=_("取消的场次也要记录，去掉勾选即可。"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta(HeadCounted.Meta):
        verbose_name = _("活动")
        indexes: ClassVar = [
            *HeadCounted.Meta.indexes,
            models.Index(fields=["association", "kind", "occurred_on"]),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A proxy's own rows are of its kind without the caller having to say so.
        if self.KIND and not args:
            kwargs.setdefault("kind", self.KIND)
        super().__init__(*args, **kwargs)

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def proxy_manager(*kinds: str) -> "ActivityManager":
        """Return the manager for a proxy model that shows only these kinds."""
        return ActivityManager(*kinds)


class Honour(Record):
    """A title or prize somebody received; `occurred_on` is the day of the decision."""

    class Kind(models.TextChoices):
        UNIT = "UNIT", pgettext_lazy("one", "集体荣誉")
        PERSON = "PERSON", pgettext_lazy("one", "个人荣誉")
        PRIZE = "PRIZE", _("奖项")
        PARTY_MODEL = "PARTY_MODEL", _("党建先进典型")
        EXEMPLAR = "EXEMPLAR", pgettext_lazy("one", "先进典型人物")

    kind = models.CharField(_("类别"), max_length=11, choices=Kind.choices)
    award = models.CharField(_("奖项或活动"), max_length=100, help_text=_("例如：安徽省创新方法大赛"))
    title = models.CharField(_("荣誉名称"), max_length=100, help_text=_("例如：优秀组织单位、二等奖"))
    year = models.PositiveSmallIntegerField(_("年度"))
    edition = models.CharField(_("届次"), max_length=40, blank=True)
    awarder = models.CharField(_("授予单位"), max_length=100)
    holder = models.ForeignKey(
        "units.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("获得单位"),
    )
    holder_name = models.CharField(_("获得者"), max_length=100, help_text=_("单位、团队或个人的名称"))
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("荣誉")

    def __str__(self) -> str:
        return f"{self.year} {self.award} {self.title}"
