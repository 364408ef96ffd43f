"""Titles given for a term, from a controlled list; which body gives which stands in `rules.AWARDERS`."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Record, State


class Title(models.TextChoices):
    """The titles. Two provincial ones sound alike and are not: 科普教育基地 and 科学技术普及基地."""

    NATIONAL_BASE = "NATIONAL_BASE", _("全国科普教育基地")
    PROVINCIAL_BASE = "PROVINCIAL_BASE", _("省级科普教育基地（省科协）")
    PROVINCIAL_ST_BASE = "PROVINCIAL_ST_BASE", _("省科学技术普及基地（省科技厅）")
    CITY_BASE = "CITY_BASE", _("市级科普教育基地")
    CITY_COMMUNITY = "CITY_COMMUNITY", _("市级科普示范社区")
    CITY_SCHOOL = "CITY_SCHOOL", _("市级科普示范学校")
    DEMO_COMMUNITY = "DEMO_COMMUNITY", _("省科普示范社区")
    DEMO_SCHOOL = "DEMO_SCHOOL", _("省科普示范学校")
    DEMO_BASE = "DEMO_BASE", _("省科普示范基地")
    DEMO_COUNTY = "DEMO_COUNTY", _("全国科普示范县（市、区）")


class Accreditation(Record):
    """A holder is given a title; `occurred_on` is the day of the decision, `valid_to` the last day of its term."""

    title = models.CharField(_("称号"), max_length=18, choices=Title.choices)
    holder = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("获得单位"))
    batch = models.CharField(_("批次"), max_length=40, blank=True, help_text=_("例如：2021—2025"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    certificate_no = models.CharField(_("文号或证书编号"), max_length=80, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("科普称号认定")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="facilities_accreditation_term",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("occurred_on")),
                violation_error_message=_("有效期不能早于认定日期。"),
            ),
            models.UniqueConstraint(
                name="facilities_accreditation_once",
                fields=["association", "holder", "title", "occurred_on"],
                condition=~Q(state="REVERSED"),
                violation_error_message=_("这个单位的这次认定已经登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_title_display()} {self.batch}"

    def clean(self) -> None:
        """Refuse a document of the one body under the title of the other: their titles are easily confused."""
        number = self.certificate_no or ""
        if self.title == Title.PROVINCIAL_BASE and ("科技厅" in number or "科学技术普及基地" in number):
            raise ValidationError(
                {"certificate_no": gettext("这是省科技厅的文件，称号应选“省科学技术普及基地（省科技厅）”。")}
            )
        if self.title == Title.PROVINCIAL_ST_BASE and ("科协" in number or "科普教育基地" in number):
            raise ValidationError(
                {"certificate_no": gettext("这是省科协的文件，称号应选“省级科普教育基地（省科协）”。")}
            )


class TitleEnd(Record):
    """A title ends before its term: `occurred_on` is the first day on which the holder may not bear it."""

    class Kind(models.TextChoices):
        REVOKED = "REVOKED", _("撤销")
        RENOUNCED = "RENOUNCED", _("主动放弃")
        HOLDER_ENDED = "HOLDER_ENDED", _("单位注销")

    accreditation = models.ForeignKey(
        Accreditation, models.PROTECT, related_name="ends", verbose_name=_("终止的称号")
    )
    kind = models.CharField(_("终止方式"), max_length=12, choices=Kind.choices)
    document = models.CharField(_("文号"), max_length=80, blank=True)
    reason = models.CharField(_("原因"), max_length=200)

    class Meta(Record.Meta):
        verbose_name = _("称号提前终止")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="facilities_titleend_once",
                fields=["association", "accreditation"],
                condition=~Q(state="REVERSED"),
                violation_error_message=_("这次认定已经登记过提前终止。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.accreditation} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse an end of what was never given, or had not begun, or was over by then."""
        if not all((getattr(self, "accreditation_id", None), getattr(self, "occurred_on", None))):
            return  # the fields themselves say what is missing
        given = self.accreditation
        if given.state != State.CONFIRMED:
            raise ValidationError({"accreditation": gettext("这次认定还没有确认；请先确认，或删去草稿。")})
        if self.occurred_on < given.occurred_on:
            raise ValidationError({"occurred_on": gettext("终止日期不能早于认定日期。")})
        if given.valid_to and self.occurred_on > given.valid_to:
            raise ValidationError({"occurred_on": gettext("这个称号那时已经到期，不用登记提前终止。")})
