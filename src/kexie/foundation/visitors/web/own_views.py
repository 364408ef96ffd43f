"""A visitor's first page, notices, and own data."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.visitors import exporting, operations, queries
from kexie.foundation.visitors.web import cookie, shell
from kexie.foundation.visitors.web.request import VisitorRequest, just_signed_in, visitor_required
from kexie.platform.notify import operations as notify
from kexie.platform.notify import queries as notices
from kexie.platform.notify.recipients import Recipient
from kexie.ui.nav import Link

_PER_PAGE = 20
# What a visitor may pick from the inbox: its key, its name, the beginnings of templates.
_SUBJECTS = (
    ("", gettext_lazy("全部"), ()),
    ("bookings", gettext_lazy("预约"), ("booking.", "slot.")),
    ("waiting", gettext_lazy("候补"), ("wish.",)),
    ("groups", gettext_lazy("团队"), ("group.",)),
    ("conduct", gettext_lazy("爽约"), ("noshow.", "appeal.")),
)


@visitor_required
@require_safe
def show_home(request: VisitorRequest) -> HttpResponse:
    """What is next, and where everything is."""
    visitor, now = request.visitor, timezone.now()
    values = {"cards": shell.cards(visitor, now)}
    return shell.render(request, visitor, "visitors/home.html", values)


@visitor_required
@require_safe
def show_notices(request: VisitorRequest) -> HttpResponse:
    """The inbox, newest first. What was new is marked once."""
    visitor = request.visitor
    to = Recipient(visitor_id=visitor.pk)
    subject = next((one for one in _SUBJECTS if one[0] == request.GET.get("subject")), _SUBJECTS[0])
    found = notices.inbox(association_id=visitor.association_id, to=to, templates=subject[2])
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    values = {
        "page": page,
        "letters": [notices.letter(notice) for notice in page],
        "subjects": [
            Link(label, f"?subject={key}" if key else "?", current=key == subject[0])
            for key, label, _t in _SUBJECTS
        ],
    }
    response = shell.render(request, visitor, "visitors/notices.html", values, current="notices")
    notify.mark_read(association_id=visitor.association_id, to=to, now=timezone.now())
    return response


@visitor_required
@require_safe
def show_data(request: VisitorRequest) -> HttpResponse:
    """What is kept of a visitor and for how long; taking it away; deleting it."""
    visitor = request.visitor
    values = {"companions": len(queries.companions(visitor))}
    return shell.render(request, visitor, "visitors/data.html", values, current="data")


@just_signed_in
@require_safe
def export_data(request: VisitorRequest) -> HttpResponse:
    """Offer the copy of one's data."""
    return shell.render(request, request.visitor, "visitors/export.html", current="data")


@just_signed_in
@require_POST
def download_data(request: VisitorRequest) -> HttpResponse:
    """Send the copy of one's data as a file."""
    now = timezone.now()
    response = HttpResponse(
        exporting.own_data(visitor=request.visitor, now=now), content_type="application/json; charset=utf-8"
    )
    name = f"kexie-{timezone.localdate(now):%Y%m%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@just_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: VisitorRequest) -> HttpResponse:
    """Ask once more, then erase the account."""
    reasons: list[str] = []
    if request.method == "POST":
        try:
            operations.erase(visitor=request.visitor, now=timezone.now())
        except operations.StillNeeded as error:
            reasons = error.reasons
        else:
            return _gone(request)
    values = {"reasons": reasons}
    status = 422 if reasons else 200
    return shell.render(
        request, request.visitor, "visitors/delete.html", values, current="data", status=status
    )


def _gone(request: VisitorRequest) -> HttpResponse:
    messages.success(request, _("账号已注销，您的个人信息已删除。"))
    response = HttpResponseRedirect("/")
    cookie.drop(response)
    return response
