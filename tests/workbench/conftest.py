"""A small association at work: a museum and a county, somebody who records and somebody who confirms."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kexie.contexts.museums.models import DailyVisits
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.units.models import Unit
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.foundation.conftest import NOW, City, build_city

DAY = dt.date(2026, 2, 1)


@dataclass
class Desk:
    """The city, with one account for each role asked for and a signed-in browser for each."""

    city: City
    museum_b: Unit
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.city.association.pk)

    def account(self, role: str, unit: Unit | None = None) -> Account:
        unit = unit or self.city.association
        name = f"{role.lower().replace('_', '-')}-{unit.code}"
        if name not in self.accounts:
            account = Account.objects.create(
                association=self.city.association, username=name, display_name=f"{role}测试", unit=unit,
                must_change_password=False, password_changed_at=timezone.now(), created_at=NOW,
            )  # fmt: skip
            Grant.objects.create(
                association=self.city.association, account=account, holder_id=account.pk, role=role, unit=unit,
                valid_from=dt.date(2020, 1, 1), granted_at=NOW,
            )  # fmt: skip
            self.accounts[name] = account
        return self.accounts[name]

    def client(self, role: str, unit: Unit | None = None) -> Client:
        client = Client()
        client.force_login(self.account(role, unit))
        return client

    def visits(self, **values: Any) -> DailyVisits:
        given: dict[str, Any] = {
            "unit": self.city.museum, "occurred_on": DAY, "slot": DailyVisits.Slot.values[0], "headcount": 120, "method": "GATE",
        }  # fmt: skip
        given |= values
        record = DailyVisits(id=uuid7(), area=given["unit"].area, **given)
        return ledger.draft(record=record, actor=self.account("COORDINATOR"), now=NOW, scope=self.scope)

    def confirmed(self, **values: Any) -> DailyVisits:
        record = self.visits(**values)
        ledger.confirm(records=[record], actor=self.account("COORDINATOR"), now=NOW, scope=self.scope)
        record.refresh_from_db()
        return record


@pytest.fixture
def desk(db: None) -> Desk:
    from kexie.foundation.areas import queries as areas
    from kexie.foundation.units import operations as units

    city = build_city()
    other = units.create_unit(
        association=city.association, parent=city.association, kind="MUSEUM", name="颍东区科技馆",
        area=areas.get("341203"), actor=None, now=NOW,
    )  # fmt: skip
    return Desk(city, other)


def read(answer: Any) -> bytes:
    """Return everything an answer holds, streamed or not, and close it."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def entry(record_id: uuid.UUID | None = None, **values: Any) -> dict[str, Any]:
    """Return what the form of museum visits sends."""
    given = {
        "id": str(record_id or uuid7()), "occurred_on": "2026-02-03", "slot": DailyVisits.Slot.values[0],
        "headcount": "320", "method": "GATE", "count_basis": "", "note": "", "then": "save",
    }  # fmt: skip
    return {**given, **values}
