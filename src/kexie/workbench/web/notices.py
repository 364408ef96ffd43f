"""What the site has told the account."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.platform.notify import operations as notify
from kexie.platform.notify import queries as notices
from kexie.platform.notify.recipients import Recipient
from kexie.ui.nav import Link
from kexie.workbench.web.base import StaffView

_PER_PAGE = 20


class NoticesView(StaffView):
    """The inbox, newest first. What was new is marked once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        to = Recipient(account_id=self.account.pk)
        found = notices.inbox(association_id=self.account.association_id, to=to)
        page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "letters": [notices.letter(one) for one in page],
            "trail": [Link(_("我的工作"), "/work/"), Link(_("通知"))],
        }
        response = self.page("notices", context)
        notify.mark_read(association_id=self.account.association_id, to=to, now=timezone.now())
        return response
