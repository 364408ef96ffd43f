"""What is known of an expert besides the profile: works that show what they can do, and what they agreed to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models.expert import Expert
from kexie.ledger.models import Tenant

FIRST_YEAR, LAST_YEAR = 1900, 2199


class ExpertWork(Tenant):
    """A paper, patent, solved case or project: the evidence by which an expert is found.

    `source_id` is the work's number at its source (DOI, patent number, OpenAlex id), once for each expert.
    """

    class Kind(models.TextChoices):
        PAPER = "PAPER", _("论文")
        PATENT = "PATENT", _("专利")
        CASE = "CASE", _("解决过的问题")
        PROJECT = "PROJECT", _("项目")

    class Source(models.TextChoices):
        HAND = "HAND", _("手工登记")
        SELF = "SELF", _("本人登记")
        WORKBOOK = "WORKBOOK", _("Excel 导入")
        OPENALEX = "OPENALEX", "OpenAlex"
        ORCID = "ORCID", "ORCID"

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="works", verbose_name=_("专家"))
    kind = models.CharField(_("类别"), max_length=7, choices=Kind.choices)
    title = models.CharField(_("题名"), max_length=300)
    text = models.TextField(_("摘要或说明"), blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    # As printed, joined with 、: whom the expert wrote it with.
    authors = models.CharField(_("作者或参加人"), max_length=500, blank=True)
    source = models.CharField(_("来源"), max_length=8, choices=Source.choices, default=Source.HAND)
    source_id = models.CharField(_("编号"), max_length=120, blank=True)
    imported = models.ForeignKey(
        "matching.ExpertImport",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("导入批次"),
    )

    class Meta:
        verbose_name = _("专家成果")
        ordering: ClassVar = [F("year").desc(nulls_last=True), "title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_expertwork_source",
                fields=["association", "expert", "source_id"],
                condition=~Q(source_id=""),
                violation_error_message=_("这位专家已有这个编号的成果。"),
            ),
            models.CheckConstraint(
                name="matching_expertwork_year",
                condition=Q(year=None) | Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=_("请核对年份。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ExpertConsent(Tenant):
    """That an expert agreed to one use of their data, from a moment until it is withdrawn; never edited otherwise."""

    class Use(models.TextChoices):
        RECOMMEND = "RECOMMEND", _("向企业推荐")
        NOTICE = "NOTICE", _("用短信或邮件联系")
        PUBLIC = "PUBLIC", _("在公众网站显示姓名")
        VECTORS = "VECTORS", _("由外部向量服务处理文字")

    class Basis(models.TextChoices):
        SELF = "SELF", _("本人在线同意")
        PAPER = "PAPER", _("纸质同意书")
        PHONE = "PHONE", _("电话确认")

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="consents", verbose_name=_("专家"))
    use = models.CharField(_("用途"), max_length=9, choices=Use.choices)
    basis = models.CharField(_("依据"), max_length=5, choices=Basis.choices)
    given_on = models.DateField(_("同意日期"))
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    # Tells a consent given for a merged entry as a whole from one given before.
    recorded_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("专家同意")
        ordering: ClassVar = ["use", "-given_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_expertconsent_once",
                fields=["association", "expert", "use"],
                condition=Q(withdrawn_on=None),
                violation_error_message=_("这一项已经同意过。"),
            ),
            models.CheckConstraint(
                name="matching_expertconsent_order",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                violation_error_message=_("撤回日期早于同意日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.get_use_display()}"
