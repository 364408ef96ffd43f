"""The stages of making a document, and what may follow what."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """How far a document is."""

    RUNNING = "RUNNING", _("正在生成")
    CANCELLED = "CANCELLED", _("已中止")
    FAILED = "FAILED", _("没有做成")
    DONE = "DONE", _("已完成")


TRANSITIONS: Mapping[str, frozenset[str]] = {
    Stage.RUNNING: frozenset({Stage.CANCELLED, Stage.FAILED, Stage.DONE}),
    Stage.CANCELLED: frozenset({Stage.RUNNING}),
    Stage.FAILED: frozenset({Stage.RUNNING}),
    Stage.DONE: frozenset(),
}
