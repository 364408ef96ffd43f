"""How targets stand, and how a rectification item moves from stage to stage (domain.md 4.13): no stage can be skipped."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """How a target stands; computed from records and the day, never chosen by a person."""

    PLANNED = "PLANNED", _("尚未开始")
    DONE = "DONE", _("已完成")
    ON_TRACK = "ON_TRACK", _("按进度推进")
    BEHIND = "BEHIND", _("需要加快")
    FAR_BEHIND = "FAR_BEHIND", _("严重滞后")
    MISSED = "MISSED", _("未达到")
    UNKNOWN = "UNKNOWN", _("无法计算")


# What colour a standing has: amber and red come with a reason.
TONES: dict[str, str] = {
    Standing.DONE: "good",
    Standing.ON_TRACK: "good",
    Standing.BEHIND: "warn",
    Standing.FAR_BEHIND: "bad",
    Standing.MISSED: "bad",
}


class RectificationStage(models.TextChoices):
    """Stages of a rectification item."""

    OPENED = "OPENED", _("立项整改")
    SELF_CHECKED = "SELF_CHECKED", _("责任人自查")
    RETURNED = "RETURNED", _("核验退回")
    VERIFIED = "VERIFIED", _("他人核验通过")
    CLOSED = "CLOSED", _("销号")


_Stage = RectificationStage

# What may follow the latest stage of an item; a closed item is opened again when a later check finds it so.
TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_Stage.OPENED}),
    _Stage.OPENED: frozenset({_Stage.SELF_CHECKED}),
    _Stage.SELF_CHECKED: frozenset({_Stage.VERIFIED, _Stage.RETURNED}),
    _Stage.RETURNED: frozenset({_Stage.SELF_CHECKED}),
    _Stage.VERIFIED: frozenset({_Stage.CLOSED}),
    _Stage.CLOSED: frozenset({_Stage.OPENED}),
}

# Stages that somebody other than the person responsible has to decide.
BY_ANOTHER: tuple[str, ...] = (_Stage.RETURNED, _Stage.VERIFIED, _Stage.CLOSED)
