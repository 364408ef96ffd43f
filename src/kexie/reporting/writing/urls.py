"""Addresses of writing, below /work/writing/."""

from django.urls import path

from kexie.reporting.writing.web import documents, numbers, templates

app_name = "writing"
urlpatterns = [
    path("", documents.DocumentsPage.as_view(), name="list"),
    path("templates/", templates.TemplatesPage.as_view(), name="templates"),
    path("templates/new/", templates.NewTemplatePage.as_view(), name="new_template"),
    path("templates/<uuid:pk>/", templates.TemplatePage.as_view(), name="template"),
    path("templates/<uuid:pk>/template.docx", templates.TemplateFile.as_view(), name="template_file"),
    path("numbers/", numbers.NumbersPage.as_view(), name="numbers"),
    path("<uuid:pk>/", documents.DocumentPage.as_view(), name="one"),
    path("<uuid:pk>/document.<slug:kind>", documents.DocumentFile.as_view(), name="file"),
]
