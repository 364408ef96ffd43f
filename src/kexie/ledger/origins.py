"""By which way a record came in: what is not known to have come another way was typed into a form."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The parts of a source key that a row of a sheet bears: all it says, or its number.
ROW, NUMBER = "row", "no"


class Way(models.TextChoices):
    """How a record came in. Nobody types what is DERIVED: gates, bookings and visitors' words become it by themselves."""

    FORM = "FORM", _("表单")
    PHONE = "PHONE", _("现场手机")
    SHEET = "SHEET", _("表格导入")
    DERIVED = "DERIVED", _("自动生成")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Records of a type that came in another way than through its form, and by what they are known.

    typed: the fields that a person fills in all the same, of what is DERIVED.
    """

    way: Way
    where: Callable[[], Q]
    typed: tuple[str, ...] = ()


def from_sheet() -> Q:
    """Return what tells the rows of imported sheets and returned packages."""
    return Q(source_key__contains=f":{ROW}:") | Q(source_key__contains=f":{NUMBER}:")


SHEET = Origin(way=Way.SHEET, where=from_sheet)
