"""A title on paper, and the public page on which anybody checks it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import View

from kexie.contexts.facilities.models import Accreditation
from kexie.contexts.facilities.queries import titles as queries
from kexie.contexts.facilities.queries.titles import Standing
from kexie.contexts.facilities.rules import AWARDERS, LEVEL_OF, MUNICIPAL
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.access.queries import public_scope
from kexie.foundation.units import queries as units
from kexie.kernel.errors import NotFound
from kexie.platform.tickets import qr
from kexie.ui.nav import Link

_VALID = frozenset({Standing.VALID, Standing.EXPIRING})


def told(one: Accreditation) -> dict[str, Any]:
    """Return what the paper and the public page both say of a title."""
    standing = one.standing  # type: ignore[attr-defined]  # from `queries.register`
    return {
        "one": one,
        "awarder": AWARDERS[one.title],
        "standing": standing,
        "is_valid": standing in _VALID,
        "ended": queries.end_of(one) if standing == Standing.ENDED else None,
    }


class CertificatePage(FacilitiesView):
    """An A4 sheet: a certificate of the association's own titles, of others an extract of the register."""

    tab = "titles"

    def check(self) -> None:
        """Find the title."""
        self.one = queries.certificate(self.scope, self.kwargs["pk"], timezone.localdate())

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        address = request.build_absolute_uri(reverse("facility_public:title", args=[pk]))
        context = {
            **told(self.one),
            "is_own": LEVEL_OF[self.one.title] == MUNICIPAL,
            "association": self.account.association,
            "address": address,
            # Trusted: drawn by segno from our own address.
            "qr": mark_safe(qr.svg(address)),  # noqa: S308
            "back": self.url("titles"),
            "today": timezone.localdate(),
        }
        return render(request, "facilities/desk/certificate.html", context)


class TitleView(View):
    """Whether a title is good today: what the QR code of its certificate leads to."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it; of what was entered by mistake, that it was."""
        association, today = units.associations().first(), timezone.localdate()
        if association is None:
            raise NotFound(_("没有找到这个称号。"))
        scope = public_scope(association)
        trail = [Link(_("设施"), "/facilities/"), Link(_("核验称号"))]
        context: dict[str, Any] = {"trail": trail, "today": today, "association": association}
        if queries.was_reversed(scope, pk):
            return render(request, "facilities/public/title.html", {**context, "standing": "REVERSED"})
        context |= told(queries.certificate(scope, pk, today))
        return render(request, "facilities/public/title.html", context)
