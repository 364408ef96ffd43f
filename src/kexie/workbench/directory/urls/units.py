"""Addresses of units."""

from django.urls import path

from kexie.workbench.directory import unit_changes, units

app_name = "units"
urlpatterns = [
    path("", units.ListView.as_view(), name="list"),
    path("new", unit_changes.NewView.as_view(), name="new"),
    path("choices", units.ChoicesView.as_view(), name="choices"),
    path("keepable", units.KeepableView.as_view(), name="keepable"),
    path("export.xlsx", units.ExportView.as_view(), name="export"),
    path("<slug:code>/", units.UnitView.as_view(), name="unit"),
    path("<slug:code>/edit", unit_changes.EditView.as_view(), name="edit"),
    path("<slug:code>/rename", unit_changes.RenameView.as_view(), name="rename"),
    path("<slug:code>/move", unit_changes.MoveView.as_view(), name="move"),
    path("<slug:code>/close", unit_changes.CloseView.as_view(), name="close"),
    path("<slug:code>/reopen", unit_changes.ReopenView.as_view(), name="reopen"),
]
