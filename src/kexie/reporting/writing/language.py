"""What a template may say: functions of ours with fixed arguments, filters, if and for. Nothing else can be run.

`{{ 数("museums.visits") | 多 }}`, `{{ 比("museums.visits") }}`, `{%tr for 行 in 表("museums.visits", 按="县") %}`,
`{{ 图("museums.visits", 按="月") }}`, `{% for 项 in 荣誉() %}`, `{{ 填("收信单位") }}`. Every argument is a constant, so all
that a template asks for is known before any of it is computed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from kexie.kernel.errors import UserError
from kexie.kernel.quantities.phrasing import Policy

FIGURE, VALUE, CHANGE, TABLE, CHART, HONOURS, WORD = "数", "值", "比", "表", "图", "荣誉", "填"
FUNCTIONS = frozenset({FIGURE, VALUE, CHANGE, TABLE, CHART, HONOURS, WORD})
LISTS = frozenset({TABLE, HONOURS})
# How a number is written: the filter's name, the policy, and the word used.
POLICIES: dict[str, tuple[Policy, str]] = {
    "准确": (Policy.EXACT, ""),
    "万": (Policy.SCALED, ""),
    "余": (Policy.MORE, "余"),
    "多": (Policy.MORE, "多"),
    "超": (Policy.OVER, "超"),
    "达": (Policy.REACHED, "达"),
    "近": (Policy.NEARLY, "近"),
    "约": (Policy.ABOUT, "约"),
}
VARIABLES = ("标题", "单位", "年", "起", "止", "截至", "日期")
CUTS = {"县": "county", "单位": "unit", "月": "month", "年": "year"}
_SPAN, _SINCE, _AREA, _UNIT, _BY, _WIDTH = "期", "起", "地区", "单位", "按", "宽"
_FIELDS = frozenset({"名称", "数", "上期", "比", "授予", "年度", "奖项", "荣誉", "获得者"})
_LOOP = frozenset({"index", "first", "last", "length"})
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_BROKEN = re.compile(r"\{[{%#]|[}%#]\}")
_STATEMENT = re.compile(r"\{%(?P<of>p|tr|tc|r)? *(?P<word>[a-z]+)")
_CLOSING = {"for": "endfor", "if": "endif"}
_WIDTHS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "（": "(", "）": ")", "，": ",", "＝": "=", "｜": "|"})  # fmt: skip
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Call, nodes.Keyword, nodes.Filter,
    nodes.Name, nodes.Getattr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.If, nodes.For,
    nodes.EvalContextModifier, nodes.ScopedEvalContextModifier,
)  # fmt: skip


class NotAllowed(UserError):
    """A tag says something that templates cannot say."""


@dataclass(frozen=True)
class Ask:
    """Something that a template asks for; `key` names it among a document's answers."""

    what: str
    measure: str = ""
    span: str = ""
    since: str = ""
    area: str = ""
    unit: str = ""
    by: str = ""
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The ask as text."""
        given = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(given, ensure_ascii=False, sort_keys=True)


class Environment(SandboxedEnvironment):
    """Jinja that parses nothing but what is allowed."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters = dict.fromkeys(POLICIES, lambda value, *_given: value)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        see(tree)
        return tree


def normal(tag: str) -> str:
    """Return a tag with the quotes and marks that Word puts in, as they were meant."""
    return tag.translate(_WIDTHS)


def tags_of(text: str) -> list[str]:
    """Return the tags of a paragraph, raising NotAllowed for one that is not finished."""
    found = [match[0] for match in TAG.finditer(text)]
    if _BROKEN.search(TAG.sub("", text)):
        raise NotAllowed(_("花括号没有成对：{{ … }} 和 {% … %} 都要在同一段里写完。"))
    return found


class Blocks:
    """The for and if that are open while tags are read one after another, with the names that loops give."""

    def __init__(self) -> None:
        self.open: list[tuple[str, str]] = []

    def read(self, tag: str) -> list[Ask]:
        """Return what a tag asks for; raise NotAllowed if it cannot be said."""
        if tag.startswith("{#"):
            return []
        statement = _STATEMENT.match(tag)
        if tag.startswith("{%"):
            return self._statement(
                tag, statement["of"] if statement else None, statement["word"] if statement else ""
            )
        return asks(_tree(tag), self._names)

    @property
    def _names(self) -> set[str]:
        return {name for _word, name in self.open if name}

    def _statement(self, tag: str, of: str | None, word: str) -> list[Ask]:
        if of in ("tc", "r"):
            raise NotAllowed(_("只能用 {%p … %}（整段）和 {%tr … %}（整行）。"))
        plain = "{%" + tag[2 + len(of or "") :]
        if word in _CLOSING:
            tree = _tree(f"{plain}{{% {_CLOSING[word]} %}}")
            loop = tree.find(nodes.For)
            self.open.append((word, loop.target.name if loop and isinstance(loop.target, nodes.Name) else ""))
            return asks(tree, self._names)
        if word in ("else", "elif"):
            return self._else(plain)
        if self.open and word == _CLOSING[self.open[-1][0]]:
            self.open.pop()
            return []
        raise NotAllowed(
            _("这里不能写“%(tag)s”：只有 for … endfor 和 if … else … endif，并且要成对。") % {"tag": tag}
        )

    def _else(self, plain: str) -> list[Ask]:
        if not self.open:
            raise NotAllowed(_("else 前面没有 if。"))
        return asks(_tree(f"{{% if 1 %}}{plain}{{% endif %}}"), self._names)


