"""The desk's page of scanners: add, pair, rename, take away; and the double entries that wait for a decision."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.queries import gate
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.desk.lists import Order, chips, paged, sorted_rows, sorts
from kexie.contexts.museums.web.exports import local, send
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import UserError
from kexie.platform.capacity.models import Device, Passage
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.imports.writing import Heading
from kexie.platform.tickets import qr
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_SHOWN = (("", gettext_lazy("在用")), ("revoked", gettext_lazy("已停用")), ("all", gettext_lazy("全部")))
_SESSION = "pairing:{}"


class NameForm(forms.Form):
    """What a device is called."""

    name = forms.CharField(
        label=gettext_lazy("设备名称"),
        max_length=40,
        help_text=gettext_lazy("写清是哪台、放在哪里，例如：1号门手机。"),
        error_messages={"required": gettext_lazy("请给设备起个名字，例如：1号门手机。")},
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明停用原因，例如：手机丢失、设备更换。")},
    )


class _DeviceView(MuseumView):
    """A page about scanners: whoever checks people in may look and keep them."""

    action: ClassVar[Action] = Action.CHECK_IN
    to_write: ClassVar[Action] = Action.CHECK_IN
    tab: ClassVar[str] = "devices"

    @property
    def venue_id(self) -> UUID:
        return gate.venue_of(self.museum)

    def device(self, pk: UUID) -> Device:
        return devices.device(self.museum.association_id, self.venue_id, pk)

    def show_code(self, device: Device, code: str) -> HttpResponse:
        """Keep the code for this browser alone until it is used, and show it."""
        self.request.session[_SESSION.format(device.pk)] = code
        return self.go("device_code", pk=device.pk)


_ORDERS = {
    "": Order(gettext_lazy("按名称"), ()),
    "seen": Order(gettext_lazy("久未同步的在前"), (F("seen_at").asc(nulls_first=True),)),
    "pending": Order(gettext_lazy("待同步多的在前"), ("-pending",)),
}


class DevicesView(_DeviceView):
    """The list of scanners, and a form to add one."""

    def asked(self) -> QuerySet[Device]:
        """Return the scanners that the address asks for, in its order."""
        found = devices.devices(self.museum.association_id, self.venue_id)
        shown = self.request.GET.get("show", "")
        found = found.filter(revoked_at__isnull=shown != "revoked") if shown != "all" else found
        return sorted_rows(found, self.request.GET, _ORDERS)

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Show them."""
        return self._list(NameForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Add one and show its pairing code."""
        form = NameForm(request.POST)
        if form.is_valid():
            device, pairing = devices.add(
                association_id=self.museum.association_id, venue_id=self.venue_id, name=form.cleaned_data["name"],
                actor=self.account, now=timezone.now(),
            )  # fmt: skip
            return self.show_code(device, pairing)
        return self._list(form, status=UNPROCESSABLE)

    def _list(self, form: NameForm, *, status: int = 200) -> HttpResponse:
        page = paged(self.asked(), self.request.GET)
        doubles = passages.doubles(self.museum.association_id, self.venue_id, timezone.localdate())
        context = {
            "form": form,
            "page": page,
            "table": self._table(page.object_list),
            "chips": chips(self.request.GET, "show", _SHOWN, self.request.GET.get("show", "")),
            "sorts": sorts(self.request.GET, _ORDERS),
            "query": self.request.GET.urlencode(),
            "doubles": self._doubles(list(doubles)),
            "scanner": self.request.build_absolute_uri(reverse("checkin:scanner")),
        }
        return self.page("devices", context, status=status)

    def _table(self, found: Any) -> Table:
        columns = (
            Column(_("设备")), Column(_("入口")), Column(_("状态")), Column(_("最近同步"), nowrap=True),
            Column(_("待同步"), numeric=True), Column(_("时钟偏差"), nowrap=True),
        )  # fmt: skip
        return Table(columns, [self._row(one) for one in found])

    def _row(self, one: Device) -> Row:
        seen = timezone.localtime(one.seen_at).strftime("%Y-%m-%d %H:%M") if one.seen_at else ""
        cells = (
            Cell(one.name, href=self.url("device", pk=one.pk)), Cell(one.gate), Cell(state_of(one)), Cell(seen),
            Cell(one.pending), Cell(skew_of(one)),
        )  # fmt: skip
        return Row(cells)

    def _doubles(self, found: list[Passage]) -> list[dict[str, Any]]:
        firsts = passages.first_entries([one.reservation_id for one in found if one.reservation_id])
        return [
            {"double": one, "first": firsts.get(one.reservation_id)} for one in found if one.reservation_id
        ]


class DevicesExportView(DevicesView):
    """The same as an Excel file."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Send the file."""
        labels = (_("设备"), _("入口"), _("状态"), _("最近同步"), _("待同步"), _("时钟偏差"))
        rows = (
            [one.name, one.gate, str(state_of(one)), local(one.seen_at), one.pending, str(skew_of(one))]
            for one in self.asked()
        )
        return send(self, _("核验设备"), [Heading(label, 16) for label in labels], rows)


class DeviceView(_DeviceView):
    """One scanner: its state, and what can be done with it."""

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Show it."""
        return self._show(self.device(pk))

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Rename it or take it away, as the button says."""
        device = self.device(pk)
        does = self._revoke if request.POST.get("do") == "revoke" else self._rename
        return does(device)

    def _rename(self, device: Device) -> HttpResponse:
        form = NameForm(self.request.POST)
        if not form.is_valid():
            return self._show(device, name_form=form, status=UNPROCESSABLE)
        devices.rename(device=device, name=form.cleaned_data["name"], actor=self.account, now=timezone.now())
        messages.success(self.request, _("名称已改。"))
        return self.go("device", pk=device.pk)

    def _revoke(self, device: Device) -> HttpResponse:
        form = ReasonForm(self.request.POST)
        if not form.is_valid():
            return self._show(device, reason_form=form, status=UNPROCESSABLE)
        devices.revoke(
            device=device, reason=form.cleaned_data["reason"], actor=self.account, now=timezone.now()
        )
        messages.success(self.request, _("设备已停用。它下次联网时会自行清除名单和密钥。"))
        return self.go("devices")

    def _show(
        self,
        device: Device,
        *,
        name_form: NameForm | None = None,
        reason_form: ReasonForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "device": device,
            "state": state_of(device),
            "skew": skew_of(device),
            "name_form": name_form or NameForm(initial={"name": device.name}),
            "reason_form": reason_form or ReasonForm(),
            "form": reason_form or name_form,
            "trail": self.trail(Link(_("核验设备"), self.url("devices")), Link(device.name)),
        }
        return self.page("device", context, status=status)


class CodeView(_DeviceView):
    """A pairing code, as letters and as a QR code; made anew by a button."""

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Show the code that was made last, to whoever made it."""
        device = self.device(pk)
        pairing = request.session.get(_SESSION.format(pk), "")
        waits = device.pairing_until is not None and device.pairing_until > timezone.now()
        address = request.build_absolute_uri(f"{reverse('checkin:scanner')}#pair={pairing}")
        context = {
            "device": device,
            "pairing": pairing if waits else "",
            "is_paired": bool(device.token_digest) and not device.pairing_digest,
            "drawing": mark_safe(qr.svg(address)),  # noqa: S308  # made by us from our own address
            "address": request.build_absolute_uri(reverse("checkin:scanner")),
            "minutes": devices.PAIRING_MINUTES,
            "trail": self.trail(Link(_("核验设备"), self.url("devices")), Link(device.name)),
        }
        return self.page("device_code", context)

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Make a new code."""
        device = self.device(pk)
        try:
            made = devices.renew_code(device=device, actor=self.account, now=timezone.now())
        except UserError as error:
            messages.error(request, str(error))
            return self.go("device", pk=pk)
        return self.show_code(device, made)


class DoubleView(_DeviceView):
    """A decision about a double entry."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Take it."""
        where = {"association_id": self.museum.association_id, "venue_id": self.venue_id}
        found = get_object_or_404(Passage, pk=pk, reservation__isnull=False, **where)
        came_in = request.POST.get("do") == "count"
        try:
            passages.settle(
                passage=found, came_in=came_in, reason=request.POST.get("reason", ""), actor=self.account,
                now=timezone.now(),
            )  # fmt: skip
        except UserError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已计入入馆人数。") if came_in else _("已认定为重复扫描，不计入。"))
        return self.go("devices")


def state_of(device: Device) -> str:
    """Return a device's state in words."""
    if device.revoked_at:
        return _("已停用")
    if device.token_digest:
        return _("在用")
    return _("待配对")


def skew_of(device: Device) -> str:
    """Return how far a device's clock is off, "" below two seconds."""
    seconds = round(abs(device.skew_ms) / 1000)
    if seconds < 2:  # noqa: PLR2004  # what a slow network makes
        return ""
    minutes, rest = divmod(seconds, 60)
    return _("%(minutes)d分%(seconds)02d秒") % {"minutes": minutes, "seconds": rest}
