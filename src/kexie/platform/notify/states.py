"""What becomes of a notice."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Whether a notice has gone out. One that is read on the site alone is sent at once."""

    QUEUED = "QUEUED", _("待发送")
    SENT = "SENT", _("已发送")
    FAILED = "FAILED", _("发送失败")
    SKIPPED = "SKIPPED", _("未发送")


# SKIPPED: there was nowhere to send it, or it would have come too late.
TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    State.QUEUED: (State.SENT, State.FAILED, State.SKIPPED),
    State.FAILED: (State.QUEUED,),
    State.SENT: (),
    State.SKIPPED: (),
}
