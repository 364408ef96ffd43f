"""How long ago a township was reached, in words that a county plans by."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(models.TextChoices):
    """When a caravan was last in a township; a year is the rhythm that counties are asked to keep."""

    HALF = "HALF", _("半年内到过")
    YEAR = "YEAR", _("一年内到过")
    LATE = "LATE", _("超过一年没去")
    NEVER = "NEVER", _("还没去过")


HALF, YEAR = dt.timedelta(days=183), dt.timedelta(days=365)
