"""Groups: asking for places, the roster, what became of the request, another date, calling it off."""

import datetime as dt
import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import IO, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import GroupRequest, Slot
from kexie.contexts.museums.operations import group_documents, groups
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.queries import availability, visits
from kexie.contexts.museums.queries.availability import Stand
from kexie.contexts.museums.queries.booking import SlotFacts, recent_slot_facts
from kexie.contexts.museums.queries.rules import rules_on
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.rules.wording import group_words
from kexie.contexts.museums.templatetags.museum_public import hours, long_day
from kexie.contexts.museums.web.public import rosters
from kexie.contexts.museums.web.public.base import CONFLICT, UNPROCESSABLE, MuseumPage
from kexie.contexts.museums.web.public.my_bookings import Step
from kexie.contexts.museums.web.public.rosters import Roster
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import kept
from kexie.foundation.visitors.web.request import to_sign_in, visitor_of
from kexie.kernel.errors import NotFound, Text, UserError
from kexie.kernel.periods import Period
from kexie.platform import crypto
from kexie.platform.capacity.models import Channel
from kexie.platform.capacity.operations.bookings import NotPossible, SeatTaken
from kexie.platform.imports.reading import LARGEST_FILE, SheetRefused
from kexie.platform.imports.writing import CONTENT_TYPE
from kexie.ui.nav import Link

State = GroupRequest.State
_SESSION = "museum_roster"
_REFUSALS = (groups.GroupRefused, BookingRefused, groups.GroupDecided, NotPossible, PartyRefused, SeatTaken)
Choices = list[tuple[str, list[tuple[str, str]]]]


def _number(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("请填写人数。"),
            "invalid": gettext_lazy("请填写数字，例如 45。"),
        },
    )


