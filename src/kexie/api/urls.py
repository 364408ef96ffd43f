"""Addresses of the API and of its documentation."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from kexie.api import shell, views


def _operations() -> list[URLPattern]:
    """The operations, without the framework's own page."""
    every = (pattern for pattern in shell.build().urls[0] if isinstance(pattern, URLPattern))
    found = [pattern for pattern in every if pattern.name != "api-root"]
    for pattern in found:
        pattern.callback = shell.in_our_shape(pattern.callback)
    return found


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_documentation, name="documentation"),
    path("v1/openapi.json", views.show_schema, name="schema"),
    path("v1/", include(_operations())),
    re_path(r"^v1/", shell.in_our_shape(shell.nothing_here), name="nothing_here"),
]
