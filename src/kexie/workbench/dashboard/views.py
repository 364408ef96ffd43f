"""The dashboard's page."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kexie.foundation.access.queries import scope_from
from kexie.foundation.access.roles import Action
from kexie.workbench.dashboard import board
from kexie.workbench.web.base import StaffView


class DashboardView(StaffView):
    """Figures by area of work, targets, and the counties side by side, as far as the account may read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the board; `group` opens one area of work with its counties."""
        scope = scope_from(self.rights.grants, self.account, Action.READ)
        now = timezone.now()
        shown = board.board(scope, now=now, group=request.GET.get("group", ""))
        return self.page("../dashboard/board", {"board": shown, "as_of": timezone.localdate(now)})
