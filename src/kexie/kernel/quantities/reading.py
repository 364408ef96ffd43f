"""A text as a person reads it: one width of digits, no line breaks inside sentences, offsets kept."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0x2009: 0x20,
}
_BREAK = re.compile(r"[ \t]*(?:\r\n?|\n|\u2028|\u2029|\f|\v)[\s\u200b\ufeff]*")
_SENTENCE_END = "。!?;:…"
_CLOSERS = "”’\"'」』)】》"
_CLAUSE_MARK = re.compile(r"[,、。;:!?]")
# "一、", "(一)", "1.", "1、", "①", "第一章", "-", "•" or a numeral and a space: the next line starts something new.
_STARTS_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d{1,2}(?:[.、](?!\d)|(?:\.\d+)* +)|[①-⑳•●▪◆-]"
    r"|第[一二三四五六七八九十百\d]+[章节条部])"
)
_NUMBER_TAIL = re.compile(r"[\d〇零一二两三四五六七八九十百千万亿余多几数上近超逾约](?:\.)?$")
_NUMBER_HEAD = re.compile(
    r"(?:[\d%‰]|[〇零一二两三四五六七八九十百千万亿余多]|[个名人位家项次场户件年元]|\.\d)"
)
_DIGIT_TAIL = re.compile(r"\d[.]?$")
_ONLY_NUMBER = re.compile(r"[\s\d.,%+-]*")
_HEADING_LENGTH = 40


@dataclass(frozen=True)
class Reading:
    """The text to look at, and the way back to the text as given.

    `text` has full-width ASCII narrowed and the line breaks inside sentences removed; breaks that end
    something stay as one newline. `source` is the text as given.
    """

    source: str
    text: str
    _starts: list[int]
    _origins: list[int]

    def origin(self, index: int) -> int:
        """Return the offset in `source` of the character at `index` of `text`."""
        piece = bisect_right(self._starts, index) - 1
        return self._origins[piece] + index - self._starts[piece]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span in `source` of a non-empty half-open span of `text`."""
        return self.origin(start), self.origin(end - 1) + 1


def read(source: str) -> Reading:
    """Return the reading of a text; the length of `source` is not limited."""
    narrow = source.translate(_FULL_WIDTH)
    parts: list[str] = []
    starts, origins = [0], [0]
    length, position = 0, 0
    for match in _BREAK.finditer(narrow):
        if match.end() == len(narrow):
            break
        mark = "" if _is_soft(narrow, match) else "\n"
        part = narrow[position : match.start()] + mark
        parts.append(part)
        length += len(part)
        position = match.end()
        starts.append(length)
        origins.append(position)
    parts.append(narrow[position:])
    return Reading(source, "".join(parts), starts, origins)


def _is_soft(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence runs on across this line break."""
    before = text[
        max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1 : match.start()
    ]
    after = text[match.end() : match.end() + _HEADING_LENGTH]
    if not before or before.rstrip(_CLOSERS)[-1:] in _SENTENCE_END:
        return False
    if _splits_number(before, after):
        return True
    return not _STARTS_ITEM.match(after) and not _is_heading(before)


def _splits_number(before: str, after: str) -> bool:
    """Whether the break runs through a number, or between a number and its measure word."""
    if not (_NUMBER_TAIL.search(before) and _NUMBER_HEAD.match(after)):
        return False
    line = after.split("\n", 1)[0]
    if _ONLY_NUMBER.fullmatch(before) or _ONLY_NUMBER.fullmatch(line):
        return line[:1] == "%"
    if line[0].isdigit() or line[0] == ".":
        return bool(_DIGIT_TAIL.search(before)) and not _STARTS_ITEM.match(line)
    return True


def _is_heading(line: str) -> bool:
    """Whether the line looks like a heading: short, without a mark that divides clauses after its number."""
    mark = _STARTS_ITEM.match(line)
    return len(line) <= _HEADING_LENGTH and not _CLAUSE_MARK.search(line, mark.end() if mark else 0)
