"""Suggestions of science workers, what became of them, and the visits by which leaders keep in touch."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.workers.models.merits import Level
from kexie.ledger.models import Record


class Suggestion(Record):
    """A suggestion sent in; `occurred_on` is the day it was received. Nothing secret is ever entered."""

    class Channel(models.TextChoices):
        SITE = "SITE", _("调查站点信息")
        SOCIETY = "SOCIETY", _("学会")
        COUNTY = "COUNTY", pgettext_lazy("one", "县级科协")
        COMMITTEE = "COMMITTEE", _("科协委员")
        WORKER = "WORKER", _("科技工作者直接提出")

    class Access(models.TextChoices):
        PUBLIC = "PUBLIC", _("可公开")
        INTERNAL = "INTERNAL", _("内部")

    title = models.CharField(_("建议题目"), max_length=200)
    author = models.ForeignKey(
        "people.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提出人（建档）"),
    )
    author_name = models.CharField(_("提出人"), max_length=100)
    channel = models.CharField(_("来源渠道"), max_length=9, choices=Channel.choices)
    discipline = models.CharField(_("领域"), max_length=60, blank=True)
    access = models.CharField(_("公开属性"), max_length=8, choices=Access.choices, default=Access.INTERNAL)
    summary = models.TextField(_("内容摘要"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("科技工作者建议")

    def __str__(self) -> str:
        return self.title


class SuggestionAdoption(Record):
    """A suggestion was taken up at some level; one suggestion may be taken up several times."""

    class Form(models.TextChoices):
        REPORT = "REPORT", _("专报刊用")
        NOTE = "NOTE", _("领导批示")
        PROPOSAL = "PROPOSAL", _("转为提案议案")
        REPLY = "REPLY", _("部门采纳答复")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="+", verbose_name=_("建议"))
    level = models.CharField(_("采纳层级"), max_length=8, choices=Level.choices)
    form = models.CharField(_("采纳形式"), max_length=8, choices=Form.choices)
    adopter = models.CharField(_("采纳单位"), max_length=100)

    class Meta(Record.Meta):
        verbose_name = _("建议采纳")

    def __str__(self) -> str:
        return f"{self.suggestion} {self.get_form_display()}"


class ContactVisit(Record):
    """A leader or council member got in touch with a society, an expert or a worker.

    It is kept so that demands are heard and answered. Visits are never ranked (domain.md 0.1 item 8).
    """

    class Relation(models.TextChoices):
        LEADER_SOCIETY = "LEADER_SOCIETY", _("领导干部联系学会")
        LEADER_EXPERT = "LEADER_EXPERT", _("领导干部联系专家")
        ASSOCIATION_COMMITTEE = "ASSOCIATION_COMMITTEE", _("科协联系常委、委员")
        COUNCIL_MEMBER = "COUNCIL_MEMBER", _("学会理事联系会员")
        COUNTY_WORKER = "COUNTY_WORKER", _("县科协干部联系科技工作者")

    class Channel(models.TextChoices):
        VISIT = "VISIT", _("上门走访")
        MEETING = "MEETING", _("座谈")
        PHONE = "PHONE", _("电话")
        MESSAGE = "MESSAGE", _("微信")

    relation = models.CharField(_("联系类型"), max_length=21, choices=Relation.choices)
    visitor = models.CharField(_("联系人"), max_length=60, help_text=_("领导干部、理事或科协干部的姓名。"))
    target = models.CharField(_("联系对象"), max_length=100)
    target_unit = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对象所在单位")
    )
    channel = models.CharField(_("联系方式"), max_length=7, choices=Channel.choices)
    demands = models.TextField(_("意见和诉求"), blank=True)
    has_demand = models.BooleanField(_("有诉求"), default=False)
    response = models.TextField(_("当场答复或转办"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("联系走访")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="workers_contactvisit_demand",
                condition=Q(has_demand=False, demands="") | Q(has_demand=True) & ~Q(demands=""),
                violation_error_message=_("勾选“有诉求”时请写明诉求；没有诉求就都留空。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on} {self.target}"
