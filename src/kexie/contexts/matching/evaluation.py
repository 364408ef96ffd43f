"""The declared rule of carriers' yearly evaluation: what is scored, how the grade follows, what follows from the grade."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text


class Grade(models.TextChoices):
    """The grade of a year."""

    EXCELLENT = "EXCELLENT", _("优秀")
    GOOD = "GOOD", _("良好")
    PASS = "PASS", _("合格")
    FAIL = "FAIL", _("不合格")


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """Something scored from 0 to `most`."""

    key: str
    label: Text
    most: int
    hint: Text


CRITERIA = (
    Criterion(key="needs", label=_("需求对接"), most=20, hint=_("征集的需求、提出和办结的数量。")),
    Criterion(key="experts", label=_("专家服务"), most=25, hint=_("在站专家到企业的次数和实际工作。")),
    Criterion(key="outputs", label=_("成果"), most=30, hint=_("解决的问题、专利、新产品、标准、培训。")),
    Criterion(key="care", label=_("管理保障"), most=15, hint=_("场地、专人、经费、制度和记录。")),
    Criterion(key="reach", label=_("示范带动"), most=10, hint=_("带动的同行企业、宣传报道。")),
)
_FLOORS = ((90, Grade.EXCELLENT), (75, Grade.GOOD), (60, Grade.PASS))
# What follows, in words; `FAIL` a second year in a row is told apart.
CONSEQUENCES: dict[str, Text] = {
    Grade.EXCELLENT: _("优先推荐申报上一级服务站。"),
    Grade.GOOD: _("继续运行。"),
    Grade.PASS: _("继续运行，提出改进意见。"),
    Grade.FAIL: _("暂停运行，限期整改；整改好了登记“续期”恢复。"),
}
AGAIN = _("连续两年不合格，应当撤销。")


def grade_of(total: int) -> Grade:
    """Return the grade of a total out of 100."""
    return next((grade for floor, grade in _FLOORS if total >= floor), Grade.FAIL)
