"""What of a problem is not for everybody: its full text and papers, who undertook to keep them, and who opened them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models.expert import Expert
from kexie.contexts.matching.models.invitation import Invitation
from kexie.contexts.matching.models.problem import Problem
from kexie.ledger.models import Tenant
from kexie.platform import crypto

_ONE = Q(expert=None, account__isnull=False) | Q(expert__isnull=False, account=None)


class ProblemText(Tenant):
    """The full text of a problem, encrypted; in a table of its own, so that no list, export or copy of a problem holds it."""

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "技术难题")
    )
    sealed = models.BinaryField(_("详细资料"), editable=False)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    written_at = models.DateTimeField(_("填写时间"))
    written_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("填写人")
    )

    class Meta:
        verbose_name = _("难题详细资料")
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_problem_text_once", fields=["association", "problem"])
        ]

    def __str__(self) -> str:
        return f"{self.problem.number} v{self.version}"

    def seal(self, clear: str) -> None:
        """Keep a text, encrypted under this row's id."""
        self.sealed = crypto.encrypt(clear.encode(), context=self.pk.bytes)

    def open(self) -> str:
        """Return the text in clear; only `operations.disclosure` asks, and writes down who does."""
        return crypto.decrypt(bytes(self.sealed), context=self.pk.bytes).decode()


class ProblemFile(Tenant):
    """A drawing, a photograph, a report that belongs to the full text."""

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="files", verbose_name=pgettext_lazy("one", "技术难题")
    )
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    added_at = models.DateTimeField(_("添加时间"))
    added_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("添加人"))
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("难题附件")
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_problem_file_once", fields=["association", "problem", "file"],
                condition=Q(removed_at=None), violation_error_message=_("这个文件已经附上了。"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.problem.number} {self.pk}"


class Undertaking(Tenant):
    """That an expert, or somebody of the association, keeps a problem's full text to themselves."""

    class How(models.TextChoices):
        LINK = "LINK", _("在邀请页面上确认")
        ONLINE = "ONLINE", _("登录后确认")
        PAPER = "PAPER", _("签署纸质承诺书")

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="undertakings", verbose_name=pgettext_lazy("one", "技术难题")
    )
    expert = models.ForeignKey(
        Expert,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "专家"),
    )
    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作人员")
    )
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("专家邀请")
    )
    # Which wording was agreed to: `rules.disclosure.WORDINGS`.
    wording = models.CharField(_("承诺文本版本"), max_length=10)
    how = models.CharField(_("确认方式"), max_length=6, choices=How.choices)
    given_at = models.DateTimeField(_("承诺时间"))
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    withdrawn_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("终止人")
    )
    withdrawn_why = models.CharField(_("终止原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("保密承诺")
        ordering: ClassVar = ["given_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="matching_undertaking_of_one", condition=_ONE),
            models.CheckConstraint(
                name="matching_undertaking_withdrawn",
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""),
                violation_error_message=_("请写明终止原因。"),
            ),
            *(
                models.UniqueConstraint(
                    name=f"matching_undertaking_{who}", fields=["association", "problem", who],
                    condition=Q(withdrawn_at=None, **{f"{who}__isnull": False}),
                    violation_error_message=_("已经有保密承诺。"),
                )
                for who in ("expert", "account")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.problem.number} · {self.who}"

    @property
    def who(self) -> str:
        """Whoever undertook it."""
        return self.expert.name if self.expert is not None else str(self.account)


class TextOpening(Tenant):
    """That somebody opened the full text of a problem or one of its papers."""

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="openings", verbose_name=pgettext_lazy("one", "技术难题")
    )
    expert = models.ForeignKey(
        Expert,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "专家"),
    )
    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("账号")
    )
    # The version of the text, or the paper.
    version = models.PositiveSmallIntegerField(_("版本"), null=True, blank=True)
    paper = models.ForeignKey(
        ProblemFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("附件")
    )
    opened_at = models.DateTimeField(_("查看时间"))

    class Meta:
        verbose_name = _("详细资料查看记录")
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["association", "problem"], name="matching_opening_problem")]
        constraints: ClassVar = [models.CheckConstraint(name="matching_opening_of_one", condition=_ONE)]

    def __str__(self) -> str:
        return f"{self.problem.number} · {self.who}"

    @property
    def who(self) -> str:
        """Whoever opened it."""
        return self.expert.name if self.expert is not None else str(self.account)
