"""Templates: the list, a new one, and one with its preview."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance import facade as governance
from kexie.contexts.governance.facade import MeetingNotes
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.reporting.writing import checking, language, meetings, operations, preview, queries, rendering
from kexie.reporting.writing.models import DocumentTemplate
from kexie.reporting.writing.values import Frame
from kexie.reporting.writing.web.base import WritingView, written
from kexie.reporting.writing.web.forms import MakeForm, SpanForm, TemplateForm
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class TemplatesPage(WritingView, ListPage):
    """Every template in use."""

    tab = "templates"
    title, sub = pgettext_lazy("many", "模板"), _("在 Word 里写好正文，要数的地方写标记，上传后就能反复用。")
    columns = (
        Sortable("name", _("模板名称"), ("name",)),
        Sortable("kind", _("文种"), ("kind",)),
        Sortable("unit", _("所属单位"), ("unit__path",)),
        Sortable("version", _("版本"), ("version",), numeric=True, largest_first=True),
        Sortable("added", _("上传时间"), ("added_at",), nowrap=True, largest_first=True),
        Sortable("who", _("上传人")),
    )
    search = ("name",)
    empty = (_("没有符合条件的模板"), _("按“上传模板”，选一个写好标记的 .docx；能用哪些数见“可用的数”。"))

    def rows(self) -> QuerySet[Any]:
        """Return the templates of the scope."""
        return queries.templates(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind."""
        return {"kind": (_("文种"), DocumentTemplate.Kind.choices)}

    def row(self, one: Any) -> Row:
        """Show a template."""
        cells = (
            Cell(one.name, self.url("template", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(str(one.unit)),
            Cell(one.version),
            Cell(one.added_at),
            Cell(str(one.added_by)),
        )
        return Row(cells, title=0, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever drafts may add one."""
        return [Link(_("上传模板"), self.url("new_template"), "upload")] if self.allowed.get("draft") else []


class NewTemplatePage(WritingView, FormPage):
    """A new template, or a further version of one."""

    tab = "templates"
    title, submit, done = _("上传模板"), _("上传并检查"), _("模板检查通过，已保存。")
    sub = _("上传时逐个检查标记：不认识的指标、写错的地方都会指出在第几段。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for file, name and kind."""
        named = {"name": self.request.GET.get("name", ""), "kind": self.request.GET.get("kind") or "REPORT"}
        return TemplateForm(
            *args, scope=self.scope, initial={**named, "unit": self.account.unit_id}, **options
        )

    def act(self, data: dict[str, Any]) -> Any:
        """Add it."""
        return operations.add_template(**data, **self.by)

    def onward(self, made: Any) -> str:
        """Go on to it."""
        return self.url("template", pk=made.pk)


class TemplatePage(WritingView, ActPage):
    """One template: a preview with live figures, and making a document."""

    tab, template = "templates", "template"
    made: Any = None

    def check(self) -> None:
        """Find the template."""
        self.one = queries.template(self.scope, self.kwargs["pk"])

    @property
    def period(self) -> Period:
        """The days asked for; the last full year without."""
        form = SpanForm(self.request.GET)
        return form.period() or Period.year(timezone.localdate().year - 1)

    @cached_property
    def meetings(self) -> Sequence[MeetingNotes]:
        """The meetings that minutes may be about."""
        is_minutes = self.one.kind == DocumentTemplate.Kind.MINUTES
        return governance.meetings(self.by["scope"]) if is_minutes else ()

    @property
    def known(self) -> dict[str, str]:
        """What the record of the meeting that was chosen gives."""
        asked = self.request.GET.get("meeting", "")
        return next((meetings.words(one) for one in self.meetings if str(one.id) == asked), {})

    def look(self) -> checking.Looked:
        """Return what the template asks for."""
        return checking.look(
            queries.content(self.one), Frame(self.by["scope"], self.one.unit, self.period, timezone.now())
        )

    def acts(self) -> list[Act]:
        """Make a document; take the template out of use."""
        return [_RESTORE] if self.one.retired_at else [_MAKE, _RETIRE]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """The form asks for what the template wants filled in."""
        if act.key != _MAKE.key:
            return super().act_form(act, *args, **options)
        asked = [ask.measure for ask in self.look().asks if ask.what == language.WORD]
        given = {"asked": asked, "known": self.known, "scope": self.by["scope"]}
        return MakeForm(*args, **given, **{"auto_id": f"id_{act.key}_%s", **options})

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with the days shown."""
        period = self.period
        return {
            "since": period.start,
            "until": period.last_day,
            "title": self.title_of(period),
            "appendix": True,
        }

    def title_of(self, period: Period) -> str:
        """Return a title to begin with."""
        if operations.is_whole_year(period):
            return str(_("%(year)d年%(name)s")) % {
                "year": period.last_day.year,
                "name": self.one.name.removeprefix("年度"),
            }
        return self.one.name

    def context_of(self) -> dict[str, Any]:
        """The preview, and the versions."""
        period = self.period
        return {
            "one": self.one, "blocks": self._blocks(period), "period": period,
            "span": SpanForm(
                meetings=self.meetings,
                initial={
                    "since": period.start, "until": period.last_day, "meeting": self.request.GET.get("meeting")
                },
            ),
            "versions": queries.versions(self.one), "trail": self.trail(Link(self.one.name)),
        }  # fmt: skip

    def _blocks(self, period: Period) -> list[preview.Block]:
        try:
            filling = operations.live(
                self.one,
                title=self.title_of(period),
                period=period,
                words=self.known,
                **{name: self.by[name] for name in ("scope", "now")},
            )
        except UserError:
            return []
        return preview.blocks(rendering.fill(queries.content(self.one), filling), filling)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """After making a document, go on to it."""
        answer = super().post(request, **kwargs)
        return HttpResponseRedirect(self.url("one", pk=self.made.pk)) if self.made else answer


def _make(view: Any, data: dict[str, Any]) -> Any:
    form = MakeForm(
        view.request.POST,
        asked=[ask.measure for ask in view.look().asks if ask.what == language.WORD],
        scope=view.by["scope"],
    )
    form.is_valid()
    look = {**form.form(), "base": view.request.build_absolute_uri("/")}
    view.made = written(
        operations.begin, template=view.one, title=data["title"], period=form.span(), words=form.words(), form=look,
        known_at=form.moment(view.by["now"]), **view.by,
    )  # fmt: skip
    return view.made


def _retire(view: Any, data: dict[str, Any]) -> Any:
    return operations.retire_template(template=view.one, actor=view.account, now=view.by["now"])


def _restore(view: Any, data: dict[str, Any]) -> Any:
    return operations.restore_template(template=view.one, actor=view.account, now=view.by["now"])


_MAKE = Act(key="make", label=_("生成文稿"), run=_make, done=_("正在后台生成，完成后在这里下载。"), form=MakeForm, primary=True)  # fmt: skip
_RETIRE = Act(key="retire", label=_("停用模板"), run=_retire, done=_("已停用，可以恢复。"), danger=True,
              hint=_("停用后不再列出，已生成的文稿不变，随时可以恢复。"))  # fmt: skip
_RESTORE = Act(key="restore", label=_("恢复模板"), run=_restore, done=_("已恢复。"), primary=True)


class TemplateFile(WritingView):
    """A template's file, to be edited in Word."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it."""
        one = queries.template(self.scope, kwargs["pk"])
        return self.send(one.file, f"{one.name}.docx", one)
