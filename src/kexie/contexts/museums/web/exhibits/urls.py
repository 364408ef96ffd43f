"""Addresses of a museum's exhibits, repairs, spare parts, shifts and feedback, below /work/museum/<code>/."""

from django.urls import path

from kexie.contexts.museums.web.exhibits import feedback, register, repairs, shifts, spares, volunteers

urlpatterns = [
    path("exhibits/", register.ListView.as_view(), name="exhibits"),
    path("exhibits/export.xlsx", register.ExportView.as_view(), name="exhibits_export"),
    path("exhibits/labels/", register.LabelsView.as_view(), name="labels"),
    path("exhibits/<uuid:pk>/", register.ExhibitView.as_view(), name="exhibit"),
    path("exhibits/<uuid:pk>/report/", register.ReportView.as_view(), name="report_fault"),
    path("repairs/", repairs.ListView.as_view(), name="repairs"),
    path("repairs/export.xlsx", repairs.ExportView.as_view(), name="repairs_export"),
    path("repairs/<uuid:pk>/", repairs.RepairView.as_view(), name="repair"),
    path("spares/", spares.ListView.as_view(), name="spares"),
    path("spares/export.xlsx", spares.ExportView.as_view(), name="spares_export"),
    path("spares/<uuid:pk>/", spares.SpareView.as_view(), name="spare"),
    path("shifts/", shifts.ListView.as_view(), name="shifts"),
    path("shifts/new/", shifts.PlanView.as_view(), name="plan_shifts"),
    path("shifts/<uuid:pk>/", shifts.ShiftView.as_view(), name="shift"),
    path("volunteers/", volunteers.ListView.as_view(), name="volunteers"),
    path("volunteers/new/", volunteers.NewView.as_view(), name="new_volunteer"),
    path("volunteers/<uuid:pk>/", volunteers.VolunteerView.as_view(), name="volunteer"),
    path("feedback/", feedback.ListView.as_view(), name="feedback"),
    path("feedback/export.xlsx", feedback.ExportView.as_view(), name="feedback_export"),
    path("feedback/<uuid:pk>/", feedback.ItemView.as_view(), name="feedback_item"),
]
