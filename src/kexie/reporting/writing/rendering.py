"""Filling a template with its answers: the document, and which figure each number in it is."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from kexie.kernel.quantities.phrasing import Policy, phrase
from kexie.reporting.writing import charts, language, values
from kexie.reporting.writing.language import POLICIES, TAG, Environment, asks_of, normal

# Around a number in a preview: figure, number, end. Private-use characters, which no text holds.
MARK, SEPARATOR, END = "\ue000", "\ue001", "\ue002"
_CHART_WIDTH = 150


@dataclass(frozen=True)
class Cited:
    """A number that stands in a document, and the figure it comes from."""

    text: str
    data: Mapping[str, Any]


@dataclass
class Filling:
    """What a document is filled with, and what was cited on the way."""

    answers: Mapping[str, Any]
    words: Mapping[str, str]
    variables: Mapping[str, str]
    whole_year: bool
    marked: bool = False
    cited: list[Cited] = field(default_factory=list)

    def cite(self, text: str, data: Mapping[str, Any]) -> str:
        """Return a number as it stands in the document, and keep where it comes from."""
        self.cited.append(Cited(text, data))
        return f"{MARK}{len(self.cited) - 1}{SEPARATOR}{text}{END}" if self.marked else text

    def answer(self, ask: language.Ask) -> Any:
        """Return what was answered."""
        return self.answers[ask.key]


class Number:
    """A figure in a template: written as it is, or as a filter says."""

    def __init__(self, data: Mapping[str, Any], filling: Filling) -> None:
        self._data, self._filling = data, filling

    def written(self, policy: Policy, word: str = "", places: int | None = None) -> str:
        """Return the number in words that are true of it."""
        if self._data["value"] is None:
            return self._filling.cite("—", self._data)
        said = phrase(
            Decimal(self._data["value"]), self._data["unit"], policy=policy, word=word, places=places
        )
        return self._filling.cite(said, self._data)

    def __str__(self) -> str:
        return self.written(Policy.EXACT)


class _Template(DocxTemplate):  # type: ignore[misc]  # docxtpl carries no types
    """A template whose tags may be typed with the quotes and marks that Word puts in."""

    def patch_xml(self, src_xml: str) -> str:
        """Return the XML with tags in one piece and as they were meant."""
        return TAG.sub(lambda tag: normal(tag[0]), str(super().patch_xml(src_xml)))


@override(settings.LANGUAGE_CODE)
def fill(template: bytes, filling: Filling) -> Any:
    """Return the filled document (of python-docx), in Chinese whoever looks on."""
    made = _Template(io.BytesIO(template))
    environment = Environment()
    for name, (policy, word) in POLICIES.items():
        environment.filters[name] = _filter(policy, word)
    made.render({**filling.variables, **_functions(made, filling)}, environment)
    return made.docx


def _filter(policy: Policy, word: str) -> Any:
    def written(number: Any, places: int | None = None) -> str:
        return number.written(policy, word, places) if isinstance(number, Number) else str(number)

    return written


def _functions(made: Any, filling: Filling) -> dict[str, Any]:
    """Return what templates may call."""

    def answer(name: str, args: Sequence[Any], given: dict[str, Any]) -> Any:
        return [filling.answer(ask) for ask in asks_of(name, list(args), given)]

    def figure(*args: Any, **given: Any) -> Number:
        return Number(answer(language.FIGURE, args, given)[0], filling)

    def value(*args: Any, **given: Any) -> Decimal:
        return Decimal(answer(language.VALUE, args, given)[0]["value"] or 0)

    def change(*args: Any, **given: Any) -> Change:
        now, then = answer(language.CHANGE, args, given)
        return Change(now, then, filling)

    def table(*args: Any, **given: Any) -> list[dict[str, Any]]:
        return [_row(one, filling) for one in answer(language.TABLE, args, given)[0]]

    def chart(*args: Any, **given: Any) -> InlineImage:
        width = given.pop("宽", None)
        rows = answer(language.CHART, args, given)[0]
        points = [(row["name"], Decimal(row["value"] or 0)) for row in rows]
        measure = values.measure_of(str(args[0]))
        picture = charts.bars(str(measure.label), points, unit=str(measure.unit))
        for row in rows:
            filling.cite(f"{row['name']} {row['value'] or '—'}", row)
        return InlineImage(made, io.BytesIO(picture), width=Mm(int(width) if width else _CHART_WIDTH))

    def honours(*args: Any, **given: Any) -> list[dict[str, Any]]:
        return [_honour(one) for one in answer(language.HONOURS, args, given)[0]]

    def word(name: str) -> str:
        return filling.words.get(str(name), "")

    return {
        language.FIGURE: figure, language.VALUE: value, language.CHANGE: change, language.TABLE: table,
        language.CHART: chart, language.HONOURS: honours, language.WORD: word,
    }  # fmt: skip


def _row(data: Mapping[str, Any], filling: Filling) -> dict[str, Any]:
    then = data["then"]
    return {
        "名称": data["name"],
        "数": Number({**data, "unit": ""}, filling),
        "上期": Number({**then, "unit": ""}, filling),
        "比": Change(data, then, filling),
    }


class Change:
    """A comparison in a template."""

    def __init__(self, now: Mapping[str, Any], then: Mapping[str, Any], filling: Filling) -> None:
        self._now, self._then, self._filling = now, then, filling

    def __str__(self) -> str:
        words = values.change(self._now, self._then, whole_year=self._filling.whole_year)
        return self._filling.cite(words, self._then)


def _honour(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "名称": f"{one['award']}{one['title']}", "奖项": one["award"], "荣誉": one["title"], "授予": one["awarder"],
        "年度": _("%(year)d年") % {"year": one["year"]}, "获得者": one["holder"],
    }  # fmt: skip


def saved(document: Any) -> bytes:
    """Return a document's bytes."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
