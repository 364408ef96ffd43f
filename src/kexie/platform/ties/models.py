"""Ties that somebody declared, and pairs that were excluded because of ties."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7
from kexie.platform.ties.facts import Kind
from kexie.platform.ties.wording import LABELS

# What can be declared; the rest is computed.
DECLARABLE = (Kind.KINSHIP, Kind.EMPLOYMENT, Kind.TEACHING, Kind.PAID, Kind.COOPERATION, Kind.OTHER)


class Declaration(models.Model):
    """That a party is tied to another, named by its key or only by a name, until it is revoked or over.

    Tenant, accounts and parties are bare ids and keys: this table stands below all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    subject = models.CharField(_("谁"), max_length=80)
    other = models.CharField(_("与谁"), max_length=80, blank=True)
    other_name = models.CharField(_("与谁（姓名或单位）"), max_length=120, blank=True)
    kind = models.CharField(
        _("关系"), max_length=11, choices=[(one.value, LABELS[one]) for one in DECLARABLE]
    )
    words = models.CharField(_("说明"), max_length=200, blank=True)
    until = models.DateField(_("到哪天"), null=True, blank=True)
    declared_at = models.DateTimeField(_("申报时间"))
    declared_by_id = models.UUIDField(_("申报人编号"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_why = models.CharField(_("撤销原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("回避申报")
        verbose_name_plural = _("回避申报")
        ordering: ClassVar = ["-declared_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["association_id", "subject"], name="ties_declaration_subject")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ties_declaration_other", condition=~Q(other="") | ~Q(other_name=""),
                violation_error_message=_("请写明与谁有关系。"),
            ),
            models.CheckConstraint(
                name="ties_declaration_revoked",
                condition=Q(revoked_at=None, revoked_why="") | Q(revoked_at__isnull=False) & ~Q(revoked_why=""),
                violation_error_message=_("撤销要写明原因。"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.other_name or self.other}"


class Exclusion(models.Model):
    """That a pair was left out of a choice because of ties; `purpose` is the key of what was chosen for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    purpose = models.CharField(_("用途"), max_length=80)
    one = models.CharField(_("一方"), max_length=80)
    other = models.CharField(_("另一方"), max_length=80)
    # Each [kind, what, last day or null], as the engine gave them.
    ties: "models.JSONField[Any, Any]" = models.JSONField(_("原因"))
    seen_at = models.DateTimeField(_("核对时间"))

    class Meta:
        verbose_name = _("回避记录")
        verbose_name_plural = _("回避记录")
        ordering: ClassVar = ["one", "other"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="ties_exclusion_once", fields=["association_id", "purpose", "one", "other"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.one} · {self.other}"
