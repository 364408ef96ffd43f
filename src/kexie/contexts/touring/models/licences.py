"""Classes of driving licences (准驾车型) that drive a caravan."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class LicenceClass(models.TextChoices):
    """As the licence names them (机动车驾驶证申领和使用规定, annex 1)."""

    A1 = "A1", _("A1 大型客车")
    A2 = "A2", _("A2 重型牵引挂车")
    A3 = "A3", _("A3 城市公交车")
    B1 = "B1", _("B1 中型客车")
    B2 = "B2", _("B2 大型货车")
    C1 = "C1", _("C1 小型汽车")
    C2 = "C2", _("C2 小型自动挡汽车")


# Which classes each one also drives.
DRIVES: Mapping[str, frozenset[str]] = {
    "A1": frozenset({"A1", "A3", "B1", "B2", "C1", "C2"}),
    "A2": frozenset({"A2", "B1", "B2", "C1", "C2"}),
    "A3": frozenset({"A3", "C1", "C2"}),
    "B1": frozenset({"B1", "C1", "C2"}),
    "B2": frozenset({"B2", "C1", "C2"}),
    "C1": frozenset({"C1", "C2"}),
    "C2": frozenset({"C2"}),
}
