"""The canonical encoding is fixed: these bytes must never change."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from kexie.ledger import canonical
from kexie.ledger.models import Activity
from tests.ledger import build


def test_packing_is_pinned() -> None:
    packed = canonical.pack(
        "ledger.activity", uuid.UUID(int=7), "CONFIRMED", {"title": "展", "headcount": "3", "note": ""}
    )
    assert packed.hex() == (
        "0000000000000009434f4e4649524d4544000000000000000f6c65646765722e6163746976697479"
        "00000000000000203030303030303030303030303030303030303030303030303030303030303037"
        "0000000968656164636f756e740000000133000000057469746c6500000003e5b195"
    )  # fmt: skip
    assert canonical.unpack(packed) == {"headcount": "3", "title": "展"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (dt.date(2025, 6, 30), "2025-06-30"),
        (dt.time(9, 30), "09:30:00"),
        (
            dt.datetime(2025, 6, 30, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))),
            "2025-06-30T00:00:00.000000+00:00",
        ),
        (Decimal("12.50"), "12.5"),
        (Decimal(1200), "1200"),
        (42, "42"),
    ],
)
def test_values_encode_as_text(value: object, text: str) -> None:
    assert canonical.encode(value) == text


def test_payload_survives_the_database(world: build.World) -> None:
    record = world.confirmed(dt.date(2025, 3, 1), starts_at=dt.time(9, 30), note="两场合并")
    read_back = Activity.objects.get(pk=record.pk)
    assert canonical.payload(record, "CONFIRMED") == canonical.payload(read_back, "CONFIRMED")
