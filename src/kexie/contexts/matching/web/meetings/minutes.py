"""Minutes of a meeting as a Word document in the form of GB/T 9704."""

import io
from typing import Any

from django.utils.translation import gettext as _
from docx import Document

from kexie.contexts.matching.models import Meeting, MeetingTalk
from kexie.contexts.matching.queries import meetings as queries
from kexie.kernel import text
from kexie.platform.papers import official


def document(one: Meeting) -> bytes:
    """Return the minutes: who came, what was talked about and what came of it, what was signed."""
    made = Document()
    talks = queries.talks(one)
    made.add_heading(_plain(one.name), level=0)
    made.add_paragraph(f"{one.on.isoformat()}  {_plain(one.place)}  {_plain(one.unit.name)}")
    made.add_heading(_("到会情况"), level=1)
    made.add_paragraph(_attendance(one))
    made.add_heading(_("洽谈结果"), level=1)
    _table(
        made,
        [_("场次"), _("桌号"), _("企业"), _("难题"), _("专家"), _("结果"), _("洽谈要点")],
        map(_row, talks),
    )
    signed = queries.signed_at(one)
    if signed:
        made.add_heading(_("现场签约"), level=1)
        _table(made, [_("协议"), _("签约企业"), _("合作方")], map(_signed, signed))
    official.dress(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _attendance(one: Meeting) -> str:
    here = {"arrived_at__isnull": False}
    return _("签到企业难题%(firms)d个，专家%(experts)d人，现场来宾%(guests)d人。") % {
        "firms": one.problems.filter(**here).count(), "experts": one.experts.filter(**here).count(),
        "guests": one.guests.count(),
    }  # fmt: skip


def _row(talk: MeetingTalk) -> list[str]:
    problem = talk.problem.problem
    return [
        str(talk.slot + 1), str(talk.table + 1), problem.firm.name, problem.name, talk.expert.expert.name,
        str(MeetingTalk.Outcome(talk.outcome).label), talk.said,
    ]  # fmt: skip


def _signed(row: Any) -> list[str]:
    with_whom = (
        row.partner_unit.name if row.partner_unit else row.partner or (row.expert.name if row.expert else "")
    )
    return [row.title, row.firm.name if row.firm else "", with_whom]


def _table(made: Any, heads: list[str], rows: Any) -> None:
    table = made.add_table(rows=1, cols=len(heads), style="Table Grid")
    for row in (heads, *rows):
        cells = table.rows[0].cells if row is heads else table.add_row().cells
        for cell, words in zip(cells, row, strict=True):
            cell.text = _plain(words)


def _plain(words: str) -> str:
    """Return words as XML can hold them."""
    return text.clean(words)
