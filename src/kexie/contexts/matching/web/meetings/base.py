"""What the pages of meetings share."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.queries import meetings as queries
from kexie.foundation.desk.pages import TabbedView
from kexie.ui.nav import Link

TABS = (("meetings", pgettext_lazy("many", "对接会")),)


class MeetingsView(TabbedView):
    """A page of the meetings' desk."""

    context, templates, namespace = "matching", "matching/meetings", "meetings"
    tabs, tabs_label = TABS, _("对接会工作")
    tab = "meetings"


class OneView(MeetingsView):
    """A page of one meeting."""

    def check(self) -> None:
        """Find the meeting."""
        self.one = queries.meeting(self.scope, self.kwargs["pk"])

    def here(self) -> Link:
        """Return the meeting's page."""
        return Link(self.one.name, self.url("meeting", pk=self.one.pk))

    @property
    def told(self) -> dict[str, Any]:
        """What operations on this meeting are told."""
        return {"meeting_id": self.one.pk, **self.by}
