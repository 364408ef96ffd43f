"""Service teams (科技服务团): who goes, where they went, and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Record, Reference, Tenant


class ServiceTeam(Reference):
    """A team of experts that goes to firms under one name."""

    class Kind(models.TextChoices):
        PROVINCE = "PROVINCE", _("科创安徽科技服务团")
        SOCIETY = "SOCIETY", _("学会科技服务团")
        CITY = "CITY", _("市级科技服务团")
        COUNTY = "COUNTY", _("县级科技服务团")

    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    industry = models.ForeignKey(
        "matching.Industry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业")
    )
    started_on = models.DateField(_("组建日期"))
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("科技服务团")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_team_days",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message=_("结束日期早于组建日期。"),
            ),
            models.UniqueConstraint(
                name="matching_team_name",
                fields=["association", "name"],
                violation_error_message=_("这个服务团已经登记过。"),
            ),
        ]


class TeamMember(Tenant):
    """An expert in a team."""

    class Role(models.TextChoices):
        LEADER = "LEADER", _("团长")
        MEMBER = "MEMBER", _("成员")
        SECRETARY = "SECRETARY", _("联络员")

    team = models.ForeignKey(
        ServiceTeam, models.CASCADE, related_name="members", verbose_name=pgettext_lazy("one", "科技服务团")
    )
    expert = models.ForeignKey("matching.Expert", models.PROTECT, related_name="+", verbose_name=_("专家"))
    role = models.CharField(_("职责"), max_length=9, choices=Role.choices, default=Role.MEMBER)
    since = models.DateField(_("加入日期"))
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("服务团成员")
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_team_member_once",
                fields=["association", "team", "expert"],
                condition=Q(left_on=None),
                violation_error_message=_("这位专家已在团里。"),
            ),
            models.UniqueConstraint(
                name="matching_team_one_leader",
                fields=["association", "team"],
                condition=Q(left_on=None, role="LEADER"),
                violation_error_message=_("这个服务团已有团长；请先让原团长退出。"),
            ),
            models.CheckConstraint(
                name="matching_team_member_days",
                condition=Q(left_on=None) | Q(left_on__gte=F("since")),
                violation_error_message=_("退出日期早于加入日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.expert}"


class TeamVisit(Record):
    """A day on which a team was at a firm; each expert who came has a record of their own (`ExpertVisit`)."""

    class Result(models.TextChoices):
        ADVICE = "ADVICE", _("提出建议")
        SOLVED = "SOLVED", _("现场解决")
        PROBLEM = "PROBLEM", _("形成技术难题")
        INTENT = "INTENT", _("达成合作意向")
        AGREEMENT = "AGREEMENT", _("签订协议")
        NOTHING = "NOTHING", _("没有结果")

    team = models.ForeignKey(
        ServiceTeam, models.PROTECT, related_name="visits", verbose_name=pgettext_lazy("one", "科技服务团")
    )
    firm = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "企业")
    )
    topic = models.CharField(_("服务内容"), max_length=200)
    result = models.CharField(_("结果"), max_length=9, choices=Result.choices)
    outcome = models.CharField(_("结果说明"), max_length=300, blank=True)
    problem = models.ForeignKey(
        "matching.Problem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "技术难题"),
    )

    class Meta(Record.Meta):
        verbose_name = _("服务团走访")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="matching_team_visit_problem",
                condition=~Q(result="PROBLEM") | Q(problem__isnull=False),
                violation_error_message=_("形成技术难题的，请先登记难题，再选上它。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.occurred_on}"