class SlotForm(forms.Form):
    """A slot in which groups may still come."""

    slot = forms.ChoiceField(
        label=gettext_lazy("日期和时段"),
        error_messages={
            "required": gettext_lazy("请选择日期和时段。"),
            "invalid_choice": gettext_lazy("这个时段已不能选，请换一个。"),
        },
    )

    def __init__(self, *args: Any, slots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slot"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("请选择")), *slots]


class RequestForm(SlotForm):
    """What a group asks for."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    size = _number(gettext_lazy("总人数"), gettext_lazy("含带队人员"))
    leaders = _number(gettext_lazy("带队人数"))
    organisation = forms.CharField(
        label=gettext_lazy("单位名称"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("团队类型"), choices=GroupRequest.Kind.choices, required=False
    )
    purpose = forms.CharField(label=gettext_lazy("参观目的"), max_length=200, required=False)
    leader_name = forms.CharField(
        label=gettext_lazy("领队姓名"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    leader_phone = forms.CharField(
        label=gettext_lazy("领队手机号码"), max_length=40, required=False,
        help_text=gettext_lazy("审核结果和当天变动发到这个号码。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    field_order = (
        "slot",
        "size",
        "leaders",
        "organisation",
        "kind",
        "purpose",
        "leader_name",
        "leader_phone",
    )


class ChangeForm(SlotForm):
    """Another slot, or another number."""

    size = _number(gettext_lazy("总人数"), gettext_lazy("含带队人员；人数变了，要重新提交名单"))
    leaders = _number(gettext_lazy("带队人数"))


class RosterForm(forms.Form):
    """Who comes: a file, or lines typed."""

    file = forms.FileField(label=gettext_lazy("名单文件"), required=False, allow_empty_file=True)
    lines = forms.CharField(
        label=gettext_lazy("或直接填写"),
        required=False,
        max_length=40_000,
        help_text=gettext_lazy("一行一人：姓名、证件号码；没有证件的儿童写姓名、出生日期。可从 Excel 粘贴。"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )


class DocumentForm(forms.Form):
    """A paper that goes with the request."""

    document = forms.FileField(
        label=gettext_lazy("材料"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("请先选择文件。")},
    )


class GroupPage(MuseumPage):
    """A page about groups."""

    def slots(self, *, size: int = 1, keep: UUID | None = None) -> Choices:
        """Return the slots that groups may still ask for, day by day, with what is left for groups."""
        rules = rules_on(self.museum.pk, self.today, self.visible)
        first = self.today + dt.timedelta(days=rules.group_days_ahead)
        last = self.today + dt.timedelta(days=rules.group_horizon_days)
        found = availability.places(
            self.museum, Period.until(last, since=first), self.visible,
            channel=Channel.GROUP, kind=Slot.Kind.ENTRY,
        )  # fmt: skip
        open_ = (Stand.FREE, Stand.NOT_YET)
        fits = [one for one in found if (one.stand(self.now) in open_ and one.left >= size) or one.id == keep]
        return [
            (long_day(day), [(str(one.id), _left(one)) for one in some])
            for day, some in groupby(fits, key=lambda one: one.day)
        ]

    def facts(self, slot_id: str) -> SlotFacts:
        """Return the slot chosen."""
        return recent_slot_facts(UUID(slot_id), self.museum.association_id)


def _left(place: availability.Place) -> str:
    return _("%(hours)s（团队余%(left)d）") % {"hours": hours(place), "left": place.left}


def put(form: forms.Form, error: UserError) -> None:
    """Put the messages of operations beside their fields, or above the form."""
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
    if not error.fields:
        form.add_error(None, str(error))


class GroupsView(GroupPage):
    """Ask for places for a group."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the rules and the form."""
        before = kept.take(request)
        if before is not None:
            return self._show(RequestForm(before, slots=self.slots()))
        return self._show(RequestForm(initial={"key": uuid.uuid4(), "leaders": 2}, slots=self.slots()))

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Hold the places and go on to the roster."""
        form = RequestForm(request.POST, slots=self.slots())
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        try:
            group = self._request(form.cleaned_data, visitor)
        except _REFUSALS as error:
            put(form, error)
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(self.url("group", number=group.code))

    def _request(self, given: dict[str, Any], visitor: Visitor) -> GroupRequest:
        words = ("kind", "organisation", "leader_name", "leader_phone", "purpose", "size", "leaders")
        asked = groups.Asked(
            slot=self.facts(given["slot"]), visitor_id=visitor.pk, key=given["key"].hex,
            **{name: given[name] for name in words},
        )  # fmt: skip
        return groups.request(asked=asked, actor=visitor, now=self.now)

    def _show(self, form: RequestForm, *, status: int = 200) -> HttpResponse:
        values = {
            "form": form,
            "rules": group_words(rules_on(self.museum.pk, self.today, self.visible)),
            "visitor": visitor_of(self.request),
            "trail": self.trail(Link(_("团队预约"))),
        }
        return self.page("groups", values, status=status)


class OneGroup(GroupPage):
    """A page about one request, for whoever made it (address kwarg `number`: its code)."""

    visitor: Visitor
    group: GroupRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in the leader, nobody else."""
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        self.visitor = visitor
        try:
            self.group = visits.own_group(kwargs["number"], visitor.pk, self.visible)
        except NotFound as error:
            raise Http404(_("没有这个团队预约。")) from error
        if self.group.slot.museum_id != self.museum.pk:
            raise Http404(_("没有这个团队预约。"))
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    @property
    def is_open(self) -> bool:
        """Whether the request may still change."""
        return self.group.state in {State.DRAFT, State.REQUESTED, State.APPROVED}

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that knows its request."""
        trail = self.trail(Link(_("团队预约"), self.url("groups")), Link(self.group.organisation))
        shown = {"group": self.group, "slot": self.group.slot, "trail": trail, "is_open": self.is_open}
        return super().page(template, {**shown, **context}, status=status)

    def here(self) -> HttpResponseRedirect:
        """Go to the request's page."""
        return HttpResponseRedirect(self.url("group", number=self.group.code))


class GroupView(OneGroup):
    """The request: how it stands, and the roster while it may be handed in."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Show it."""
        return self.show_group(RosterForm())

    def post(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Take in the roster, or the answer to what the museum asked for (`reply`)."""
        if "reply" in request.POST:
            return self._reply(request.POST["reply"])
        form = RosterForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show_group(form, status=UNPROCESSABLE)
        try:
            roster = self._read(form)
        except SheetRefused as error:
            form.add_error("file" if form.cleaned_data["file"] else "lines", str(error))
            return self.show_group(form, status=UNPROCESSABLE)
        return self._submit(form, roster)

    def _read(self, form: RosterForm) -> Roster:
        file, lines = form.cleaned_data["file"], form.cleaned_data["lines"]
        if file is None and not lines.strip():
            raise SheetRefused(_("请选择名单文件，或直接填写名单。"))
        if file is None:
            return rosters.typed(lines, today=self.today)
        if file.size > LARGEST_FILE:
            raise SheetRefused(_("文件太大，名单请只保留人员信息。"))
        return rosters.read(file.name or "", file.read(), today=self.today)

    def _submit(self, form: RosterForm, roster: Roster) -> HttpResponse:
        whole: Text = ""
        if roster.is_good:
            try:
                groups.submit_roster(group=self.group, party=roster.party, actor=self.visitor, now=self.now)
            except _REFUSALS as error:
                whole = roster.refuse(error.fields) or (error.message if not error.fields else "")
            else:
                self.request.session.pop(_SESSION, None)
                messages.success(self.request, _("名单已提交。"))
                return self.here()
        if whole:
            form.add_error("file" if form.cleaned_data["file"] else "lines", str(whole))
        if not roster.is_good:
            sealed = rosters.seal(roster, context=self.group.pk.bytes)
            self.request.session[_SESSION] = {"group": self.group.code, "roster": sealed}
            form.add_error(None, _("名单中有%(count)d处需要更正。") % {"count": len(list(roster.problems()))})
        return self.show_group(form, problems=list(roster.problems()), status=UNPROCESSABLE)

    def _reply(self, words: str) -> HttpResponse:
        try:
            groups.reply(group=self.group, words=words, actor=self.visitor, now=self.now)
            messages.success(self.request, _("已回复馆方。"))
        except (groups.GroupRefused, groups.GroupDecided) as error:
            messages.error(self.request, str(error))
        return self.here()

    def show_group(
        self,
        form: RosterForm,
        *,
        problems: Sequence[tuple[str, str, Text]] = (),
        documents: DocumentForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the request with its forms."""
        group = self.group
        values = {
            "form": form,
            "problems": problems,
            "document_form": documents or DocumentForm(),
            "documents": list(group.documents.order_by("made_at", "id")),
            "most_documents": group_documents.MOST,
            "steps": _steps(group),
            "party": groups.roster_of(group),
            "takes_roster": group.state in {State.DRAFT, State.REQUESTED},
            "phone": groups.phone_of(group)[:3] + "****" + groups.phone_of(group)[-4:],
            "held_until": group.reservation.held_until if group.reservation else None,
        }
        return self.page("group", values, status=status)


def _steps(group: GroupRequest) -> list[Step]:
    """Return the request's timeline: what was, and who does what next."""
    decided: dict[str, tuple[Text, str]] = {
        State.APPROVED: (_("馆方已通过"), ""),
        State.REFUSED: (_("馆方未通过"), "bad"),
        State.CANCELLED: (_("已取消"), "bad"),
    }
    steps = [Step(_("已申请，名额已留好"), group.made_at)]
    if group.roster:
        steps.append(Step(_("名单已提交"), _("共%(size)d人") % {"size": group.size}))
    if group.state in decided:
        title, tone = decided[State(group.state)]
        steps.append(Step(title, group.decided_at or "", tone))
    elif group.state == State.DRAFT:
        steps.append(Step(_("请提交名单"), _("提交后由馆方审核"), "next"))
    else:
        steps.append(Step(_("馆方审核"), _("结果以短信通知"), "next"))
    return steps


class MarkedRoster(OneGroup):
    """The roster sent last, with what is wrong in red."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Answer with the file."""
        found = request.session.get(_SESSION) or {}
        mine = found.get("roster", "") if found.get("group") == self.group.code else ""
        try:
            roster = rosters.unseal(mine, context=self.group.pk.bytes)
        except crypto.Unreadable as error:
            raise Http404(_("没有标注好的名单，请重新上传。")) from error
        return _file(rosters.marked(roster), _("名单-请更正.xlsx"))


class RosterTemplate(MuseumPage):
    """An empty roster."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer with the file."""
        return _file(rosters.template(), _("团队名单模板.xlsx"))


def _file(content: IO[bytes], name: str) -> HttpResponse:
    with content:
        response = HttpResponse(content.read(), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


class GroupChangeView(OneGroup):
    """Another date, or another number."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Show the form."""
        group = self.group
        initial = {"slot": str(group.slot_id), "size": group.size, "leaders": group.leaders}
        return self._show(ChangeForm(initial=initial, slots=self.slots(keep=group.slot_id)))

    def post(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Change it: new places and old ones, both or neither."""
        form = ChangeForm(request.POST, slots=self.slots(keep=self.group.slot_id))
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        given = form.cleaned_data
        try:
            groups.change(
                group=self.group, slot=self.facts(given["slot"]), size=given["size"], leaders=given["leaders"],
                actor=self.visitor, now=self.now,
            )  # fmt: skip
        except _REFUSALS as error:
            put(form, error)
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, _("已修改。"))
        return self.here()

    def _show(self, form: ChangeForm, *, status: int = 200) -> HttpResponse:
        return self.page("group_change", {"form": form}, status=status)


class GroupCancelView(OneGroup):
    """Call the visit off; asks first."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Ask."""
        return self.page("group_cancel", {})

    def post(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Call it off."""
        try:
            groups.cancel(group=self.group, actor=self.visitor, now=self.now)
        except groups.GroupDecided as error:
            return self.page("group_cancel", {"problem": str(error)}, status=CONFLICT)
        messages.success(request, _("已取消团队预约，名额已释放。"))
        return self.here()
