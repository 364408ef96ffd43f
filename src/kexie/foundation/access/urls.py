"""Addresses of sign-in, one's own account, and the administrators' pages."""

from django.urls import path

from kexie.foundation.access.web import (
    account_views,
    audit_views,
    client_views,
    grant_views,
    own_views,
    parked_views,
    sign_in_views,
)

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in_views.show_sign_in, name="sign_in"),
    path("sign-in/code/", sign_in_views.show_code, name="code"),
    path("sign-in/with/<slug:key>/", sign_in_views.start_method, name="start_method"),
    path("sign-in/with/<slug:key>/back/", sign_in_views.finish_method, name="finish_method"),
    path("sign-out/", sign_in_views.sign_out, name="sign_out"),
    path("account/", own_views.show_own, name="own"),
    path("account/password/", own_views.change_password, name="password"),
    path("account/second-factor/", own_views.show_second_factor, name="second_factor"),
    path("account/sessions/<uuid:presence_id>/end/", own_views.end_session, name="end_session"),
    path("work/accounts/", account_views.list_accounts, name="accounts"),
    path("work/accounts/new/", account_views.create_account, name="create_account"),
    path("work/accounts/<uuid:account_id>/", account_views.show_account, name="account"),
    path("work/accounts/<uuid:account_id>/<slug:verb>/", account_views.change_account, name="change_account"),
    path("work/clients/", client_views.list_clients, name="clients"),
    path("work/clients/new/", client_views.create_client, name="create_client"),
    path("work/clients/<uuid:client_id>/", client_views.show_client, name="client"),
    path("work/clients/<uuid:client_id>/<slug:verb>/", client_views.change_client, name="change_client"),
    path("work/grants/", grant_views.list_grants, name="grants"),
    path("work/grants/new/", grant_views.create_grant, name="create_grant"),
    path("work/grants/<uuid:grant_id>/revoke/", grant_views.revoke_grant, name="revoke"),
    path("work/rules/", grant_views.change_rules, name="rules"),
    path("work/parked/", parked_views.list_parked, name="parked"),
    path("work/parked/export/", parked_views.export_parked, name="export_parked"),
    path("work/parked/retry/", parked_views.retry_parked, name="retry_parked"),
    path("work/parked/discard/", parked_views.discard_parked, name="discard_parked"),
    path("work/audit/", audit_views.list_entries, name="audit"),
    path("work/audit/export/", audit_views.export_entries, name="export_audit"),
]
