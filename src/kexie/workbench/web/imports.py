"""Excel in: the template, the upload, what checking found, and the import itself."""

import uuid
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound, UserError
from kexie.ledger import registry
from kexie.ledger.record_types import RecordType
from kexie.platform.imports import tables, writing
from kexie.ui.nav import Link
from kexie.workbench import navigation, tasks
from kexie.workbench.importing import headings, operations, templates
from kexie.workbench.models import ImportJob
from kexie.workbench.web.base import UNPROCESSABLE, StaffView, TypeView

# A file of this size is checked, and this many rows brought in, while the person waits: about two seconds.
SMALL_FILE = 120 * 1024
FEW_ROWS = 1_000
SHOWN_PROBLEMS = 100


class TemplateView(TypeView):
    """The template of a type."""

    action = Action.IMPORT

    def get(self, request: HttpRequest, key: str) -> FileResponse:
        """Send the template."""
        file = templates.template(self.import_type, self.scope)
        name = _("%(type)s-导入模板.xlsx") % {"type": self.import_type.name}
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


class UploadView(TypeView):
    """Takes a filled sheet."""

    action = Action.IMPORT

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show how it is done."""
        return self._show()

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Keep the file and check it, at once if it is small."""
        upload = request.FILES.get("file")
        if upload is None:
            return self._show(_("请先选择要导入的文件（.xlsx 或 .csv）。"), UNPROCESSABLE)
        confirms = self.may(Action.CONFIRM) and request.POST.get("then", "confirm") == "confirm"
        try:
            job = operations.take_in(
                desk_type=self.import_type,
                upload=upload,
                actor=self.account,
                confirms=confirms,
                now=timezone.now(),
                system=request.POST.get("system", ""),
            )
        except UserError as error:
            return self._show(str(error), UNPROCESSABLE)
        if job.file.size <= SMALL_FILE:
            operations.check(job=job)
        else:
            tasks.check_import.defer(job_id=str(job.pk))
        return HttpResponseRedirect(reverse("workbench:import_job", args=[job.pk]))

    def _show(self, error: str = "", status: int = 200) -> HttpResponse:
        record_type = self.import_type
        shown = headings.importable(record_type)
        context = {
            "error": error,
            "columns": [(one, headings.is_required(record_type, one)) for one in shown],
            "jobs": ImportJob.objects.filter(account=self.account, type_key=record_type.key)[:5],
            "may_confirm": self.may(Action.CONFIRM),
            "is_record": self.is_record,
            "coordinates": getattr(record_type, "coordinates", None),
            "system": self.request.POST.get("system", ""),
            "suffixes": ",".join(tables.SUFFIXES),
            "trail": self.trail(Link(_("导入"))),
        }
        return self.page("import", context, status=status)


class ImportsView(StaffView):
    """The account's own imports."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        jobs = list(ImportJob.objects.filter(account=self.account)[:50])
        declared = {**registry.reference_types(), **registry.record_types()}
        names = {key: one.name for key, one in declared.items()}
        listed = [(job, names.get(job.type_key, job.type_key)) for job in jobs]
        return self.page(
            "imports", {"jobs": listed, "trail": [Link(_("我的工作"), "/work/"), Link(_("我的导入"))]}
        )


class OwnJobView(StaffView):
    """A page about one of the account's own imports."""

    def check(self) -> None:
        """Find the job among the account's own."""
        found = ImportJob.objects.filter(account=self.account, pk=self.kwargs["pk"]).select_related(
            "file", "account"
        )
        job = found.first()
        if job is None:
            raise NotFound(_("没有找到这次导入。"))
        self.job = job
        self.desk_type = operations.type_of(job)
        self.current, self.key = self.desk_type.context, self.desk_type.key

    def url(self) -> str:
        """Return the address of the job's page."""
        return reverse("workbench:import_job", args=[self.job.pk])


class JobView(OwnJobView):
    """What became of a file so far, and what to do next."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the job."""
        job = self.job
        context: dict[str, Any] = {
            "job": job,
            "desk_type": self.desk_type,
            "is_record": isinstance(self.desk_type, RecordType),
            "problems": job.problems[:SHOWN_PROBLEMS],
            "more_problems": max(job.problem_count - SHOWN_PROBLEMS, 0),
            "warnings": job.warnings[:SHOWN_PROBLEMS],
            "fresh": max(job.total - job.known, 0),
            "may_confirm": self.rights.find_of(Action.CONFIRM, self.desk_type) is not None,
            "progress_text": _progress_text(job),
            "trail": [
                Link(_("我的工作"), "/work/"),
                Link(str(self.desk_type.name), navigation.list_url(self.desk_type)),
                Link(_("导入"), reverse("workbench:import", args=[self.desk_type.key])),
                Link(job.file_name),
            ],
        }
        return self.page("import_job", context)


class ProgressView(OwnJobView):
    """How far a running job is."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
        """Return it in numbers and words."""
        job = self.job
        return JsonResponse(
            {"running": job.is_running, "total": job.total, "done": job.done, "text": _progress_text(job)}
        )


class RunView(OwnJobView):
    """Brings a checked file in."""

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Run it, in the background unless it is short."""
        self.rights.scope_of(Action.IMPORT, self.desk_type)
        # A file checked for drafts was tried as drafts; only what was checked is run.
        if operations.start(job=self.job, confirms=self.job.confirms):
            if self.job.total <= FEW_ROWS:
                operations.run(job=self.job)
            else:
                tasks.run_import.defer(job_id=str(self.job.pk))
        return HttpResponseRedirect(self.url())


class CancelView(OwnJobView):
    """Gives a job up."""

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Stop it or put it away."""
        with transaction.atomic():
            operations.cancel(job=self.job)
        return HttpResponseRedirect(self.url())


class MarkedView(OwnJobView):
    """A checked file with its problems marked."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> FileResponse:
        """Send it."""
        file = templates.marked(self.job, operations.read(self.job))
        stem = PurePath(self.job.file_name).stem
        name = _("%(stem)s-问题已标出.xlsx") % {"stem": stem}
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


def _progress_text(job: ImportJob) -> str:
    if not job.total:
        return _("正在读取文件")
    return _("%(done)d / %(total)d 行") % {"done": job.done, "total": job.total}
