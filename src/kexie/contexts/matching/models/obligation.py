"""What is kept beside an agreement while it runs: obligations, papers, and who was reminded of what."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models.agreement import Agreement
from kexie.contexts.matching.states import ObligationState
from kexie.ledger.models import Tenant


class Obligation(Tenant):
    """Something a party promised to do by a day; `owner` is who in the association sees to it."""

    State = ObligationState

    class Side(models.TextChoices):
        OURS = "OURS", _("科协")
        PARTNER = "PARTNER", _("合作方")
        FIRM = "FIRM", pgettext_lazy("one", "企业")

    agreement = models.ForeignKey(
        Agreement,
        models.CASCADE,
        related_name="obligations",
        verbose_name=pgettext_lazy("one", "合作协议"),
    )
    text = models.CharField(_("约定事项"), max_length=200)
    side = models.CharField(_("履行方"), max_length=7, choices=Side.choices, default=Side.OURS)
    owner = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任人")
    )
    due_on = models.DateField(_("应完成日期"))
    state = models.CharField(
        _("状态"), max_length=7, choices=ObligationState.choices, default=ObligationState.OPEN
    )
    settled_on = models.DateField(_("办结日期"), null=True, blank=True)
    outcome = models.CharField(_("办理情况"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("协议约定事项")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"], name="matching_obligation_due", condition=Q(state=ObligationState.OPEN)
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_obligation_settled",
                condition=Q(state=ObligationState.OPEN, settled_on=None)
                | ~Q(state=ObligationState.OPEN) & Q(settled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="matching_obligation_dropped_reason",
                condition=~Q(state=ObligationState.DROPPED) | ~Q(outcome=""),
                violation_error_message=_("不再履行要写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AgreementFile(Tenant):
    """A scan or another paper that belongs to an agreement."""

    agreement = models.ForeignKey(
        Agreement, models.CASCADE, related_name="files", verbose_name=pgettext_lazy("one", "合作协议")
    )
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("附件"))
    name = models.CharField(_("材料名称"), max_length=100)

    class Meta:
        verbose_name = _("协议附件")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_agreement_file_once",
                fields=["association", "agreement", "file"],
                violation_error_message=_("这份材料已经上传过。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(Tenant):
    """That somebody was told of a day: of one thing, for one day, once."""

    class About(models.TextChoices):
        OBLIGATION = "OBLIGATION", _("约定事项将到期")
        OVERDUE = "OVERDUE", _("约定事项已逾期")
        EXPIRY = "EXPIRY", _("协议将到期")
        EVALUATION = "EVALUATION", _("载体年度评估")
        EXPERT_TERM = "EXPERT_TERM", _("驻站专家聘期将满")

    about = models.CharField(_("事由"), max_length=11, choices=About.choices)
    subject_id = models.UUIDField(_("对象编号"))
    day = models.DateField(_("日期"))
    to = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("收件人"))
    sent_at = models.DateTimeField(_("发送时间"))

    class Meta:
        verbose_name = _("到期提醒")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_reminder_once", fields=["association", "about", "subject_id", "day"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.day}"
