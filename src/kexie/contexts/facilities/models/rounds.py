"""Rounds in which titles are given: the call, the counties' quotas, applications and what was decided on them."""

from typing import ClassVar

from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.facilities.models.accreditation import Accreditation, Title
from kexie.contexts.facilities.models.facility import Facility
from kexie.ledger.models import Tenant

_ACCOUNT = "access.Account"
BEST_SCORE = 100


class TitleRound(Tenant):
    """One batch of one title. `closes_on` is the keepers' last day, `recommends_until` the counties'."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("未发布")
        OPEN = "OPEN", _("申报中")
        PUBLICISED = "PUBLICISED", _("公示")
        CLOSED = "CLOSED", _("已办结")
        CANCELLED = "CANCELLED", _("已取消")

    title = models.CharField(_("称号"), max_length=18, choices=Title.choices)
    batch = models.CharField(_("批次"), max_length=40, help_text=_("例如：2026—2030"))
    call = models.TextField(_("申报通知"))
    conditions = models.TextField(_("申报条件"), blank=True)
    closes_on = models.DateField(_("申报截止日"))
    recommends_until = models.DateField(_("县区推荐截止日"))
    valid_to = models.DateField(_("称号有效期至"))
    most = models.PositiveSmallIntegerField(_("全市名额"), null=True, blank=True, help_text=_("不限就留空。"))
    public_days = models.PositiveSmallIntegerField(_("公示天数"), default=7)
    contact = models.CharField(_("异议受理电话"), max_length=60, help_text=_("公示页上公开，只填单位电话。"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    public_from = models.DateField(_("公示第一天"), null=True, blank=True)
    public_to = models.DateField(_("公示最后一天"), null=True, blank=True)
    made_by = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("发布人"))
    made_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("称号评选批次")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_round_once",
                fields=["association", "title", "batch"],
                condition=~Q(state="CANCELLED"),
                violation_error_message=_("这个称号已有同名批次。"),
            ),
            models.CheckConstraint(
                name="facilities_round_days",
                condition=Q(closes_on__lte=F("recommends_until"), recommends_until__lt=F("valid_to")),
                violation_error_message=_(
                    "截止日的先后不对：申报截止、县区推荐截止、有效期至，依次不早于前一个。"
                ),
            ),
            models.CheckConstraint(
                name="facilities_round_publicity",
                condition=Q(state__in=("DRAFT", "OPEN", "CANCELLED"), public_from=None, public_to=None)
                | Q(
                    state__in=("PUBLICISED", "CLOSED"),
                    public_from__isnull=False,
                    public_to__isnull=False,
                    public_from__lte=F("public_to"),
                ),
            ),
            models.CheckConstraint(
                name="facilities_round_some",
                condition=Q(public_days__range=(1, 60)),
                violation_error_message=_("公示天数在1到60之间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_title_display()} {self.batch}"


class TitleQuota(Tenant):
    """How many a county (`county`; the city itself stands for its own units) may recommend in a round."""

    round = models.ForeignKey(TitleRound, models.CASCADE, related_name="quotas", verbose_name=_("批次"))
    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name=_("县（市、区）"))
    most = models.PositiveSmallIntegerField(_("名额"))

    class Meta:
        verbose_name = _("县区推荐名额")
        constraints: ClassVar = [
            models.UniqueConstraint(name="facilities_quota_once", fields=["association", "round", "county"]),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.most}"


class TitleApplication(Tenant):
    """A holder-to-be asks for a title. `unit` is the holder, `rank` its place among those its county recommends.

    `answers` are by key of `rules.questions`; `figures` are what the records said on the day it was sent.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("填写中")
        SUBMITTED = "SUBMITTED", _("待县区审核")
        RETURNED = "RETURNED", _("退回补正")
        RECOMMENDED = "RECOMMENDED", _("县区已推荐")
        APPROVED = "APPROVED", _("拟认定")
        PUBLICISED = "PUBLICISED", _("公示中")
        AWARDED = "AWARDED", _("已认定")
        REFUSED = "REFUSED", _("未通过")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    round = models.ForeignKey(TitleRound, models.PROTECT, related_name="applications", verbose_name=_("批次"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("申报单位"))
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "科普设施"),
    )
    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name=_("县（市、区）"))
    is_renewal = models.BooleanField(_("到期再认定"), default=False)
    previous = models.ForeignKey(
        Accreditation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name=_("上一次认定"),
    )
    state = models.CharField(_("状态"), max_length=11, choices=State.choices, default=State.DRAFT)
    answers = models.JSONField(_("申报内容"), default=dict, blank=True)
    figures = models.JSONField(_("台账数"), default=list, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    rank = models.PositiveSmallIntegerField(_("推荐排序"), null=True, blank=True)
    accreditation = models.ForeignKey(
        Accreditation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("科普称号认定")
    )
    made_by = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("填报人"))
    made_at = models.DateTimeField(_("登记时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("称号申报")
        indexes: ClassVar = [models.Index(fields=["association", "round", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_application_once",
                fields=["association", "round", "unit"],
                condition=~Q(state__in=("WITHDRAWN", "REFUSED")),
                violation_error_message=_("这个单位在这一批已有一份申报，请在原申报上办理。"),
            ),
            models.UniqueConstraint(
                name="facilities_application_award", fields=["association", "accreditation"]
            ),
            # Two change places within one transaction, so it is looked at when that ends.
            models.UniqueConstraint(
                name="facilities_application_rank",
                fields=["association", "round", "county", "rank"],
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="facilities_application_ranked",
                condition=Q(
                    rank__isnull=False, state__in=("RECOMMENDED", "APPROVED", "PUBLICISED", "AWARDED")
                )
                | Q(rank=None, state__in=("DRAFT", "SUBMITTED", "RETURNED", "REFUSED", "WITHDRAWN")),
            ),
            models.CheckConstraint(
                name="facilities_application_awarded",
                condition=Q(state="AWARDED", accreditation__isnull=False)
                | (~Q(state="AWARDED") & Q(accreditation=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.round}"

    @property
    def is_late(self) -> bool:
        """Whether the renewal was begun after the title had run out."""
        end = self.previous.valid_to if self.previous else None
        return end is not None and timezone.localdate(self.made_at) > end


class TitleStep(Tenant):
    """What was done with an application, when and why; never changed."""

    application = models.ForeignKey(
        TitleApplication, models.CASCADE, related_name="steps", verbose_name=_("称号申报")
    )
    state = models.CharField(_("状态"), max_length=11, choices=TitleApplication.State.choices)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    actor = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("称号申报办理记录")
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d}"


class TitlePaper(Tenant):
    """A document that goes with an application."""

    application = models.ForeignKey(
        TitleApplication, models.CASCADE, related_name="papers", verbose_name=_("称号申报")
    )
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("附件"))
    name = models.CharField(_("材料名称"), max_length=100)

    class Meta:
        verbose_name = _("申报材料")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_paper_once",
                fields=["association", "application", "file"],
                violation_error_message=_("这份材料已经上传过。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TitleReview(Tenant):
    """The score sheet of one reviewer: points by key of `rules.criteria`, and what a visit found."""

    class Visit(models.TextChoices):
        NONE = "NONE", _("没有去现场")
        TRUE = "TRUE", _("现场与申报相符")
        PARTLY = "PARTLY", _("现场部分不符")
        FALSE = "FALSE", _("现场与申报不符")

    application = models.ForeignKey(
        TitleApplication, models.CASCADE, related_name="reviews", verbose_name=_("称号申报")
    )
    reviewer = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("评审人"))
    points = models.JSONField(_("各项得分"), default=dict)
    score = models.PositiveSmallIntegerField(_("总分"))
    visit = models.CharField(_("现场核查"), max_length=6, choices=Visit.choices)
    visited_on = models.DateField(_("核查日期"), null=True, blank=True)
    text = models.CharField(_("评审意见"), max_length=300, blank=True)
    at = models.DateTimeField(_("评审时间"))

    class Meta:
        verbose_name = _("评审打分表")
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_review_once", fields=["association", "application", "reviewer"]
            ),
            models.CheckConstraint(name="facilities_review_score", condition=Q(score__lte=BEST_SCORE)),
            models.CheckConstraint(
                name="facilities_review_visited",
                condition=Q(visit="NONE", visited_on=None) | (~Q(visit="NONE") & Q(visited_on__isnull=False)),
                violation_error_message=_("去过现场的要填核查日期，没去的不填。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} {self.score}"


class TitleObjection(Tenant):
    """What somebody said against a name that was shown. Who said it is not kept here."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("核查中")
        UPHELD = "UPHELD", _("成立")
        DISMISSED = "DISMISSED", _("不成立")

    application = models.ForeignKey(
        TitleApplication, models.CASCADE, related_name="objections", verbose_name=_("称号申报")
    )
    text = models.CharField(_("异议内容"), max_length=300)
    received_on = models.DateField(_("收到日期"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("核查结果"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("公示异议")
        ordering: ClassVar = ["received_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="facilities_objection_answered",
                condition=Q(state="OPEN") | ~Q(answer=""),
            )
        ]

    def __str__(self) -> str:
        return self.text
