"""Lists as Excel files, with an entry in the audit log that says who took them out."""

from collections.abc import Iterable, Sequence

from django.db.models import Model
from django.http import FileResponse
from django.utils import timezone

from kexie.foundation.desk.views import DeskView
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.platform.imports.writing import CellValue, Heading


def send(
    view: DeskView,
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[CellValue]],
    *,
    subject: Model | None = None,
    prefix: str = "",
) -> FileResponse:
    """Return the rows as a file to save; `subject` is whose list it is (the association's if none)."""
    now = timezone.now()
    file = writing.workbook(title, headings, rows)
    audit.append(
        association_id=view.scope.association_id,
        actor=view.account,
        action=f"{view.context}.export",
        subject=subject,
        detail={"list": title, "query": view.request.GET.urlencode()},
        now=now,
    )
    name = "-".join(filter(None, (prefix, title, f"{timezone.localdate(now):%Y%m%d}.xlsx")))
    return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)
