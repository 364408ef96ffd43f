"""Experts whom the association can ask, and the industries it serves."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Reference


class Industry(Reference):
    """An industry the association works for; each city has its own list (十大产业 and the like)."""

    class Meta(Reference.Meta):
        verbose_name = pgettext_lazy("many", "产业")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_industry_name",
                fields=["association", "name"],
                violation_error_message=_("这个产业已经登记过。"),
            )
        ]


class Expert(Reference):
    """An expert; `name` is the person's, shown in public only with consent.

    `is_home` marks experts from overseas (海智): nationality, employer abroad and visit dates beyond the records
    stay out of the system (domain.md 4.6).
    """

    employer = models.CharField(_("工作单位"), max_length=120, blank=True)
    society = models.ForeignKey(
        "units.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所属学会"),
        help_text=_("由哪个学会推荐；学会专家要填"),
    )
    title = models.CharField(_("职称"), max_length=60, blank=True)
    discipline = models.CharField(_("学科专长"), max_length=120, blank=True)
    is_home = models.BooleanField(_("海智专家"), default=False)
    may_be_shown = models.BooleanField(
        _("同意公开"), default=False, help_text=_("本人同意在公众网站显示姓名")
    )

    class Meta(Reference.Meta):
        verbose_name = pgettext_lazy("many", "专家")
