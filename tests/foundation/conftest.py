"""A small association: a city, two counties, a museum, a school."""

import datetime as dt
from dataclasses import dataclass

import pytest

from kexie.foundation.access import operations as access
from kexie.foundation.access.models import Account
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas import queries as area_queries
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit

PASSWORD = "Yingzhou-2026"
NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class City:
    association: Unit
    yingzhou: Unit
    yingdong: Unit
    museum: Unit
    school: Unit


def build_city(name: str = "阜阳市科学技术协会", *, is_demo: bool = False) -> City:
    areas.load_bundled(actor=None, now=NOW)
    city, west, east = (area_queries.get(code) for code in ("341200", "341202", "341203"))
    root = units.create_association(name=name, area=city, is_demo=is_demo, actor=None, now=NOW)

    def below(parent: Unit, kind: str, name: str, area=west) -> Unit:
        return units.create_unit(
            association=root, parent=parent, kind=kind, name=name, area=area, actor=None, now=NOW
        )

    yingzhou = below(root, Kind.COUNTY_ASSOCIATION, "颍州区科协")
    return City(
        association=root,
        yingzhou=yingzhou,
        yingdong=below(root, Kind.COUNTY_ASSOCIATION, "颍东区科协", east),
        museum=below(root, Kind.MUSEUM, "阜阳市科技馆"),
        school=below(yingzhou, Kind.SCHOOL, "清河路小学"),
    )


@pytest.fixture
def city(db) -> City:
    return build_city()


@pytest.fixture
def demo_city(db) -> City:
    return build_city(is_demo=True)


def make_account(
    city: City, role: str, *, unit: Unit | None = None, username: str = "", password: str = PASSWORD
) -> Account:
    """An account with a role, whose password is known and no longer the first."""
    account, first_password = access.create_account(
        association=city.association,
        username=username or role.lower().replace("_", ".") or "somebody",
        display_name="王小明",
        unit=unit or city.association,
        actor=None,
        now=NOW,
    )
    access.change_password(account=account, old=first_password, new=password, now=NOW)
    if role:
        access.grant(account=account, role=role, unit=unit or city.association, actor=None, now=NOW)
    return Account.objects.get(pk=account.pk)
