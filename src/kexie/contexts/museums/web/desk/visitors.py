"""How visitors stand with the museum: blocks and appeals, amnesties, and what is counted."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.operations import standing as operations
from kexie.contexts.museums.queries import standing as queries
from kexie.contexts.museums.queries.rules import rules_on
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.desk.forms import ActForm, Day, Number, reason
from kexie.contexts.museums.web.desk.lists import Order, chips, paged, sorted_rows, sorts
from kexie.contexts.museums.web.desk.today import TodayBase, span
from kexie.contexts.museums.web.exports import local, send
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound, Text
from kexie.platform.capacity.models import Block, Conduct
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui.nav import Link

_AMNESTY_DAYS = 7


class BlockForm(ActForm):
    """Whom to keep from booking, for how long, and why."""

    whom = forms.CharField(
        label=gettext_lazy("手机号码或身份证号码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("手机号码限制账号，身份证号码限制本人；号码不会显示或保存。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    days = Number(label=gettext_lazy("限制天数"), initial=30)
    reason = reason()


class AnswerForm(ActForm):
    """The answer to an appeal."""

    answer = forms.CharField(
        label=gettext_lazy("答复"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class LiftForm(ActForm):
    """Why a block ends early."""

    reason = reason(gettext_lazy("解除的原因"))


class AmnestyForm(ActForm):
    """Which visits' no-shows count no longer, and why."""

    since = Day(label=gettext_lazy("参观日期从"))
    until = Day(label=gettext_lazy("到"))
    slot = forms.ChoiceField(label=gettext_lazy("只限时段"), required=False)
    reason = reason(gettext_lazy("免记的原因"))

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("全部时段")), *slots]
        self.fields["slot"].choices = choices  # type: ignore[attr-defined]  # a choice field


_BLOCK_ORDERS = {
    "": Order(gettext_lazy("新限制在前"), ()),
    "until": Order(gettext_lazy("先到期的在前"), ("until",)),
}
_CONDUCT_ORDERS = {
    "": Order(gettext_lazy("新的在前"), ()),
    "oldest": Order(gettext_lazy("旧的在前"), ("at",)),
}


class BlocksView(TodayBase):
    """Who may not book, and who appeals."""

    tab = "visitors"

    @property
    def which(self) -> str:
        """Which blocks the address asks for."""
        show = self.request.GET.get("show", "in_force")
        return show if show in queries.SHOWS else "in_force"

    def asked(self) -> QuerySet[Block]:
        """Return them in the order asked for."""
        rows = queries.blocks(self.museum, self.readable, show=self.which, now=self.now)
        return sorted_rows(rows, self.request.GET, _BLOCK_ORDERS)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        show = self.which
        page = paged(self.asked(), request.GET)
        words = queries.subjects([one.subject for one in page], self.museum.association_id)
        labels = [
            ("in_force", _("限制中")),
            ("appeals", _("申诉待处理")),
            ("over", _("已结束")),
            ("all", _("全部")),
        ]
        context = {
            "page": page,
            "lines": [(one, words[one.subject]) for one in page],
            "chips": chips(request.GET, "show", labels, show),
            "sorts": sorts(request.GET, _BLOCK_ORDERS),
            "query": request.GET.urlencode(),
            "show": show,
            "now": self.now,
            "rules": rules_on(self.museum.pk, timezone.localdate(self.now), self.readable),
        }
        return self.page("blocks", context)


class BlocksExportView(BlocksView):
    """The same as an Excel file; accounts stay masked."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Send the file."""
        labels = (_("限制对象"), _("原因"), _("起"), _("止"), _("申诉"), _("解除时间"))
        found = list(self.asked())
        words = queries.subjects([one.subject for one in found], self.museum.association_id)
        rows = ([words[one.subject], *_block_line(one)] for one in found)
        return send(self, _("限制与申诉"), [Heading(label, 18) for label in labels], rows)


def _block_line(one: Block) -> list[CellValue]:
    return [one.reason, local(one.since), local(one.until), one.get_appeal_display(), local(one.lifted_at)]


