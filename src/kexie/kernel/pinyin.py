"""How Chinese names are written in Latin letters: readings of single characters, and what two spellings share.

The readings beside this file are those of the characters of GB/T 2312 and of some that names like.
"""

import itertools
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kexie.kernel import text

_HAN = re.compile(r"[\u3400-\u9fff]")
# Characters that are read otherwise in surnames or in names; the usual reading counts too.
_ALSO: Mapping[str, str] = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "朴": "piao", "查": "zha", "盖": "ge", "区": "ou", "任": "ren",
    "覃": "qin", "翟": "zhai", "尉": "yu", "乐": "yue", "缪": "miao", "瞿": "qu", "长": "zhang", "行": "xing", "重": "chong",
    "朝": "zhao", "盛": "sheng", "华": "hua", "葛": "ge", "员": "yun", "牟": "mou", "万": "wan", "折": "she", "祭": "zhai",
}  # fmt: skip
_COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯 端木 百里 南宫 独孤".split()
)
_MOST = 8


@cache
def _readings() -> Mapping[str, str]:
    lines = Path(__file__).with_name("pinyin.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return {character: reading for reading, characters in pairs for character in characters}


def is_chinese(name: str) -> bool:
    """Whether a name has Chinese characters."""
    return bool(_HAN.search(name))


def spellings(name: str) -> frozenset[str]:
    """Return the keys a name may be known by: two names of one person share one, whatever the order or the script.

    A Chinese name gives its characters and the pinyin of given name and surname; a Latin one its parts, sorted.
    """
    plain = text.half_width(text.clean(name))
    if not is_chinese(plain):
        return frozenset({_latin(plain)} - {""})
    characters = "".join(_HAN.findall(plain))
    return frozenset({characters, *_in_pinyin(characters)})


def _in_pinyin(characters: str) -> set[str]:
    known, length = _readings(), 2 if characters[:2] in _COMPOUND else 1
    options = [
        list(dict.fromkeys((known.get(one, ""), _ALSO.get(one, known.get(one, ""))))) for one in characters
    ]
    if not all(all(option) for option in options) or len(characters) <= length:
        return set()
    spelt = itertools.islice(itertools.product(*options), _MOST)
    return {_latin(f"{''.join(one[:length])} {''.join(one[length:])}") for one in spelt}


def _latin(name: str) -> str:
    """Return the parts of a name, sorted: order, case, hyphens and the two spellings of ü say nothing."""
    joined = re.sub(r"(?<=\w)[-’'`](?=\w)", "", name.casefold())
    parts = re.findall(r"[^\W\d_]+", joined)
    return " ".join(
        sorted(
            part.replace("lyu", "lu").replace("nyu", "nu").replace("v", "u").replace("ü", "u")
            for part in parts
        )
    )
