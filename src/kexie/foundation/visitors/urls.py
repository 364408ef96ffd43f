"""Addresses of a visitor's own pages, below /my/; KEXIE_VISITOR_PAGES names modules with those of other apps."""

from django.conf import settings
from django.urls import include, path

from kexie.foundation.visitors.web import companion_views, own_views, sign_in_views

app_name = "my"
urlpatterns = [
    path("", own_views.show_home, name="home"),
    path("sign-in/", sign_in_views.show_sign_in, name="sign_in"),
    path("sign-in/code/", sign_in_views.show_code, name="code"),
    path("sign-in/code/again/", sign_in_views.send_again, name="send_again"),
    path("sign-out/", sign_in_views.sign_out, name="sign_out"),
    path("sign-out/everywhere/", sign_in_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("companions/", companion_views.list_companions, name="companions"),
    path("companions/new/", companion_views.add_companion, name="add_companion"),
    path("companions/<uuid:companion_id>/", companion_views.edit_companion, name="companion"),
    path("companions/<uuid:companion_id>/remove/", companion_views.remove_companion, name="remove_companion"),
    path(
        "companions/<uuid:companion_id>/restore/", companion_views.restore_companion, name="restore_companion"
    ),
    path("notices/", own_views.show_notices, name="notices"),
    path("data/", own_views.show_data, name="data"),
    path("data/export/", own_views.export_data, name="export"),
    path("data/export/file/", own_views.download_data, name="download"),
    path("data/delete/", own_views.delete_account, name="delete"),
    *(path("", include(module)) for module in settings.KEXIE_VISITOR_PAGES),
]
