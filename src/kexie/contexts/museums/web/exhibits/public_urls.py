"""Public addresses: an exhibit's label and reports of faults, feedback on a museum, a volunteer's own link."""

from django.urls import path

from kexie.contexts.museums.web.exhibits import public, public_feedback, public_shifts

app_name = "exhibit"
urlpatterns = [
    path("exhibits/<slug:token>/", public.LabelView.as_view(), name="label"),
    path("exhibits/<slug:token>/report/", public.ReportView.as_view(), name="report"),
    path("exhibits/<slug:token>/reports/<slug:code>/", public.StatusView.as_view(), name="report_status"),
    path("museums/<slug:code>/feedback/", public_feedback.FeedbackView.as_view(), name="feedback"),
    path(
        "museums/<slug:code>/feedback/<slug:number>/",
        public_feedback.FeedbackStatusView.as_view(),
        name="feedback_status",
    ),
    path("volunteers/<str:token>/", public_shifts.SignUpView.as_view(), name="sign_up"),
]
