"""What experts ask of the office: one list, each dealt with on the spot."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.operations import expert_requests as operations
from kexie.contexts.matching.queries import expert_self as queries
from kexie.contexts.matching.web.experts import forms
from kexie.contexts.matching.web.experts.base import ExpertsView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import Words
from kexie.foundation.desk.pages import Act, ActPage
from kexie.ui import lists
from kexie.ui.nav import Link


class RefuseForm(forms.RowForm):
    """Why a request is refused."""

    reason = Words(label=gettext_lazy("不同意的原因"), max_length=200)


class RequestsPage(ExpertsView, ActPage):
    """Requests that wait, the oldest first."""

    action = to_write = Action.CONFIRM
    template = "requests"

    def acts(self) -> list[Act]:
        """Do it, or say why not."""
        return [_ACCEPT, _REFUSE]

    def context_of(self) -> dict[str, Any]:
        """The requests, with what is kept beside what is wanted."""
        page = lists.paged(queries.waiting(self.scope), self.request.GET)
        return {
            "page": page,
            "rows": [(row, _changes(row)) for row in page.object_list],
            "trail": self.trail(Link(_("专家申请"))),
        }


def _changes(row: Any) -> list[tuple[Any, Any, Any]]:
    return [
        (Expert._meta.get_field(name).verbose_name, getattr(row.expert, name), value)  # type: ignore[union-attr]  # columns
        for name, value in row.wanted.items()
    ]


_ACCEPT = Act(
    key="accept", label=gettext_lazy("同意"), done=gettext_lazy("已办理。"), form=forms.RowForm, action=Action.CONFIRM,
    run=lambda view, data: operations.accept(request_id=data["row"], **view.by),
)  # fmt: skip
_REFUSE = Act(
    key="refuse", label=gettext_lazy("不同意"), done=gettext_lazy("已告知原因。"), form=RefuseForm, action=Action.CONFIRM,
    run=lambda view, data: operations.refuse(request_id=data["row"], reason=data["reason"], **view.by),
)  # fmt: skip
