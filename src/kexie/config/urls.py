"""Where each part of the site is mounted."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from kexie.config import health

_PARTS = (
    ("", "kexie.foundation.access.urls"),  # /sign-in/, /sign-out/, /account/
    ("my/", "kexie.foundation.visitors.urls"),
    ("work/notices/", "kexie.foundation.visitors.staff_urls"),
    ("", "kexie.platform.files.urls"),  # /files/
    ("", "kexie.reporting.claims.urls"),  # /texts/
    ("work/dashboard/", "kexie.workbench.dashboard.urls"),
    ("work/units/", "kexie.workbench.directory.urls.units"),
    ("work/people/", "kexie.workbench.directory.urls.people"),
    ("work/places/", "kexie.workbench.directory.urls.places"),
    ("work/areas/", "kexie.workbench.directory.urls.areas"),
    ("work/museum/", "kexie.contexts.museums.web.urls"),
    ("checkin/", "kexie.contexts.museums.web.checkin.urls"),
    ("", "kexie.contexts.museums.web.exhibits.public_urls"),  # /exhibits/, /museums/…/feedback/, /volunteers/
    ("work/touring/sets/", "kexie.contexts.touring.web.sets.urls"),
    ("work/touring/fleet/", "kexie.contexts.touring.web.fleet.urls"),
    ("work/touring/season/", "kexie.contexts.touring.web.season.urls"),
    ("field/", "kexie.contexts.touring.web.field.urls"),
    ("touring/request/", "kexie.contexts.touring.web.fleet.public_urls"),
    ("touring/sets/", "kexie.contexts.touring.web.sets.public_urls"),
    ("work/facilities/", "kexie.contexts.facilities.web.urls"),
    ("facilities/", "kexie.contexts.facilities.web.public_urls"),
    ("caravans/", "kexie.contexts.touring.web.season.public_urls"),
    ("expert/", "kexie.contexts.matching.web.experts.own_urls"),
    ("work/experts/", "kexie.contexts.matching.web.experts.urls"),
    ("work/problems/", "kexie.contexts.matching.web.finding.urls"),
    ("invitations/", "kexie.contexts.matching.web.finding.public_urls"),
    ("work/meetings/", "kexie.contexts.matching.web.meetings.urls"),
    ("work/cooperation/", "kexie.contexts.matching.web.cooperation.urls"),
    ("meetings/", "kexie.contexts.matching.web.meetings.public_urls"),
    ("work/problems/", "kexie.contexts.matching.web.problems.urls"),
    ("work/academic/", "kexie.contexts.organisations.web.academic.urls"),
    ("work/targets/", "kexie.contexts.governance.web.targets.urls"),
    ("work/campaigns/", "kexie.contexts.governance.web.campaigns.urls"),
    ("work/burden/", "kexie.reporting.burden.urls"),
    ("work/returns/", "kexie.reporting.returns.urls"),
    ("work/packages/", "kexie.workbench.packages.urls"),
    ("work/releases/", "kexie.reporting.releases.urls"),
    ("releases/", "kexie.reporting.releases.public_urls"),
    ("work/writing/", "kexie.reporting.writing.urls"),
    ("work/webhooks/", "kexie.foundation.webhooks.urls"),
    ("my/tickets/", "kexie.platform.tickets.urls"),
    ("work/", "kexie.workbench.urls"),
    ("api/", "kexie.api.urls"),
    ("", "kexie.ui.urls"),  # /ui-gallery/, /appearance/
    ("figures/", "kexie.portal.figures.urls"),
    ("museums/", "kexie.contexts.museums.web.public.urls"),
    ("", "kexie.portal.urls"),
)
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(prefix, include(module)) for prefix, module in _PARTS if find_spec(module)),
]

handler403 = "kexie.portal.views.errors.not_allowed"
handler404 = "kexie.portal.views.errors.not_found"
handler500 = "kexie.portal.views.errors.failed"
