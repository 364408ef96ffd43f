"""How an agreement stands on a day, and how long before a day somebody is told of it."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

EXPIRY_NOTICE = dt.timedelta(days=60)
OBLIGATION_NOTICE = dt.timedelta(days=14)


class Standing(models.TextChoices):
    """What is true of an agreement on a day; computed, never stored."""

    DRAFT = "DRAFT", _("待确认")
    IN_FORCE = "IN_FORCE", _("有效")
    EXPIRING = "EXPIRING", _("即将到期")
    EXPIRED = "EXPIRED", _("已过有效期")
    RENEWED = "RENEWED", _("已续签")
    ENDED = "ENDED", _("已提前终止")


RUNNING = frozenset({Standing.IN_FORCE, Standing.EXPIRING})
# What ran out may still be renewed, what was ended for a reason is signed anew instead.
RENEWABLE = RUNNING | {Standing.EXPIRED}
TONES = {
    Standing.IN_FORCE: "good", Standing.EXPIRING: "warn", Standing.EXPIRED: "", Standing.ENDED: "bad",
    Standing.RENEWED: "", Standing.DRAFT: "plan",
}  # fmt: skip
