"""The volunteers of a museum: names and numbers, no ranking of anybody."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Volunteer
from kexie.contexts.museums.operations import shifts as operations
from kexie.contexts.museums.queries import shifts as queries
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.forms import DeskForm, Lines, Words
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

COLUMNS = (
    Sortable("name", gettext_lazy("姓名"), ("name",)),
    Sortable("phone", gettext_lazy("手机号码"), nowrap=True),
    Sortable("active", gettext_lazy("状态"), ("is_active", "name")),
    Sortable("note", gettext_lazy("备注")),
)


class ListView(MuseumView):
    """The volunteers."""

    tab = "shifts"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show those asked for; names in full for those who plan shifts."""
        found = queries.volunteers(self.readable)
        for word in text.clean(request.GET.get("q", "")).split():
            found = found.filter(Q(name__icontains=word) | Q(note__icontains=word))
        page = lists.paged(lists.ordered(found, request.GET, COLUMNS), request.GET)
        context = {
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, self._row),
            "trail": self.trail(Link(_("志愿服务"), self.url("shifts")), Link(_("志愿者"))),
        }
        return self.page("volunteers", context)

    def _row(self, one: Volunteer) -> Row:
        may = self.may(Action.DRAFT)
        cells = (
            Cell(one.name if may else str(one), self.url("volunteer", pk=one.pk) if may else ""),
            Cell(one.masked_phone),
            Cell(_("在服务") if one.is_active else _("已停止")),
            Cell(one.note),
        )
        return Row(cells, name=str(one))


class VolunteerForm(DeskForm):
    """Somebody who helps."""

    name = Words(label=gettext_lazy("姓名"), max_length=60)
    phone = Words(
        label=gettext_lazy("手机号码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("加密保存，用来发班次通知。没有也可以，把链接转给本人即可。"),
    )
    note = Lines(
        label=gettext_lazy("备注"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("例如所在学校、可服务的时间。"),
    )


class KeptForm(VolunteerForm):
    """The same, once entered."""

    is_active = forms.BooleanField(label=gettext_lazy("仍在服务"), required=False)


class NewView(MuseumView):
    """Enter a volunteer."""

    tab = "shifts"
    action: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form."""
        return self._show(VolunteerForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Save it."""
        form = VolunteerForm(request.POST)
        if form.carry_out(self._save) is None:
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, _("志愿者已登记。"))
        return self.go("volunteers")

    def _save(self, data: dict[str, Any]) -> Volunteer:
        unit = self.museum.unit
        made = Volunteer(
            association_id=unit.association_id,
            unit=unit,
            area_id=unit.area_id,
            name=data["name"],
            note=data["note"],
        )
        return operations.keep_volunteer(
            volunteer=made, phone=data["phone"], actor=self.account, now=timezone.now(), scope=self.scope
        )

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("登记志愿者"),
            "sub": _("只登记安排班次用得到的内容。"),
            "submit": _("保存"),
            "cancel": self.url("volunteers"),
            "trail": self.trail(
                Link(_("志愿服务"), self.url("shifts")),
                Link(_("志愿者"), self.url("volunteers")),
                Link(_("登记志愿者")),
            ),
        }
        return self.page("form", context, status=status)


class VolunteerView(MuseumView):
    """One volunteer: what is known, the places to come."""

    tab = "shifts"
    action: ClassVar[Action] = Action.DRAFT

    def check(self) -> None:
        """Find the volunteer."""
        super().check()
        self.volunteer = queries.volunteer(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the volunteer."""
        return self._show(self._form())

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Save, or show the number once."""
        if "reveal" in request.POST:
            return self._reveal(request.POST.get("reason", ""))
        form = KeptForm(request.POST)
        if form.carry_out(self._save) is None:
            self.volunteer = queries.volunteer(self.scope, pk)
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, _("已保存。"))
        return self.go("volunteer", pk=pk)

    def _form(self) -> KeptForm:
        one = self.volunteer
        return KeptForm(initial={"name": one.name, "note": one.note, "is_active": one.is_active})

    def _save(self, data: dict[str, Any]) -> Volunteer:
        one = self.volunteer
        one.name, one.note, one.is_active = data["name"], data["note"], data["is_active"]
        return operations.keep_volunteer(
            volunteer=one, phone=data["phone"], actor=self.account, now=timezone.now(), scope=self.scope
        )

    def _reveal(self, reason: str) -> HttpResponseBase:
        try:
            phone = operations.reveal_phone(
                volunteer=self.volunteer,
                reason=reason,
                actor=self.account,
                now=timezone.now(),
                scope=self.scope,
            )
        except UserError as refused:
            messages.error(self.request, str(refused))
            return self.go("volunteer", pk=self.volunteer.pk)
        return self._show(self._form(), phone=phone)

    def _show(self, form: DeskForm, *, phone: str = "", status: int = 200) -> HttpResponse:
        context = {
            "volunteer": self.volunteer,
            "form": form,
            "phone": phone,
            "sign_ups": queries.sign_ups_of(self.volunteer, timezone.now()),
            "trail": self.trail(
                Link(_("志愿服务"), self.url("shifts")),
                Link(_("志愿者"), self.url("volunteers")),
                Link(self.volunteer.name),
            ),
        }
        return self.page("volunteer", context, status=status)
