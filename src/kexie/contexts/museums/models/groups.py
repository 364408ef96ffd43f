"""Groups: a unit asks for a slot with a roster, the museum approves, places are taken."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models.slots import Slot
from kexie.ledger.models import Tenant
from kexie.platform.capacity.models import Reservation
from kexie.platform.files.models import StoredFile


class GroupRequest(Tenant):
    """A group's request for one slot. While REQUESTED its places are held; approval confirms the reservation.

    The leader's telephone and the roster are encrypted; `size` counts leaders too.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("待提交名单")
        REQUESTED = "REQUESTED", _("待审核")
        APPROVED = "APPROVED", _("已通过")
        REFUSED = "REFUSED", _("未通过")
        CANCELLED = "CANCELLED", _("已取消")

    class Kind(models.TextChoices):
        SCHOOL = "SCHOOL", _("学校")
        KINDERGARTEN = "KINDERGARTEN", _("幼儿园")
        ORGAN = "ORGAN", _("机关事业单位")
        FIRM = "FIRM", _("企业")
        COMMUNITY = "COMMUNITY", _("社区与社会组织")
        OTHER = "OTHER", _("其他")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+", verbose_name=_("时段"))
    visitor_id = models.UUIDField(_("预约人"), null=True)
    code = models.CharField(_("申请号"), max_length=12)
    kind = models.CharField(_("团队类型"), max_length=12, choices=Kind.choices)
    organisation = models.CharField(_("单位名称"), max_length=100)
    purpose = models.CharField(_("参观目的"), max_length=200, blank=True)
    leader_name = models.CharField(_("领队姓名"), max_length=60)
    leader_phone = models.BinaryField(_("领队电话"), default=b"")
    leaders = models.PositiveSmallIntegerField(_("带队人数"), default=1)
    size = models.PositiveSmallIntegerField(_("总人数"))
    roster = models.BinaryField(default=b"")
    state = models.CharField(_("状态"), max_length=9, choices=State.choices)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, related_name="+", verbose_name=_("预约")
    )
    made_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    decided_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("审核人")
    )
    decision = models.CharField(_("审核意见"), max_length=200, blank=True)
    asked_for = models.CharField(_("馆方要求补充"), max_length=200, blank=True)
    asked_until = models.DateTimeField(_("补充期限"), null=True)
    reply = models.CharField(_("领队说明"), max_length=200, blank=True)
    changes = models.PositiveSmallIntegerField(_("改期次数"), default=0)

    class Meta:
        verbose_name = _("团队预约")
        indexes: ClassVar = [models.Index(fields=["association", "state", "made_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_group_code", fields=["association", "code"]),
            models.CheckConstraint(
                name="museums_group_leaders",
                condition=Q(leaders__gte=1, leaders__lte=F("size")),
                violation_error_message=_("带队人数至少1人，且不超过总人数。"),
            ),
            models.CheckConstraint(
                name="museums_group_decided",
                condition=~Q(state__in=("APPROVED", "REFUSED")) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.size}"


class GroupDocument(Tenant):
    """A paper that goes with a group's request: a letter of introduction, a list of vehicles."""

    group = models.ForeignKey(
        GroupRequest, models.CASCADE, related_name="documents", verbose_name=_("团队预约")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("文件名"), max_length=150)
    made_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("团队材料")
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_document_once", fields=["association", "group", "file"])
        ]

    def __str__(self) -> str:
        return self.name
