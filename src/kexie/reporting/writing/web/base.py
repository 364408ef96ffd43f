"""What the pages of writing share: tabs, frame, sending files."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import TabbedView
from kexie.platform.audit import operations as audit
from kexie.platform.files import content
from kexie.platform.files.models import StoredFile
from kexie.reporting.writing import tasks
from kexie.reporting.writing.models import WrittenDocument

TABS = (
    ("list", pgettext_lazy("many", "文稿")),
    ("templates", pgettext_lazy("many", "模板")),
    ("numbers", _("可用的数")),
)


def written(act: Callable[..., WrittenDocument], **asked: Any) -> WrittenDocument:
    """Begin or resume a document by `act`, and have it made once that is committed."""
    with transaction.atomic():
        made = act(**asked)
        tasks.write.defer(document_id=str(made.pk))
    return made


class WritingView(TabbedView):
    """A page of writing."""

    context, templates, namespace = "writing", "writing", "writing"
    tabs, tabs_label = TABS, _("文稿撰写")
    tab = "list"

    @property
    def by(self) -> dict[str, Any]:
        """What operations are told of who acts: numbers are computed over all that the account may read."""
        return {**super().by, "scope": self.access_request.scope_for(Action.READ)}

    def send(self, file: StoredFile, name: str, subject: Any) -> FileResponse:
        """Send a file, and keep who took it."""
        audit.append(
            association_id=subject.association_id, actor=self.account, action="writing.export", subject=subject,
            detail={"name": name}, now=self.by["now"],
        )  # fmt: skip
        opened = content.open_clear(file.digest)
        return FileResponse(opened, as_attachment=True, filename=name, content_type=file.content_type)
