"""What the checking pages show, as plain values."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.kernel.errors import Text
from kexie.kernel.quantities import read
from kexie.ledger.addresses import figure_url
from kexie.ledger.kinds import Number
from kexie.reporting.claims import explaining
from kexie.reporting.claims.findings import Finding, Verdict
from kexie.reporting.claims.marking import Remark
from kexie.reporting.claims.models import CheckedText
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

# Each verdict has a word and a sign besides its colour.
LABELS: dict[Verdict, Text] = {
    Verdict.SUPPORTED: gettext_lazy("相符"),
    Verdict.CONTRADICTED: gettext_lazy("不符"),
    Verdict.NO_RECORDS: gettext_lazy("没有记录"),
    Verdict.UNLINKED: gettext_lazy("未能对应"),
    Verdict.OUTSIDE: gettext_lazy("台账以外"),
}
SIGNS = {
    Verdict.SUPPORTED: "✓",
    Verdict.CONTRADICTED: "✗",
    Verdict.NO_RECORDS: "○",
    Verdict.UNLINKED: "?",
    Verdict.OUTSIDE: "↗",
}


@dataclass(frozen=True)
class Note:
    """A finding as the page shows it beside the text."""

    number: int
    text: str
    verdict: str
    label: Text
    sign: str
    why: str
    measure: Text
    actual: Number
    unit: str
    figure: str
    rows: str
    row_count: int
    correct: str
    is_corrected: bool
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of the text, with its note if it is a claim."""

    text: str
    note: Note | None = None


def notes(checked: CheckedText, found: list[Finding]) -> list[Note]:
    """Return the findings as notes, numbered in the order of the text."""
    return [_note(checked, number, one) for number, one in enumerate(found, 1)]


def paragraphs(checked: CheckedText, found: list[Finding], shown: list[Note]) -> list[list[Piece]]:
    """Return the text in paragraphs of pieces, without the line breaks inside sentences."""
    text = read(checked.text).text
    lines: list[list[Piece]] = [[]]
    for piece in _pieces(text, found, shown):
        first, *others = piece.text.split("\n") if piece.note is None else [piece.text]
        lines[-1].append(Piece(first, piece.note))
        lines.extend([Piece(other)] for other in others)
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def remarks(found: list[Finding]) -> list[Remark]:
    """Return the findings as comments of a Word document."""
    return [
        Remark(
            one.quantity.start,
            one.quantity.end,
            "\n".join((f"{SIGNS[one.verdict]} {LABELS[one.verdict]}", one.why, *one.conflicts)),
        )
        for one in found
    ]


def chips(checked: CheckedText, found: list[Finding], show: str) -> list[Link]:
    """Return the verdicts that occur as filters of the notes."""
    counts = Counter(one.verdict for one in found)
    address = reverse("claims:text", args=[checked.pk])
    every = Link(_("全部"), address, count=len(found), current=not show)
    return [
        every,
        *(
            Link(f"{SIGNS[verdict]} {LABELS[verdict]}", f"{address}?show={verdict.value}#notes", count=counts[verdict],
                 current=show == verdict.value)
            for verdict in Verdict
            if counts[verdict]
        ),
    ]  # fmt: skip


def listing(texts: Iterable[CheckedText]) -> Table:
    """Return the checked texts as a table."""
    columns = (
        Column(_("文稿")),
        Column(_("截止日"), nowrap=True),
        Column(_("相符"), numeric=True),
        Column(_("不符"), numeric=True),
        Column(_("待看"), numeric=True),
        Column(_("提交人")),
        Column(_("最近核对"), nowrap=True),
    )
    return Table(columns, [_row(one) for one in texts])


def _row(one: CheckedText) -> Row:
    counts = {verdict: one.counts.get(verdict.value, 0) for verdict in Verdict}
    open_ = counts[Verdict.UNLINKED] + counts[Verdict.NO_RECORDS]
    cells = (
        Cell(one.title, href=reverse("claims:text", args=[one.pk])),
        Cell(one.as_of),
        Cell(counts[Verdict.SUPPORTED]),
        Cell(counts[Verdict.CONTRADICTED]),
        Cell(open_),
        Cell(str(one.created_by)),
        Cell(one.checked_at),
    )
    return Row(cells, key=str(one.pk), name=one.title)


def _note(checked: CheckedText, number: int, one: Finding) -> Note:
    args = [checked.pk, one.quantity.start, one.quantity.end]
    return Note(
        number=number,
        text=one.quantity.text.replace("\n", ""),
        verdict=one.verdict.value,
        label=LABELS[one.verdict],
        sign=SIGNS[one.verdict],
        why=one.why,
        measure=one.measure.label if one.measure else explaining.labels(one.candidates),
        actual=one.actual,
        unit=one.measure.unit if one.measure else "",
        figure=one.url,
        rows=figure_url(one.cell, page="figures:rows") if one.cell else "",
        row_count=one.rows,
        correct=reverse("claims:correct", args=args),
        is_corrected=one.corrected,
        conflicts=one.conflicts,
    )


def _pieces(text: str, found: list[Finding], shown: list[Note]) -> Iterator[Piece]:
    position = 0
    for one, note in zip(found, shown, strict=True):
        start, end = one.span
        if position < start:
            yield Piece(text[position:start])
        yield Piece(text[start:end], note)
        position = end
    yield Piece(text[position:])
