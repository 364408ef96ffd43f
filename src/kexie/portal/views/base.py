"""What every public page starts from."""

import datetime as dt
from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.queries import public_scope
from kexie.foundation.areas import queries as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.portal import site


@dataclass(frozen=True)
class Visit:
    """A visitor's request: the association, what may be seen of it, and the moment."""

    association: Unit
    scope: Scope
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day it is here."""
        return timezone.localdate(self.now)

    def counties(self) -> list[Area]:
        """The county-level areas that the association serves."""
        return list(areas.counties(self.association.area))


def begin() -> Visit | None:
    """The visit; None while no association has been set up."""
    unit = site.association()
    return Visit(unit, public_scope(unit), timezone.now()) if unit else None


def begin_or_404() -> Visit:
    """The visit; not found while no association has been set up."""
    if (visit := begin()) is None:
        raise Http404(_("这个网站还没有内容。"))
    return visit
