"""A museum with exhibits for the tests of its desk, and a client signed in at it."""

import datetime as dt
from dataclasses import dataclass

from django.test import Client

from kexie.contexts.museums.models import Exhibit, ExhibitStage, Hall, Museum
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.architecture.access_rows import World
from tests.architecture.access_rows.museum_desk import museum

NOW = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)
OPENED = dt.date(2025, 1, 1)


@dataclass
class House:
    """The museum of a world, and who works there."""

    world: World
    museum: Museum
    hall: Hall
    desk: Account

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.museum.association_id, unit_paths=(self.museum.unit.path,))

    @property
    def by(self) -> dict[str, object]:
        """What operations are told of who acts."""
        return {"actor": self.desk, "now": NOW, "scope": self.scope}

    @property
    def url(self) -> str:
        return f"/work/museum/{self.museum.unit.code}"

    def exhibit(self, number: str = "001", *, stage: str = "WORKING") -> Exhibit:
        """An exhibit that works since the museum opened."""
        unit = self.museum.unit
        made = Exhibit.objects.create(
            association_id=unit.association_id, unit=unit, area=unit.area, name=f"傅科摆{number}",
            number=number, hall=self.hall,
        )  # fmt: skip
        record = ExhibitStage(unit=unit, area=unit.area, exhibit=made, occurred_on=OPENED, stage=stage)
        ledger.draft(record=record, **self.by)
        ledger.confirm(records=[record], **self.by)
        return made

    def client(self, role: str = "MUSEUM_DESK") -> Client:
        found = Client()
        found.force_login(self.world.account(role, self.museum.unit))
        return found


def house() -> House:
    """Build it."""
    world = World()
    found = museum(world)
    unit = found.unit
    hall = Hall.objects.create(
        association_id=unit.association_id,
        unit=unit,
        area=unit.area,
        name="序厅",
        use="EXHIBITION",
        floor="1层",
    )
    return House(world, found, hall, world.account("MUSEUM_DESK", world.museum))