class BlockView(TodayBase):
    """One block: what led to it, the appeal, the answer."""

    tab = "visitors"

    def check(self) -> None:
        """Find it."""
        super().check()
        self.block = queries.block(self.museum, self.kwargs["pk"], self.readable)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.show_block()

    def show_block(self, form: ActForm | None = None, *, status: int = 200) -> HttpResponse:
        """Render the page; `form` is the one that was refused."""
        one = self.block
        may = self.may(Action.CONFIRM)
        is_on = one.lifted_at is None and one.until > self.now
        found: dict[str, ActForm] = {}
        if may and one.appeal == Block.Appeal.OPEN:
            found["answer"] = AnswerForm()
        if may and is_on:
            found["lift"] = LiftForm()
        if form is not None:
            found[self.kwargs["act"]] = form
        who = queries.subjects([one.subject], self.museum.association_id)[one.subject]
        context = {
            "one": one,
            "who": who,
            "is_on": is_on,
            "appeal": queries.appeal_of(one),
            "noted": queries.conduct_of(one),
            "form": form,
            "forms": found,
            "trail": self.trail(Link(_("观众"), self.url("visitors")), Link(who)),
        }
        return self.page("block", context, status=status)


class BlockActView(BlockView):
    """Answer an appeal or end a block: `act` in the address."""

    action: ClassVar[Action] = Action.CONFIRM
    to_write: ClassVar[Action] = Action.CONFIRM

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page does nothing again."""
        return self.go("block", pk=self.block.pk)

    def post(self, request: HttpRequest, act: str, **_kwargs: Any) -> HttpResponse:
        """Do it."""
        if act not in {"answer", "lift"}:
            raise NotFound(act)
        form = AnswerForm(request.POST) if act == "answer" else LiftForm(request.POST)
        done = form.carry_out(getattr(self, f"do_{act}"))
        if done is None:
            return self.show_block(form, status=UNPROCESSABLE)
        messages.success(request, done)
        return self.go("block", pk=self.block.pk)

    def do_answer(self, given: dict[str, Any]) -> str:
        """Decide the appeal."""
        grants = self.request.POST.get("grants") == "yes"
        operations.decide_appeal(
            block=self.block, grants=grants, words=given["answer"], actor=self.account, now=self.now
        )
        return _("申诉成立，限制已解除，之前的爽约不再计。") if grants else _("已答复申诉，限制不变。")

    def do_lift(self, given: dict[str, Any]) -> str:
        """End it early."""
        operations.lift(block=self.block, reason=given["reason"], actor=self.account, now=self.now)
        return _("已解除限制，之前的爽约不再计。")


class NewBlockView(TodayBase):
    """Keep somebody from booking."""

    tab = "visitors"
    action: ClassVar[Action] = Action.CONFIRM
    to_write: ClassVar[Action] = Action.CONFIRM

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        rules = rules_on(self.museum.pk, timezone.localdate(self.now), self.readable)
        return self.show_form(BlockForm(initial={"days": rules.block_days}))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Block."""
        form = BlockForm(request.POST)
        made = form.carry_out(
            lambda given: operations.block(museum=self.museum, actor=self.account, now=self.now, **given)
        )
        if made is None:
            return self.show_form(form, status=UNPROCESSABLE)
        messages.success(request, _("已限制预约。"))
        return self.go("block", pk=made.pk)

    def show_form(self, form: BlockForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        trail = self.trail(Link(_("观众"), self.url("visitors")), Link(_("限制预约")))
        return self.page("block_new", {"form": form, "trail": trail}, status=status)


class AmnestyView(TodayBase):
    """Let the no-shows of some days count no longer: first a look at how many, then the deed."""

    tab = "visitors"
    action: ClassVar[Action] = Action.CONFIRM
    to_write: ClassVar[Action] = Action.CONFIRM

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        until = timezone.localdate(self.now)
        since = until - dt.timedelta(days=_AMNESTY_DAYS)
        return self.show_form(AmnestyForm(initial={"since": since, "until": until}, slots=self._slots()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Count, or do it."""
        form = AmnestyForm(request.POST, slots=self._slots())
        if "look" in request.POST:
            count = None
            if form.is_valid():
                count = queries.to_forgive(
                    self.museum, self.readable, **self._given(form.cleaned_data)
                ).count()
            return self.show_form(form, count=count, status=200 if form.is_valid() else UNPROCESSABLE)
        done = form.carry_out(
            lambda given: operations.amnesty(
                museum=self.museum, reason=given["reason"], actor=self.account, scope=self.readable, now=self.now,
                **self._given(given),
            )
        )  # fmt: skip
        if done is None:
            return self.show_form(form, status=UNPROCESSABLE)
        messages.success(request, _("已免记%(n)d次爽约，解除%(m)d个限制。") % {"n": done[0], "m": done[1]})
        return self.go("conduct")

    def _given(self, given: dict[str, Any]) -> dict[str, Any]:
        slots = {str(one.pk): one for one in self._rows()}
        return {"since": given["since"], "until": given["until"], "slot": slots.get(given["slot"])}

    def _rows(self) -> list[Any]:
        until = timezone.localdate(self.now)
        return queries.slots_between(self.museum, self.readable, until - dt.timedelta(days=14), until)

    def _slots(self) -> list[tuple[str, str]]:
        return [(str(one.pk), f"{one.offer.day:%m-%d} {span(one)}") for one in self._rows()]

    def show_form(self, form: AmnestyForm, *, count: int | None = None, status: int = 200) -> HttpResponse:
        """Render the page; `count` is how many no-shows it would be."""
        trail = self.trail(Link(_("观众"), self.url("visitors")), Link(_("免记爽约")))
        return self.page("amnesty", {"form": form, "count": count, "trail": trail}, status=status)


class ConductView(TodayBase):
    """No-shows and cancellations."""

    tab = "visitors"

    def asked(self) -> QuerySet[Conduct]:
        """Return those that the address asks for, in its order."""
        kind, standing = self.request.GET.get("kind", ""), self.request.GET.get("standing", "")
        rows = queries.conduct(self.museum, self.readable, kind=kind, standing=standing)
        return sorted_rows(rows, self.request.GET, _CONDUCT_ORDERS)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        kind, standing = request.GET.get("kind", ""), request.GET.get("standing", "")
        page = paged(self.asked(), request.GET)
        kinds: list[tuple[str, Text]] = [("", _("全部")), *Conduct.Kind.choices]
        standings = [("", _("全部情况")), ("counts", _("仍计入")), ("forgiven", _("已免记"))]
        context = {
            "page": page,
            "lines": queries.noted(list(page), self.museum.association_id),
            "kinds": chips(request.GET, "kind", kinds, kind),
            "standings": chips(request.GET, "standing", standings, standing),
            "sorts": sorts(request.GET, _CONDUCT_ORDERS),
            "query": request.GET.urlencode(),
            "is_plain": not (kind or standing),
            "trail": self.trail(Link(_("观众"), self.url("visitors")), Link(_("履约记录"))),
        }
        return self.page("conduct", context)


class ConductExportView(ConductView):
    """The same as an Excel file; accounts stay masked."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Send the file."""
        labels = (_("时间"), _("类型"), _("账号"), _("参观日期"), _("预约号"), _("免记时间"), _("免记的原因"))
        rows = map(_conduct_line, queries.noted(list(self.asked()), self.museum.association_id))
        return send(self, _("履约记录"), [Heading(label, 18) for label in labels], rows)


def _conduct_line(one: queries.Noted) -> list[CellValue]:
    conduct, visit = one.conduct, one.reservation
    return [
        local(conduct.at), conduct.get_kind_display(), one.who, visit.day if visit else None, visit.code if visit else None,
        local(conduct.forgiven_at), conduct.forgiven_reason,
    ]  # fmt: skip
