"""What became of every row of a returned file, as a workbook for whoever filled it."""

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.ledger import registry
from kexie.platform.imports import writing
from kexie.platform.imports.writing import Heading
from kexie.workbench.packages.models import Line

_CHUNK = 2_000


def write(lines: QuerySet[Line]) -> IO[bytes]:
    """Return the receipt as an open file."""
    heads = (
        Heading(_("工作表"), 18), Heading(_("行号"), 8), Heading(_("内容"), 40), Heading(_("比对结果"), 12),
        Heading(_("处理"), 18), Heading(_("结果"), 12), Heading(_("说明"), 50), Heading(_("记录"), 38),
    )  # fmt: skip
    return writing.workbook(_("回执"), heads, _rows(lines))


def _rows(lines: QuerySet[Line]) -> Iterator[list[Any]]:
    names = {key: str(one.name) for key, one in registry.record_types().items()}
    for one in lines.iterator(chunk_size=_CHUNK):
        told = [problem["cell"] + " " + problem["message"] for problem in one.problems]
        result = _("已撤销") if one.undone else one.get_outcome_display()
        yield [
            names.get(one.type_key, one.type_key), one.number if one.number > 0 else None, one.title,
            one.get_verdict_display(), one.get_decision_display(), result or _("未处理"),
            _("；").join(filter(None, [one.message, *told])), str(one.result_id or one.theirs_id or ""),
        ]  # fmt: skip
