"""People out of files: the template, the upload, what checking found, and bringing them in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching import tasks
from kexie.contexts.matching.models import Expert, ExpertImport
from kexie.contexts.matching.operations import expert_imports as operations
from kexie.contexts.matching.queries import expert_imports as queries
from kexie.contexts.matching.rules import expert_sheet
from kexie.contexts.matching.web.experts import sheets
from kexie.contexts.matching.web.experts.base import ExpertsView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.kernel import disciplines
from kexie.kernel.errors import UserError
from kexie.platform.imports import writing
from kexie.ui.nav import Link

# So many people are brought in while somebody waits: a second or two.
FEW = 200
_SHOWN_PREVIEW, _SHOWN = 20, 100
WHAT = {
    "NEW": gettext_lazy("新增"), "ADDS": gettext_lazy("补充"), "DIFFERS": gettext_lazy("有不同，未改"), "SAME": gettext_lazy("已有，相同"),
}  # fmt: skip


class UploadForm(DeskForm):
    """A file of people."""

    file = forms.FileField(
        label=gettext_lazy("文件"), allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.json,.jsonl,.ndjson,.xml"}),
        help_text=gettext_lazy("表格（.xlsx、.csv）、OpenAlex 作者和论文（.json、.jsonl）、ORCID 记录（.json、.xml），不超过20 MB。"),
    )  # fmt: skip
    is_home = forms.BooleanField(
        label=gettext_lazy("名单上都是海智专家"), required=False,
        help_text=gettext_lazy("不登记境外工作单位、职务和常在地区，即使文件里有。"),
    )  # fmt: skip


class UploadPage(ExpertsView):
    """How it is done, the upload, and the account's own imports."""

    action = to_write = Action.IMPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._show(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the file and check it."""
        form = UploadForm(request.POST, request.FILES)
        made = form.carry_out(self._taken)
        return self._show(form, 422) if made is None else HttpResponseRedirect(self.url("import", pk=made.pk))

    def _taken(self, data: dict[str, Any]) -> Any:
        file = data["file"]
        try:
            return operations.take_in(name=file.name, content=file.read(), is_home=data["is_home"], **self.by)
        except UserError as refused:
            raise UserError(fields={"file": str(refused)}) from refused

    def _show(self, form: DeskForm, status: int = 200) -> HttpResponse:
        jobs = list(queries.imports(self.scope).filter(account=self.account)[:10])
        context = {
            "form": form,
            "jobs": jobs,
            "columns": expert_sheet.LABELS.values(),
            "trail": self.trail(Link(_("导入"))),
        }
        return self.page("imports", context, status=status)


class TemplateFile(ExpertsView):
    """The template."""

    action = Action.IMPORT

    def get(self, request: HttpRequest) -> FileResponse:
        """Send it."""
        name = _("专家-导入模板.xlsx")
        return FileResponse(
            sheets.template(self.scope), as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE
        )


class ColumnsForm(DeskForm):
    """Which column of the table is which."""

    def __init__(self, *args: Any, labels: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [
            (0, _("没有这一列")),
            *((at, label or _("第%(n)s列") % {"n": at}) for at, label in enumerate(labels, 1)),
        ]
        for name, label in expert_sheet.LABELS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=listed, coerce=int, required=name == "name", empty_value=None
            )


class JobPage(ExpertsView, ActPage):
    """What became of a file so far, and what to do next."""

    action = to_write = Action.IMPORT
    template = "import"

    def check(self) -> None:
        """Find the import among the account's own."""
        self.job = queries.own_import(self.account, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What fits its state."""
        state, source = self.job.state, self.job.source
        found = []
        if state in {"READY", "STOPPED"}:
            found.append(_RUN)
        if state == ExpertImport.State.RUNNING:
            found.append(_STOP)
        if source == "WORKBOOK" and state in {"READY", "FAULTY"}:
            found.append(_COLUMNS)
        return [*found, _TAKE] if self.job.differences and state == "DONE" else found

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the table's own columns."""
        more = {"labels": self.job.labels, "initial": self.job.columns} if act is _COLUMNS else {}
        return super().act_form(act, *args, **{**options, **more})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry it out; refusals that belong to no field are told above the page."""
        try:
            return super().post(request, **kwargs)
        except UserError as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.path)

    def context_of(self) -> dict[str, Any]:
        """The import in words."""
        job = self.job
        return {
            "job": job,
            "problems": job.problems[:_SHOWN],
            "more_problems": max(job.problem_count - _SHOWN, 0),
            "differences": [_in_words(at, one) for at, one in enumerate(job.differences[:_SHOWN])],
            "preview": [{**one, "what": WHAT[one["what"]]} for one in job.preview[:_SHOWN_PREVIEW]],
            "same": max(job.total - job.new - job.filled, 0),
            "trail": self.trail(Link(_("导入"), self.url("imports")), Link(job.file_name)),
            "by_key": {one.key for one in self.acts()},
        }


def _in_words(at: int, one: dict[str, Any]) -> dict[str, Any]:
    label = Expert._meta.get_field(one["field"]).verbose_name  # type: ignore[union-attr]  # a column
    return {
        **one,
        "at": at,
        "label": label,
        "here": _shown(one["field"], one["here"]),
        "there": _shown(one["field"], one["there"]),
    }


def _shown(name: str, value: Any) -> str:
    if name == "disciplines":
        return disciplines.labels(value)
    if name == "languages":
        return "、".join(str(Expert.Language(one).label) for one in value)
    return str(value)


def _run(view: JobPage, _data: dict[str, Any]) -> Any:
    job = operations.start(import_id=view.job.pk, actor=view.account)
    if job.total - job.done <= FEW:
        return operations.run(import_id=job.pk, scope=view.scope, now=timezone.now())
    tasks.import_experts.defer(import_id=str(job.pk))
    return job


def _take(view: JobPage, _data: dict[str, Any]) -> Any:
    chosen = [int(one) for one in view.request.POST.getlist("chosen") if one.isdecimal()]
    return operations.take_over(import_id=view.job.pk, chosen=chosen, **view.by)


_RUN = Act(
    key="run",
    label=gettext_lazy("导入"),
    done=gettext_lazy("已开始导入。"),
    run=_run,
    action=Action.IMPORT,
    at="state",
)
_STOP = Act(
    key="stop", label=gettext_lazy("停下"), done=gettext_lazy("已停下，可以接着导入。"), action=Action.IMPORT, at="state",
    run=lambda view, _data: operations.stop(import_id=view.job.pk, actor=view.account),
)  # fmt: skip
_COLUMNS = Act(
    key="columns", label=gettext_lazy("对应各列"), done=gettext_lazy("已按选定的列重新核对。"), form=ColumnsForm, action=Action.IMPORT,
    at="columns",
    run=lambda view, data: operations.choose_columns(
        import_id=view.job.pk, columns=data, actor=view.account, scope=view.scope
    ),
)  # fmt: skip
_TAKE = Act(
    key="take",
    label=gettext_lazy("采用文件里的"),
    done=gettext_lazy("已采用。"),
    run=_take,
    action=Action.IMPORT,
    at="differences",
)
