"""How notices go out, for the system administrator: states and times, never texts and numbers."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.foundation.visitors.web.forms import NoticeFilter
from kexie.platform.notify import gateways, operations, queries
from kexie.platform.notify.models import Notice
from kexie.platform.notify.states import State
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def list_notices(request: AccessRequest) -> HttpResponse:
    """List what was to be sent, newest first."""
    filters = NoticeFilter(request.GET)
    page = Paginator(_notices(request, filters), _PER_PAGE).get_page(request.GET.get("page"))
    values = {
        "rail": rail(request),
        "filters": filters,
        "page": page,
        "table": _table(list(page)),
        "gateway": _gateway(request.scope.association_id),
    }
    return render(request, "visitors/staff_notices.html", values, status=422 if filters.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def show_notice(request: AccessRequest, notice_id: UUID) -> HttpResponse:
    """Show what became of one notice."""
    notice = queries.get(request.scope, notice_id)
    values = {
        "rail": rail(request),
        "notice": notice,
        "name": queries.template_name(notice.template),
        "may_retry": notice.state == State.FAILED,
    }
    return render(request, "visitors/staff_notice.html", values)


@requires(Action.MANAGE_ACCOUNTS)
@require_POST
def retry_notice(request: AccessRequest, notice_id: UUID) -> HttpResponse:
    """Have a failed notice tried again."""
    notice = queries.get(request.scope, notice_id)
    try:
        operations.retry(notice=notice, actor=request.user, now=timezone.now())
    except operations.NotRetried as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已重新排队，片刻后发送。"))
    return redirect("notices:notice", notice_id=notice_id)


def _notices(request: AccessRequest, filters: NoticeFilter) -> QuerySet[Notice]:
    filters.is_valid()
    given = filters.cleaned_data
    until = given.get("until")
    return queries.notices(
        request.scope,
        state=given.get("state", ""),
        template=given.get("template", ""),
        since=_midnight(given.get("since")),
        until=_midnight(until + dt.timedelta(days=1) if until else None),
    )


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day else None


def _gateway(association_id: UUID) -> str:
    """Say in words how messages go out."""
    if gateways.on_screen(association_id):
        return _("演示环境：短信不发出，只显示在页面上。")
    if gateways.gateway(association_id) is None:
        return _("没有接通短信网关：观众不能登录，通知只在站内。请设置 KEXIE_SMS。")
    return _("短信经网关发出；22:00至次日7:00只发紧急的。")


def _table(notices: list[Notice]) -> Table:
    columns = [
        Column(_("通知")),
        Column(_("创建时间"), nowrap=True),
        Column(_("收件人")),
        Column(_("渠道")),
        Column(_("状态")),
        Column(_("原因")),
        Column(_("尝试次数"), numeric=True),
        Column(_("发送时间"), nowrap=True),
    ]
    return Table(columns, [_row(notice) for notice in notices])


def _row(notice: Notice) -> Row:
    name = queries.template_name(notice.template)
    cells = [
        Cell(name, href=resolve_url("notices:notice", notice_id=notice.pk)),
        Cell(notice.created_at),
        Cell(notice.get_to_display()),
        Cell(notice.get_channel_display()),
        Cell(notice.get_state_display()),
        Cell(notice.get_problem_display()),
        Cell(notice.attempts),
        Cell(notice.sent_at or ""),
    ]
    return Row(cells, key=str(notice.pk), name=name)
