"""The appendix: where each number of a document comes from, with a QR code to the figure or to the release."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from docx.enum.text import WD_BREAK
from docx.shared import Mm, Pt

from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.platform.papers import official
from kexie.platform.papers.fonts import Role
from kexie.platform.tickets import qr
from kexie.reporting.releases import queries as releases
from kexie.reporting.releases.models import Release
from kexie.reporting.writing.rendering import Cited

_CODE, _SMALL = 16, 9
_WIDTHS = (10, 30, 34, 34, 28, 20)


@dataclass(frozen=True)
class Source:
    """A number of a document with its source, as people read it."""

    number: int
    text: str
    label: str
    span: str
    value: str
    rows: int
    address: str
    is_released: bool


def sources(cited: Sequence[Cited], *, known_at: dt.datetime, scope: Scope) -> list[Source]:
    """Return where the numbers come from, each text and figure once: the release that is as known then, or the figure."""
    found: dict[tuple[str, str], Source] = {}
    published = {
        (_code(one), one.since, one.until): one.pk
        for one in releases.published(scope).filter(known_at=known_at).select_related("unit")
    }
    for one in cited:
        key = (one.text, address(one.data))
        if key not in found:
            found[key] = _source(len(found) + 1, one, published)
    return list(found.values())


def _source(number: int, one: Cited, published: Mapping[Any, Any]) -> Source:
    data, cell = one.data, one.data["cell"]
    measure = registry.measure(data["measure"])
    release = published.get((cell.get("unit", ""), *_days(cell))) if _is_whole(cell) else None
    value = (
        _("无法计算") if data["value"] is None else f"{Decimal(data['value']).normalize():,f}{measure.unit}"
    )
    return Source(
        number, one.text, str(measure.label), span(data), value, data["rows"],
        reverse("published:one", args=[release]) if release else address(data), is_released=release is not None,
    )  # fmt: skip


def _code(one: Release) -> str:
    """Return the unit as the address of a figure names it: the association itself is not named."""
    return "" if one.unit_id == one.association_id else one.unit.code


def _is_whole(cell: Mapping[str, str]) -> bool:
    """Whether a release of its unit holds the figure as it stands."""
    return "since" in cell and not any(name == "area" or name.startswith("f.") for name in cell)


def _days(cell: Mapping[str, str]) -> tuple[dt.date, dt.date]:
    last = dt.date.fromisoformat(cell["until"])
    return dt.date.fromisoformat(cell["since"]), last + dt.timedelta(days=1)


def address(data: Mapping[str, Any]) -> str:
    """Return the address of the figure's page."""
    return f"{reverse('figures:detail', args=[data['measure']])}?{urlencode(data['cell'])}"


def span(data: Mapping[str, Any]) -> str:
    """Return period and place of a figure in words."""
    cell = data["cell"]
    days = _("%(since)s至%(until)s") % {"since": cell.get("since") or _("有记录以来"), "until": cell["until"]}
    return _("；").join(one for one in (days, data["place"]) if one)


def append(document: Any, cited: Sequence[Cited], *, known_at: dt.datetime, scope: Scope, base: str) -> None:
    """Write the appendix on a page of its own."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    official.add(document, _("附件　数字出处"), Role.FIRST)
    moment = timezone.localtime(known_at).strftime("%Y-%m-%d %H:%M")
    official.add(
        document,
        _("各数按%(moment)s已确认的记录计算。扫二维码打开这个数的页面，可以看到组成它的记录。")
        % {"moment": moment},
    )
    found = sources(cited, known_at=known_at, scope=scope)
    heads = (_("序号"), _("文中"), _("指标"), _("期间和范围"), _("准确数"), _("核对"))
    rows = [
        (
            str(one.number),
            one.text,
            one.label,
            one.span,
            _("%(value)s（%(rows)d条记录）") % {"value": one.value, "rows": one.rows},
            "",
        )
        for one in found
    ]
    table = official.add_table(document, heads, rows)
    _sized(table)
    for row, one in zip(table.rows[1:], found, strict=True):
        run = row.cells[-1].paragraphs[0].add_run()
        run.add_picture(io.BytesIO(qr.png(f"{base.rstrip('/')}{one.address}", scale=3)), width=Mm(_CODE))


def _sized(table: Any) -> None:
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(_SMALL)
