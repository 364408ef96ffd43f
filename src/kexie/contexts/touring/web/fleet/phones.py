"""The crews' phones at the desk: adding one, showing its pairing code as a QR code, taking it away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from kexie.contexts.touring.models import FieldPhone
from kexie.contexts.touring.operations import phones
from kexie.contexts.touring.queries import field as queries
from kexie.contexts.touring.web.fleet import base, forms
from kexie.contexts.touring.web.fleet.base import ActPage, FormPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act, SetsView
from kexie.contexts.touring.web.sets.forms import DeskForm
from kexie.kernel.errors import UserError
from kexie.platform.tickets import qr
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_SESSION = "field_pairing:{}"
_NO_CONTENT = 204


class PhonesList(ListPage):
    """The crews' phones."""

    tab, title = "phones", gettext_lazy("现场手机")
    sub = gettext_lazy("手机替添加它的人登记。丢了就停用：它下次联网时清空自己。")
    usual_order = ("revoked_at", "name", "pk")
    search = ("name", "account__display_name")
    empty = (gettext_lazy("还没有现场手机"), gettext_lazy("添加一台，让队员扫屏幕上的二维码。"))
    columns = (
        Sortable("name", gettext_lazy("手机名称"), ("name",)),
        Sortable("who", gettext_lazy("登记人"), ("account__display_name",)),
        Sortable("unit", gettext_lazy("单位"), ("unit__name",)),
        Sortable("seen", gettext_lazy("最近同步"), ("seen_at",), nowrap=True, largest_first=True),
        Sortable("state", gettext_lazy("状态"), ("revoked_at",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every phone."""
        return queries.phones(self.scope)

    def row(self, one: Any) -> Row:
        """Show a phone."""
        seen = f"{timezone.localtime(one.seen_at):%Y-%m-%d %H:%M}" if one.seen_at else ""
        cells = (
            Cell(one.name, url("phone", pk=one.pk)),
            Cell(one.account.display_name),
            Cell(one.unit.name),
            Cell(seen),
            Cell(_state(one)),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Another phone."""
        return [Link(_("添加现场手机"), url("phone_new"), "plus")] if self.allowed.get("draft") else []


class PhoneNew(FormPage):
    """Another phone."""

    tab, title, submit = "phones", gettext_lazy("添加现场手机"), gettext_lazy("添加并显示二维码")
    sub = gettext_lazy("手机上记下的都算您登记的草稿。二维码30分钟内有效，只能用一次。")
    done = gettext_lazy("已添加，请让队员扫二维码。")

    def form(self, data: Any = None) -> DeskForm:
        """Ask for a name."""
        return forms.PhoneForm(data)

    def act(self, data: dict[str, Any]) -> FieldPhone:
        """Add it and keep its code for this browser alone."""
        made, code = phones.add(name=data["name"], **self.by)
        self.request.session[_SESSION.format(made.pk)] = code
        return made

    def onward(self, made: Any) -> str:
        """The page that shows the code."""
        return url("phone_pairing", pk=made.pk)


class PhonePage(ActPage):
    """A phone."""

    tab, template = "phones", "field_phone"

    def check(self) -> None:
        """Find it."""
        self.one: FieldPhone = queries.phone(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """Take it away."""
        return [] if self.one.revoked_at else [_REVOKE]

    def context(self) -> dict[str, Any]:
        """The phone."""
        pairs = (
            self.allowed.get("draft") and not self.one.revoked_at and self.one.account_id == self.account.pk
        )
        return {
            "one": self.one,
            "trail": self.trail(self.one.name),
            "state": _state(self.one),
            "pairs": pairs,
        }


class PairingPage(base.Fleet, SetsView):
    """A phone's pairing code, as letters and as a QR code, to whoever made it; a button makes another one.

    The address in the QR code carries the code behind `#`, which browsers send to no server: it stands in no log.
    """

    tab = "phones"

    def check(self) -> None:
        """Find the phone."""
        self.one: FieldPhone = queries.phone(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Show the code, or with `?state` only whether it still waits."""
        waits = self._waits()
        if "state" in request.GET:
            return _state_alone(waits=waits)
        code = request.session.get(_SESSION.format(pk), "") if waits else ""
        address = request.build_absolute_uri(reverse("field:log"))
        context = {
            "one": self.one, "code": code, "address": address, "trail": self._trail(),
            # Trusted: drawn from our own address.
            "drawing": mark_safe(qr.svg(f"{address}#pair={code}")) if code else "",  # noqa: S308
            "until": self.one.code_until, "is_paired": bool(self.one.token_digest) and not waits,
            "pairs": self.one.account_id == self.account.pk and not self.one.revoked_at,
        }  # fmt: skip
        return never_cache(lambda _request: self.page("field_pairing", context))(request)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Make a new code."""
        try:
            request.session[_SESSION.format(pk)] = phones.renew_code(phone_id=pk, **self.by)
        except UserError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(url("phone", pk=pk))
        return HttpResponseRedirect(request.path)

    def _waits(self) -> bool:
        until = self.one.code_until
        is_open = self.one.code_used_at is None and self.one.revoked_at is None
        return is_open and until is not None and until > timezone.now()

    def _trail(self) -> list[Link]:
        first, last = self.trail(_("配对"))
        return [first, Link(self.one.name, url("phone", pk=self.one.pk)), last]


def _state_alone(*, waits: bool) -> HttpResponse:
    response = HttpResponse(status=_NO_CONTENT)
    response["X-State"] = "WAITING" if waits else "DONE"
    return response


def _state(one: FieldPhone) -> str:
    if one.revoked_at:
        return _("已停用")
    return _("在用") if one.token_digest else _("待配对")


_REVOKE = Act(
    key="revoke", label=gettext_lazy("停用这台手机"), done=gettext_lazy("已停用，它下次联网时清空自己。"), danger=True,
    hint=gettext_lazy("手机丢失、换人或不再使用时停用。"),
    question=gettext_lazy("停用后不能恢复。手机上还没有上传的记录会丢失；要继续使用，须另外添加一台再配对。"),
    run=lambda view, _data: phones.revoke(phone_id=view.one.pk, **view.by),
)  # fmt: skip
