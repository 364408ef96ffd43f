"""The association this site speaks for, and the identity it shows."""

from dataclasses import replace

from django.db import DatabaseError
from django.utils.translation import gettext as _

from kexie.foundation.access.queries import public_scope
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.ui.site import Site


def association() -> Unit | None:
    """The first association of this installation; None before any has been set up."""
    return units.associations().select_related("area").first()


def scope() -> Scope | None:
    """What a visitor may see; None before any association has been set up."""
    unit = association()
    return public_scope(unit) if unit else None


def complete(configured: Site) -> Site:
    """The configured site with the association's own name, contact and demonstration mark where settings say nothing.

    A page that reports a lost database must still show its frame, so a failing database leaves it as configured.
    """
    try:
        unit = association()
    except DatabaseError:
        return configured
    if unit is None:
        return configured
    # A demonstration is registered nowhere, and says so where a real site shows its numbers.
    unregistered = _("演示站点，未备案") if unit.is_demo else ""
    return replace(
        configured,
        site_code=configured.site_code or unregistered,
        icp=configured.icp or unregistered,
        police_record=configured.police_record or unregistered,
        name=configured.name or str(unit),
        host=configured.host or unit.name,
        address=configured.address or unit.address,
        phone=configured.phone or unit.contact_phone,
        email=configured.email or unit.contact_email,
        demo=configured.demo or unit.is_demo,
    )
