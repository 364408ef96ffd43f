"""States of a closing, as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """How far a closing is."""

    RUNNING = "RUNNING", _("正在结账")
    CANCELLED = "CANCELLED", _("已中止")
    CLOSED = "CLOSED", _("已结账")


TRANSITIONS = {
    Stage.RUNNING: {Stage.CANCELLED, Stage.CLOSED},
    Stage.CANCELLED: {Stage.RUNNING},
    Stage.CLOSED: set(),
}
