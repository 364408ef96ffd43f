"""How associations move from stage to stage."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssociationStage(models.TextChoices):
    """Stages of an enterprise, university or park association (domain.md 4.1)."""

    APPLIED = "APPLIED", _("申请成立")
    APPROVED = "APPROVED", _("批复成立")
    OPERATING = "OPERATING", _("正常运行")
    DECLINED = "DECLINED", _("未予批复")
    DISSOLVED = "DISSOLVED", _("撤销")


_Stage = AssociationStage

# What may follow the latest stage of an association; "" is one without any stage.
ASSOCIATION_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_Stage.APPLIED}),
    _Stage.APPLIED: frozenset({_Stage.APPROVED, _Stage.DECLINED}),
    _Stage.DECLINED: frozenset({_Stage.APPLIED}),
    _Stage.APPROVED: frozenset({_Stage.OPERATING, _Stage.DISSOLVED}),
    _Stage.OPERATING: frozenset({_Stage.DISSOLVED}),
    _Stage.DISSOLVED: frozenset({_Stage.APPLIED}),
}

# An association counts as existing from its approval (企业科协组织通则: approved = established).
EXISTING: tuple[str, ...] = (_Stage.APPROVED, _Stage.OPERATING)


class CountyStage(models.TextChoices):
    """Stages of a county-level association."""

    ESTABLISHED = "ESTABLISHED", _("建立")
    DISSOLVED = "DISSOLVED", _("撤并")


COUNTY_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({CountyStage.ESTABLISHED}),
    CountyStage.ESTABLISHED: frozenset({CountyStage.DISSOLVED}),
    CountyStage.DISSOLVED: frozenset({CountyStage.ESTABLISHED}),
}


class ConferenceState(models.TextChoices):
    """Stages of an academic event that a society prepares."""

    PLANNED = "PLANNED", _("筹备中")
    CALLING = "CALLING", _("征文和报名")
    READY = "READY", _("议程已定")
    HELD = "HELD", _("已举办")
    CANCELLED = "CANCELLED", _("已取消")


_Event = ConferenceState
CONFERENCE_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_Event.PLANNED}),
    _Event.PLANNED: frozenset({_Event.CALLING, _Event.READY, _Event.CANCELLED}),
    _Event.CALLING: frozenset({_Event.READY, _Event.CANCELLED}),
    _Event.READY: frozenset({_Event.HELD, _Event.CANCELLED}),
    _Event.HELD: frozenset(),
    _Event.CANCELLED: frozenset(),
}
