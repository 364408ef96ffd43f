"""A museum to be booked by a crowd, in a home of its own: `python -m tests.museums.crash_world make|count`.

Run with the environment of that home: it makes the museum there, or says what its ledger holds.
"""

import datetime as dt
import json
import os
import sys

PLACES, VISITORS = 500, 1500


def make() -> dict[str, object]:
    from django.utils import timezone

    from kexie.config import build
    from kexie.contexts.museums.models import Museum, MuseumStage, Slot
    from kexie.foundation.access.models import Account
    from kexie.foundation.areas import operations as areas
    from kexie.foundation.areas.models import Area
    from kexie.foundation.units import operations as units
    from kexie.foundation.units.models import Kind
    from kexie.foundation.visitors import tokens
    from kexie.foundation.visitors.models import Visitor
    from kexie.kernel.ids import uuid7
    from kexie.kernel.scope import Scope
    from kexie.ledger import operations as ledger
    from kexie.platform.capacity.models import Offer, Pool

    build.database(lambda _line: None)
    now = timezone.now()
    areas.load_bundled(actor=None, now=now)
    area = Area.objects.get(code="341200")
    root = units.create_association(name="阜阳市科协", area=area, actor=None, now=now)
    unit = units.create_unit(
        association=root, parent=root, kind=Kind.MUSEUM, name="阜阳市科技馆", area=area, actor=None, now=now
    )
    museum = Museum.objects.create(
        association=root, unit=unit, area=area, name="阜阳市科技馆", level="CITY", open_weekdays="1234567"
    )
    account = Account.objects.create(
        association=root, username="crowd", display_name="测试", unit=root, created_at=now
    )
    # Open, for the background tasks close the slots of a museum that is not.
    stage = MuseumStage(
        association=root, unit=unit, area=area, museum=museum, stage="OPEN", occurred_on=dt.date(2024, 1, 1)
    )
    scope = Scope(association_id=root.pk)
    ledger.draft(record=stage, actor=account, now=now, scope=scope)
    ledger.confirm(records=[stage], actor=account, now=now, scope=scope)
    starts = now + dt.timedelta(days=2)
    offer = Offer.objects.create(
        association_id=root.pk, venue_id=unit.pk, day=timezone.localdate(starts), starts_at=starts,
        ends_at=starts + dt.timedelta(hours=3), last_entry_at=starts + dt.timedelta(hours=2),
        opens_at=now - dt.timedelta(days=1), closes_at=starts + dt.timedelta(hours=2),
    )  # fmt: skip
    for channel in ("", "PUBLIC"):
        Pool.objects.create(
            association_id=root.pk, offer=offer, channel=channel, capacity=PLACES, wanted=PLACES
        )
    slot = Slot.objects.create(association=root, museum=museum, offer=offer, kind="ENTRY")
    visitors = [
        Visitor(id=uuid7(), association=root, phone=b"-", phone_digest=f"crowd-{n}", created_at=now)
        for n in range(VISITORS)
    ]
    Visitor.objects.bulk_create(visitors)
    return {
        "code": unit.code,
        "slot": str(slot.pk),
        "tokens": [tokens.issue(visitor, now=now) for visitor in visitors],
    }


def count() -> dict[str, object]:
    from kexie.platform.capacity import queries
    from kexie.platform.capacity.models import Pool, Reservation

    association = Reservation.objects.values_list("association_id", flat=True).first()
    return {
        "taken": Pool.objects.get(channel="").taken,
        "codes": list(Reservation.objects.filter(state="CONFIRMED").values_list("code", flat=True)),
        "discrepancies": [str(one) for one in queries.audit(association)],
    }


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie.config.settings")
    django.setup()
    json.dump({"make": make, "count": count}[sys.argv[1]](), sys.stdout)
