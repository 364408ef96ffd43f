"""The shows that museums put on, each under one name."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.ledger.models import Series
from kexie.platform.audit import operations as audit


class NameTaken(UserError):
    """There is a show of this name; it is chosen, not entered again."""


@transaction.atomic
def add(*, museum: Museum, name: str, note: str, actor: Account, now: dt.datetime) -> Series:
    """Enter a show. Raises NameTaken."""
    same = Series.objects.filter(association=museum.association_id, kind=Series.Kind.SHOW, name=name)
    if same.exists():
        raise NameTaken(fields={"name": _("已有同名的展演，直接选用即可。")})
    made = Series.objects.create(
        association_id=museum.association_id,
        unit_id=museum.unit_id,
        area_id=museum.area_id,
        name=name,
        note=note,
        kind=Series.Kind.SHOW,
    )
    audit.append(
        association_id=museum.association_id, actor=actor, action="museums.add_series", subject=made,
        detail={"name": name}, now=now,
    )  # fmt: skip
    return made
