"""Addresses of the workbench."""

from django.apps import apps
from django.urls import path, register_converter

from kexie.workbench.web import entries, exports, home, imports, lists, notices, records


class ContextConverter:
    """The app label of an installed area of work, so that no other address under /work/ is taken for one."""

    regex = "|".join(app.label for app in apps.get_app_configs() if app.name.startswith("kexie.contexts."))

    def to_python(self, value: str) -> str:
        """Return the label."""
        return value

    def to_url(self, value: str) -> str:
        """Return the label."""
        return value


register_converter(ContextConverter, "context")

_LIST = "records/<str:key>/"
_ONE = f"{_LIST}<uuid:pk>/"

app_name = "workbench"
urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("inbox/", notices.NoticesView.as_view(), name="notices"),
    path("imports/", imports.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:pk>/", imports.JobView.as_view(), name="import_job"),
    path("imports/<uuid:pk>/progress", imports.ProgressView.as_view(), name="import_progress"),
    path("imports/<uuid:pk>/run", imports.RunView.as_view(), name="import_run"),
    path("imports/<uuid:pk>/cancel", imports.CancelView.as_view(), name="import_cancel"),
    path("imports/<uuid:pk>/marked.xlsx", imports.MarkedView.as_view(), name="import_marked"),
    path("<context:context>/", home.ContextView.as_view(), name="context"),
    path(_LIST, lists.ListView.as_view(), name="list"),
    path(f"{_LIST}new", entries.NewView.as_view(), name="new"),
    path(f"{_LIST}confirm", lists.ConfirmManyView.as_view(), name="confirm_many"),
    path(f"{_LIST}reverse", lists.ReverseManyView.as_view(), name="reverse_many"),
    path(f"{_LIST}views", lists.ViewsView.as_view(), name="views"),
    path(f"{_LIST}choices/<str:field>", lists.ChoicesView.as_view(), name="choices"),
    path(f"{_LIST}export.xlsx", exports.ExportView.as_view(), name="export"),
    path(f"{_LIST}template.xlsx", imports.TemplateView.as_view(), name="template"),
    path(f"{_LIST}import", imports.UploadView.as_view(), name="import"),
    path(_ONE, records.RecordView.as_view(), name="record"),
    path(f"{_ONE}edit", entries.EditView.as_view(), name="edit"),
    path(f"{_ONE}confirm", records.ConfirmView.as_view(), name="confirm"),
    path(f"{_ONE}reverse", records.ReverseView.as_view(), name="reverse"),
    path(f"{_ONE}correct", entries.CorrectView.as_view(), name="correct"),
    path(f"{_ONE}discard", records.DiscardView.as_view(), name="discard"),
    path(f"{_ONE}evidence", records.AttachView.as_view(), name="attach"),
    path(f"{_ONE}notes/<uuid:note>", records.AnswerView.as_view(), name="answer"),
]
