"""The word after a number. Chinese counts everything with one; other languages name a few and leave the rest out."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

WORDS = {"天": _("天"), "个月": _("个月"), "年": _("年"), "亩": _("亩"), "公里": _("公里")}
# The label says what is counted: “Science museums in use: 5” needs no further word.
CLASSIFIERS = frozenset("人次 人 位 名 户 个 项 家 座 件 件(套) 份 条 期 站 次 场 场次 处".split())


def unit_word(unit: object) -> str:
    """Return the unit as the interface's language writes it, "" where it needs none."""
    text = str(unit)
    if (get_language() or "zh").startswith("zh"):
        return text
    return "" if text in CLASSIFIERS else str(WORDS.get(text, text))
