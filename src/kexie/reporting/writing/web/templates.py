"""Templates: the list, a new one, one with its preview, and the numbers that templates may ask for."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.ledger import registry
from kexie.reporting.writing import checking, language, operations, preview, queries, rendering
from kexie.reporting.writing.models import DocumentTemplate
from kexie.reporting.writing.values import Frame
from kexie.reporting.writing.web.base import WritingView
from kexie.reporting.writing.web.forms import MakeForm, SpanForm, TemplateForm
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table


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
    empty = (_("还没有模板"), _("按“上传模板”，选一个写好标记的 .docx；能用哪些数见“可用的数”。"))

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
        return MakeForm(*args, asked=asked, **{"auto_id": f"id_{act.key}_%s", **options})

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
            "span": SpanForm(initial={"since": period.start, "until": period.last_day}),
            "versions": queries.versions(self.one), "trail": self.trail(Link(self.one.name)),
        }  # fmt: skip

    def _blocks(self, period: Period) -> list[preview.Block]:
        try:
            filling = operations.live(
                self.one,
                title=self.title_of(period),
                period=period,
                words={},
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
        view.request.POST, asked=[ask.measure for ask in view.look().asks if ask.what == language.WORD]
    )
    form.is_valid()
    look = {**form.form(), "base": view.request.build_absolute_uri("/")}
    view.made = operations.begin(
        template=view.one, title=data["title"], period=form.span(), words=form.words(), form=look, **view.by
    )
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


class NumbersPage(WritingView):
    """Every measure, with the tag that asks for it."""

    tab = "numbers"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show those asked for."""
        asked = text.clean(request.GET.get("q", ""))
        found = [one for one in registry.measures().values() if asked in f"{one.key}{one.label}{one.unit}"]
        context = {"table": _numbers(found), "q": asked, "here": self.url("numbers"), "count": len(found)}
        return self.page("numbers", {**context, "help": _HELP})


_HELP = (
    ('{{ 数("museums.visits") }}', _("本期的准确数，带单位；也可以写指标的中文名")),
    ('{{ 数("museums.visits") | 余 }}', _("写法：准确、万、余、多、超、达、近、约；说不成立时写准确数")),
    ('{{ 数("museums.visits") | 万(2) }}', _("以万为单位，两位小数")),
    ('{{ 数("museums.visits", 期="累计") }}', _("期：本期、上期、本年、累计、2024年")),
    ('{{ 数("museums.visits", 起="2021-06") }}', _("从某月或某日到本期末")),
    ('{{ 数("museums.visits", 地区="临泉县") }}', _('一个地区；单位="…" 是一个单位，分类写它的名称')),
    ('{{ 比("museums.visits") }}', _("与上年（同期）比，增长或下降由数决定")),
    (
        '{%tr for 行 in 表("museums.visits", 按="县") %}',
        _("表：这一行以下到 endfor 的行重复；行.名称、行.数、行.上期、行.比"),
    ),
    ('{{ 图("museums.visits", 按="月") }}', _("柱形图，单独成段")),
    (
        "{% for 项 in 荣誉() %}{{ 项.名称 }}{% endfor %}",
        _("本期获得的荣誉：项.名称、项.授予、项.年度、项.获得者"),
    ),
    ('{{ 填("收信单位") }}', _("生成时再填的字")),
    ("{{ 年 }} {{ 截至 }} {{ 日期 }} {{ 单位 }} {{ 标题 }}", _("年份、截止日、成文日期、单位、标题")),
)


def _numbers(found: list[Any]) -> Table:
    columns = (Column(_("指标")), Column(_("单位")), Column(_("标记")), Column(_("分类")))
    rows = [
        Row(
            (
                Cell(str(one.label), f"/figures/{one.key}/"),
                Cell(str(one.unit)),
                Cell(f'{{{{ 数("{one.key}") | 余 }}}}'),
                Cell("、".join(str(dim.label) for dim in one.dims)),
            ),
            title=0,
        )
        for one in found
    ]
    return Table(columns, rows)
