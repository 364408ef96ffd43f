"""Organisations of every kind, in one tree per association."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.kernel.ids import short_code, uuid7


class Kind(models.TextChoices):
    """What an organisation is to the association."""

    ASSOCIATION = "ASSOCIATION", _("科协")
    COUNTY_ASSOCIATION = "COUNTY_ASSOCIATION", pgettext_lazy("one", "县级科协")
    SOCIETY = "SOCIETY", _("学会")
    ENTERPRISE_ASSOCIATION = "ENTERPRISE_ASSOCIATION", _("企业科协")
    UNIVERSITY_ASSOCIATION = "UNIVERSITY_ASSOCIATION", pgettext_lazy("one", "高校科协")
    PARK_ASSOCIATION = "PARK_ASSOCIATION", pgettext_lazy("one", "园区科协")
    MUSEUM = "MUSEUM", pgettext_lazy("one", "科技馆")
    SCHOOL = "SCHOOL", _("学校")
    FIRM = "FIRM", pgettext_lazy("one", "企业")
    VILLAGE = "VILLAGE", _("村（社区）")
    BASE = "BASE", _("基地")
    DEPARTMENT = "DEPARTMENT", _("部室")
    OUTSIDE = "OUTSIDE", _("外部单位")


class Unit(models.Model):
    """Any organisation the association works with, or one of its own departments.

    The root of a tree is the association itself (the tenant) and points at itself in `association`.
    `path` holds the codes of all ancestors and its own, each followed by "/", so that a subtree is
    `path__startswith=unit.path`.
    """

    Kind = Kind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True, default=short_code, editable=False)
    association = models.ForeignKey(
        "self", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("上级单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    path = models.CharField(_("路径"), max_length=200, editable=False, db_index=True)
    kind = models.CharField(_("类型"), max_length=24, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    area = models.ForeignKey(
        "areas.Area", verbose_name=_("所在地区"), on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(
        "places.Place",
        verbose_name=_("地点"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    website = models.CharField(_("网站"), max_length=200, blank=True)
    note = models.TextField(_("备注"), blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    valid_from = models.DateField(_("成立日期"), null=True, blank=True)
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering: ClassVar = ["path"]
        indexes: ClassVar = [models.Index(fields=["association", "kind"], name="unit_association_kind")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_root_is_its_own_association",
                condition=Q(parent=None, association=F("id"), kind="ASSOCIATION")
                | (Q(parent__isnull=False) & ~Q(association=F("id")) & ~Q(kind="ASSOCIATION")),
            ),
            models.CheckConstraint(
                name="unit_path_ends_with_own_code",
                condition=Q(path__endswith=Concat(F("code"), Value("/"))),
            ),
            models.UniqueConstraint(fields=["association", "path"], name="unit_path_unique"),
            models.UniqueConstraint(
                fields=["association", "credit_code"],
                name="unit_credit_code_unique",
                condition=~Q(credit_code=""),
            ),
            models.CheckConstraint(
                name="unit_only_root_is_demo", condition=Q(is_demo=False) | Q(parent=None)
            ),
            models.CheckConstraint(
                name="unit_valid_period",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def is_association(self) -> bool:
        """Whether this is the root of its tree."""
        return self.association_id == self.id

    @property
    def public_name(self) -> str:
        """The name the public knows: a department acts in the name of the unit it belongs to."""
        return self.parent.name if self.parent and self.kind == Kind.DEPARTMENT else self.name