def _tree(tag: str) -> nodes.Template:
    try:
        return Environment().parse(normal(tag))
    except TemplateSyntaxError as error:
        raise NotAllowed(_("写法不对：%(why)s") % {"why": error.message or ""}) from error


def see(tree: nodes.Node) -> None:
    """Raise NotAllowed for whatever templates cannot say."""
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            raise NotAllowed(_("模板里不能用“%(what)s”。") % {"what": type(node).__name__.lower()})
        if isinstance(node, nodes.Getattr) and not _is_field(node):
            raise NotAllowed(_("没有“%(name)s”这一栏。") % {"name": node.attr})
        if isinstance(node, nodes.Call):
            _see_call(node)
        if isinstance(node, nodes.Filter) and node.name not in POLICIES:
            raise NotAllowed(
                _("没有“%(name)s”这种写法，可用：%(known)s。")
                % {"name": node.name, "known": "、".join(POLICIES)}
            )
        if isinstance(node, nodes.For) and not (
            isinstance(node.iter, nodes.Call) and _name(node.iter) in LISTS
        ):
            raise NotAllowed(_("for 只能用于 表(…) 和 荣誉(…)。"))


def _is_field(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and (
        node.attr in _FIELDS or (node.node.name == "loop" and node.attr in _LOOP)
    )


def _see_call(node: nodes.Call) -> None:
    name = _name(node)
    if name not in FUNCTIONS:
        raise NotAllowed(
            _("没有“%(name)s”这个功能，可用：%(known)s。")
            % {"name": name, "known": "、".join(sorted(FUNCTIONS))}
        )
    given = [*node.args, *(one.value for one in node.kwargs)]
    if node.dyn_args or node.dyn_kwargs or not all(isinstance(one, nodes.Const) for one in given):
        raise NotAllowed(_("“%(name)s”的括号里只能写引号引起来的字和数。") % {"name": name})


def _name(node: nodes.Call) -> str:
    return node.node.name if isinstance(node.node, nodes.Name) else ""


def asks(tree: nodes.Template, names: set[str]) -> list[Ask]:
    """Return what a tree asks for; raise NotAllowed for a name that nothing gives."""
    known = {*VARIABLES, *FUNCTIONS, *names, "loop"}
    for one in tree.find_all(nodes.Name):
        if one.name not in known and one.ctx == "load":
            raise NotAllowed(
                _('没有“%(name)s”。指标要写成 数("指标")，其他可用：%(known)s。')
                % {"name": one.name, "known": "、".join(VARIABLES)}
            )
    return [ask for call in tree.find_all(nodes.Call) for ask in asks_of(_name(call), *_given(call))]


def _given(call: nodes.Call) -> tuple[list[Any], dict[str, Any]]:
    return [one.value for one in call.args], {one.key: one.value.value for one in call.kwargs}  # type: ignore[attr-defined]  # constants, as seen


def asks_of(name: str, args: list[Any], given: dict[str, Any]) -> list[Ask]:
    """Return what one call asks for: one thing, or two that are compared."""
    if name == WORD:
        return [Ask(WORD, measure=str(args[0] if args else ""))]
    ask = _ask(name, args, given)
    if name == CHANGE:
        return [ask, Ask(**{**asdict(ask), "span": f"{ask.span}-1"})]
    return [ask]


def _ask(name: str, args: list[Any], given: dict[str, Any]) -> Ask:
    what = TABLE if name == CHART else FIGURE if name in (VALUE, CHANGE) else name
    if name != HONOURS and not args:
        raise NotAllowed(_("“%(name)s”的括号里要先写指标。") % {"name": name})
    words = {key: str(value) for key, value in given.items()}
    words.pop(_WIDTH, None)
    usual = {_SPAN: "本期", _SINCE: "", _AREA: "", _UNIT: "", _BY: "县" if what == TABLE else ""}
    found = {key: words.pop(key, default) for key, default in usual.items()}
    return Ask(
        what, str(args[0]) if args else "", found[_SPAN], found[_SINCE], found[_AREA], found[_UNIT], found[_BY],
        tuple(sorted(words.items())),
    )  # fmt: skip


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)
