"""Which font stands for which role, and what may take its place."""

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from django.conf import settings

LATIN = "Times New Roman"


class Role(StrEnum):
    """What a font is for."""

    TITLE = "小标宋"
    BODY = "仿宋"
    SECOND = "楷体"
    FIRST = "黑体"
    NUMBER = "宋体"


@dataclass(frozen=True)
class Font:
    """A font's name, and free ones to use where it is not installed, the likest first."""

    name: str
    instead: tuple[str, ...]


_SERIF, _SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
_USUAL = {
    Role.TITLE: Font("方正小标宋简体", ("FZXiaoBiaoSong-B05S", "小标宋体", "Source Han Serif SC", _SERIF, "SimSun")),
    Role.BODY: Font("仿宋_GB2312", ("FangSong_GB2312", "仿宋", "FangSong", "FandolFang R", "朱雀仿宋", _SERIF)),
    Role.SECOND: Font("楷体_GB2312", ("KaiTi_GB2312", "楷体", "KaiTi", "FandolKai", "霞鹜文楷", "LXGW WenKai", _SERIF)),
    Role.FIRST: Font("黑体", ("SimHei", "FandolHei", "Source Han Sans SC", _SANS)),
    Role.NUMBER: Font("宋体", ("SimSun", "FandolSong", "Source Han Serif SC", _SERIF)),
}  # fmt: skip


def font(role: Role) -> Font:
    """Return the font of a role, as the deployment names it."""
    usual, given = _USUAL[role], settings.KEXIE_PAPER_FONTS
    name = given.get(role.value, usual.name)
    return usual if name == usual.name else Font(name, (usual.name, *usual.instead))


def fontconfig() -> str:
    """Return a fontconfig file that replaces each role's font by what is installed, in order."""
    aliases = "".join(_alias(font(role)) for role in Role)
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
    include = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    return f"{head}{include}{aliases}</fontconfig>"


def _alias(one: Font) -> str:
    families = "".join(f"<family>{escape(name)}</family>" for name in one.instead)
    return f'<alias binding="same"><family>{escape(one.name)}</family><prefer>{families}</prefer></alias>'
