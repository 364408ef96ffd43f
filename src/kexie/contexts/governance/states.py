"""How a rectification item moves from stage to stage (domain.md 4.13): no stage can be skipped."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
