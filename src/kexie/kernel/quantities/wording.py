"""The words around a number that change what it claims: 超, 近, 约, 不少于, 以上, 左右."""

import re
from collections.abc import Callable

from kexie.kernel.quantities import intervals
from kexie.kernel.quantities.intervals import Interval
from kexie.kernel.quantities.numerals import Number

Rule = Callable[[Number], Interval]
SPACE = r"[ \t]{0,2}"
WINDOW = 12
_VERB = r"(?:有|占|为|达到|达|在|是|了)?"


def _compiled(*rows: tuple[str, Rule], end: bool) -> tuple[tuple[re.Pattern[str], Rule], ...]:
    shape = rf"(?:%s){SPACE}$" if end else rf"{SPACE}(?:%s)"
    return tuple((re.compile(shape % words), rule) for words, rule in rows)


# The first that fits wins, so the negated words stand before those they contain.
_BEFORE = _compiled(
    (
        rf"(?:不得?(?:超过|多于|高于|大于)|不超|不逾|未超过|没有超过|至多|最多|顶多|≤){_VERB}",
        intervals.at_most,
    ),
    (
        rf"(?:不得?(?:少于|低于|小于)|不下于|不下|至少|最少|起码|达到或超过|达到或者超过|≥){_VERB}",
        intervals.at_least,
    ),
    (r"最高|最长", intervals.at_most),
    (r"最低", intervals.at_least),
    (r"不足|不到|未满|未达到?|少于|低于|小于|不满|<", intervals.under),
    (
        r"(?:超过|超出|(?<![赶反高中华])超|逾|(?<![术新大键性得])突破|多于|高于|大于|不止|>)了?",
        intervals.over,
    ),
    (rf"(?:将近|接近|几近|(?<![附最临邻靠就亲远切])(?<!(?<![补津])贴)近){_VERB}", intervals.nearly),
    (rf"(?:大约|大概|大致|(?<![预签节合契违邀履条公特相制集简婚誓])约|估计){_VERB}", intervals.about),
    end=True,
)
_BEFORE_BARE = _compiled(
    (r"过|破", intervals.over),
    (r"(?<!以)上", intervals.at_least),
    (r"达到|高达|多达|达", intervals.exactly),
    end=True,
)
_AFTER = _compiled(
    (r"[及或和]?以上|之上", intervals.at_least),
    (r"[及或和]?以下|以内|之内|之下|封顶", intervals.at_most),
    (r"左右|上下|许(?![可多诺])", intervals.about),
    end=False,
)
_STATES = re.compile(
    r"(?:达到?|达成|高达|多达|[增升降减]至|(?:增加|增长|提升|提高|扩大|发展|下降|减少|扩展|覆盖)[到至]|[增升降]到|共计?|累计|总计|合计"
    rf"|(?<!预)(?<!统)(?<!估)计|总数为?|数为|量为){SPACE}$"
)
_LASTS = re.compile(
    r"(?:连续|连年|历时|为期|长达|持续|蝉联|坚持|任期|达|满|超过?|逾|时间|周期|历经|用时|耗时|突破|不少于|至少|延长|缩短|提前)"
    rf"(?:近|约)?{SPACE}$"
)


def before(text: str, start: int, *, bare: bool) -> tuple[Rule, int] | None:
    """Return the rule that the words ending at `start` give, and where those words begin.

    `bare` is for 百, 千, 万, 亿 without a numeral before them (上百, 过万).
    """
    window = text[max(0, start - WINDOW) : start]
    for pattern, rule in (_BEFORE + _BEFORE_BARE) if bare else _BEFORE:
        if match := pattern.search(window):
            return rule, start - len(window) + match.start()
    return None


def after(text: str, end: int) -> tuple[Rule, int] | None:
    """Return the rule that the words starting at `end` give, and where those words end."""
    for pattern, rule in _AFTER:
        if match := pattern.match(text, end):
            return rule, match.end()
    return None


def states_number(text: str, start: int) -> bool:
    """Whether the words before say that a number follows (达, 共计, 增至)."""
    return bool(_STATES.search(text[max(0, start - WINDOW) : start]))


def lasts(text: str, start: int) -> bool:
    """Whether the words before say that a length of time follows (连续, 历时, 为期)."""
    return bool(_LASTS.search(text[max(0, start - WINDOW) : start]))
