"""Experts whom the association can ask, and the industries it serves."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.people.masking import mask_name, mask_phone
from kexie.kernel import disciplines
from kexie.ledger.models import Reference
from kexie.platform import crypto

MOST_REQUESTS = 20


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
    """An expert; `name` is the person's, shown in public only with consent (`ExpertConsent`).

    `is_home` marks experts from overseas (海智): nationality, employer abroad and visit dates beyond the records
    stay out of the system, and nobody is asked before export control was looked at (domain.md 4.6).
    `confirmed_on` is the day the expert last said that all this is right; nobody else sets it.
    """

    class Availability(models.TextChoices):
        OPEN = "OPEN", _("可以邀请")
        LIMITED = "LIMITED", _("近期只能少量参加")
        AWAY = "AWAY", _("暂不接受邀请")

    class Language(models.TextChoices):
        ZH = "ZH", _("中文")
        EN = "EN", _("英语")
        JA = "JA", _("日语")
        KO = "KO", _("韩语")
        DE = "DE", _("德语")
        FR = "FR", _("法语")
        RU = "RU", _("俄语")
        OTHER = "OTHER", _("其他语言")

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
    # Other spellings, joined with 、: in pinyin, as printed on papers.
    other_names = models.CharField(_("其他署名"), max_length=300, blank=True)
    title = models.CharField(_("职称"), max_length=60, blank=True)
    # Codes of GB/T 13745, the main one first.
    disciplines: "models.JSONField[Any, Any]" = models.JSONField(_("学科分类"), default=list, blank=True)
    skills = models.CharField(_("能解决的问题"), max_length=500, blank=True)
    about = models.TextField(_("个人简介"), blank=True)
    languages: "models.JSONField[Any, Any]" = models.JSONField(_("工作语言"), default=list, blank=True)
    region = models.CharField(_("常在地区"), max_length=60, blank=True)
    availability = models.CharField(
        _("是否接受邀请"), max_length=7, choices=Availability.choices, default=Availability.OPEN
    )
    away_until = models.DateField(_("暂不接受到哪天"), null=True, blank=True)
    most_requests = models.PositiveSmallIntegerField(
        _("同时最多几项邀请"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_REQUESTS)],
    )
    is_home = models.BooleanField(_("海智专家"), default=False)
    cleared_on = models.DateField(_("出口管制和保密核对日期"), null=True, blank=True)
    verified_on = models.DateField(_("认证日期"), null=True, blank=True)
    confirmed_on = models.DateField(_("本人确认日期"), null=True, blank=True)
    withdrawn_on = models.DateField(_("退出日期"), null=True, blank=True)
    withdrawn_why = models.CharField(_("退出原因"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )
    # Who it is in the end: the entry itself, or the one it was merged into; rows of both are read together by it.
    identity = models.GeneratedField(
        expression=Coalesce("merged_into", "id"),
        output_field=models.UUIDField(),
        db_persist=True,
        editable=False,
    )
    merged_at = models.DateTimeField(_("并入时间"), null=True, blank=True)
    # For which confirmation (None: for none ever) they were reminded, and when: once for each.
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    # Where a field's value is from: {field: {"source", "on", "by"}}; what is not named was entered by hand.
    origins: "models.JSONField[Any, Any]" = models.JSONField(_("来源"), default=dict, blank=True)
    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("本人账号")
    )
    phone = models.BinaryField(_("手机号码"), null=True, blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    email = models.BinaryField(_("电子邮箱"), null=True, blank=True, editable=False)
    email_digest = models.CharField(max_length=64, blank=True, editable=False)
    orcid = models.CharField("ORCID", max_length=19, blank=True)
    openalex = models.CharField("OpenAlex", max_length=20, blank=True)

    class Meta(Reference.Meta):
        verbose_name = pgettext_lazy("many", "专家")
        indexes: ClassVar = [
            *Reference.Meta.indexes,
            models.Index(fields=["association", "phone_digest"], name="matching_expert_phone"),
            models.Index(fields=["association", "email_digest"], name="matching_expert_email"),
            models.Index(fields=["identity"], name="matching_expert_identity"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_expert_home_private",
                condition=Q(is_home=False) | Q(employer="", region=""),
                violation_error_message=_("海智专家不登记境外工作单位和常在地区。"),
            ),
            models.CheckConstraint(
                name="matching_expert_away",
                condition=Q(away_until=None) | Q(availability="AWAY"),
                violation_error_message=_("选“暂不接受邀请”才填到哪天。"),
            ),
            models.CheckConstraint(
                name="matching_expert_requests",
                condition=Q(most_requests__gte=1, most_requests__lte=MOST_REQUESTS),
            ),
            models.CheckConstraint(
                name="matching_expert_withdrawn",
                condition=Q(withdrawn_on=None, withdrawn_why="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why=""),
                violation_error_message=_("退出要写明原因。"),
            ),
            models.CheckConstraint(
                name="matching_expert_not_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
            models.UniqueConstraint(
                name="matching_expert_account",
                fields=["association", "account"],
                condition=Q(merged_into=None),
                violation_error_message=_("这个账号已属于另一位专家。"),
            ),
            *(
                models.UniqueConstraint(
                    name=f"matching_expert_{name}",
                    fields=["association", name],
                    condition=Q(merged_into=None) & ~Q(**{name: ""}),
                    violation_error_message=_("另一位专家已登记这个编号，可能是同一个人。"),
                )
                for name in ("orcid", "openalex")
            ),
        ]

    def __str__(self) -> str:
        """The name; of somebody from overseas only its ends: lists, exports and logs of any kind say it so."""
        return _("%(name)s（海智专家）") % {"name": mask_name(self.name)} if self.is_home else self.name

    @property
    def discipline_names(self) -> str:
        """The disciplines in words."""
        return disciplines.labels(self.disciplines)

    @property
    def language_names(self) -> str:
        """The languages in words."""
        return "、".join(str(self.Language(one).label) for one in self.languages)

    @property
    def masked_phone(self) -> str:
        """The number with its middle starred, or nothing."""
        return mask_phone(self.open("phone"))

    @property
    def masked_email(self) -> str:
        """The address with all but its first letter and its domain starred, or nothing."""
        name, at, domain = self.open("email").partition("@")
        return f"{name[:1]}***{at}{domain}" if at else ""

    def seal(self, field: str, clear: str) -> None:
        """Keep `phone` or `email`, encrypted, with its keyed hash; "" takes it away."""
        setattr(self, field, crypto.encrypt(clear.encode(), context=self.pk.bytes) if clear else None)
        setattr(self, f"{field}_digest", crypto.keyed_digest(clear) if clear else "")

    def open(self, field: str) -> str:
        """Return `phone` or `email` in clear: for notices and masks; people see it through `reveal_contact`."""
        sealed = getattr(self, field)
        return crypto.decrypt(bytes(sealed), context=self.pk.bytes).decode() if sealed else ""
