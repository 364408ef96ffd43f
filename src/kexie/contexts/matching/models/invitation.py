"""Experts suggested for a problem and what brokers thought of them, and experts who were invited."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models.expert import Expert
from kexie.contexts.matching.models.problem import Problem
from kexie.contexts.matching.states import InvitationState
from kexie.kernel.ids import short_code
from kexie.ledger.models import Tenant

# Whoever knows the code answers for the expert: it must not be guessed.
_CODE_LENGTH = 20
STANDING = (InvitationState.SENT, InvitationState.ACCEPTED)


def code() -> str:
    """Return a code for the link of an invitation."""
    return short_code(_CODE_LENGTH)


class Suggestion(Tenant):
    """An expert shown for a problem at a place of the list, and whether the broker found them fit."""

    class Verdict(models.TextChoices):
        FIT = "FIT", _("合适")
        UNFIT = "UNFIT", _("不合适")

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "技术难题")
    )
    expert = models.ForeignKey(
        Expert, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "专家")
    )
    place = models.PositiveIntegerField(_("名次"))
    shown_at = models.DateTimeField(_("首次推荐时间"))
    verdict = models.CharField(_("评价"), max_length=5, choices=Verdict.choices, blank=True)
    reason = models.CharField(_("评价理由"), max_length=200, blank=True)
    judged_at = models.DateTimeField(_("评价时间"), null=True, blank=True)
    judged_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评价人")
    )

    class Meta:
        verbose_name = _("专家推荐")
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_suggestion_once", fields=["association", "problem", "expert"]
            ),
            models.CheckConstraint(
                name="matching_suggestion_reason",
                condition=~Q(verdict="UNFIT") | ~Q(reason=""),
                violation_error_message=_("不合适请写明理由，以后推荐会参考。"),
            ),
            models.CheckConstraint(
                name="matching_suggestion_judged",
                condition=Q(verdict="", judged_at=None) | ~Q(verdict="") & Q(judged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem} · {self.expert}"


class Invitation(Tenant):
    """An expert asked to look at a problem, who answers by a link with a code, without an account."""

    State = InvitationState

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="invitations", verbose_name=pgettext_lazy("one", "技术难题")
    )
    expert = models.ForeignKey(
        Expert, models.PROTECT, related_name="invitations", verbose_name=pgettext_lazy("one", "专家")
    )
    code = models.CharField(_("链接编号"), max_length=_CODE_LENGTH, default=code, editable=False)
    state = models.CharField(
        _("状态"), max_length=9, choices=InvitationState.choices, default=InvitationState.SENT
    )
    words = models.CharField(_("给专家的话"), max_length=300, blank=True)
    # What stands before the path in the site's addresses: reminders are sent where no request tells it.
    site = models.CharField(max_length=200, blank=True, editable=False)
    invited_at = models.DateTimeField(_("邀请时间"))
    invited_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("邀请人")
    )
    expires_at = models.DateTimeField(_("答复期限"))
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("答复或结束时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    undertaken_at = models.DateTimeField(_("保密承诺时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("专家邀请")
        ordering: ClassVar = ["-invited_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], name="matching_invitation_due", condition=Q(state=InvitationState.SENT)
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_invitation_code", fields=["association", "code"]),
            models.UniqueConstraint(
                name="matching_invitation_once",
                fields=["association", "problem", "expert"],
                condition=Q(state__in=STANDING),
                violation_error_message=_("已经邀请过这位专家，正在等答复或已经同意。"),
            ),
            models.CheckConstraint(
                name="matching_invitation_ended",
                condition=Q(state=InvitationState.SENT, ended_at=None)
                | ~Q(state=InvitationState.SENT) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="matching_invitation_reason",
                condition=~Q(state__in=(InvitationState.DECLINED, InvitationState.WITHDRAWN)) | ~Q(reason=""),
                violation_error_message=_("请写明原因。"),
            ),
            models.CheckConstraint(
                name="matching_invitation_undertaken",
                condition=Q(undertaken_at=None)
                | Q(state__in=(InvitationState.ACCEPTED, InvitationState.WITHDRAWN)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem} · {self.expert}"

    def is_over(self, now: dt.datetime) -> bool:
        """Whether it was not answered in time."""
        return self.state == InvitationState.SENT and self.expires_at <= now
