"""Museums and figures, as programs read them."""

import datetime as dt

import pytest

from kexie.contexts.museums.models import Museum
from kexie.ledger import registry
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def museum(city) -> Museum:
    return Museum.objects.create(
        association=city.association, unit=city.museum, name="阜阳市科技馆", open_weekdays="34567"
    )


def test_anyone_reads_the_museums(museum) -> None:
    [listed] = Caller().get("museums/", day="2026-11-28").json()
    assert (listed["code"], listed["name"], listed["is_open"]) == (museum.unit.code, "阜阳市科技馆", False)
    assert Caller().get(f"museums/{museum.unit.code}/").json()["name"] == "阜阳市科技馆"
    assert Caller().get("museums/none/").status_code == 404


def test_a_client_of_another_unit_does_not_see_it(city, museum, make_client) -> None:
    caller = Caller(make_client("museums:read", unit=city.yingzhou)[1])
    assert caller.get("museums/").json() == []
    assert caller.get(f"museums/{museum.unit.code}/").status_code == 404
    assert caller.get(f"museums/{museum.unit.code}/days/").status_code == 404


def test_days_are_listed_from_a_day_on(museum) -> None:
    days = Caller().get(f"museums/{museum.unit.code}/days/", since="2026-11-28", days=3).json()
    assert [one["day"] for one in days] == ["2026-11-28", "2026-11-29", "2026-11-30"]
    assert {one["is_open"] for one in days} == {False}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("museums/?day=soon", "day"),
        ("museums/?day=1999-12-31", "day"),
        ("shows/?limit=0", "limit"),
        ("shows/?since=9999-12-31", "since"),
    ],
)
def test_wrong_questions_are_told_by_field(city, path, field) -> None:
    told = Caller().get(path)
    assert (told.status_code, list(told.json()["fields"])) == (422, [field])


def test_a_client_lists_the_measures_in_its_reach_and_asks_one(city, make_client) -> None:
    caller = Caller(make_client("figures:read")[1])
    listed = caller.get("figures/").json()
    assert [one["key"] for one in listed] == [
        key for key, one in registry.measures().items() if one.context == "museums"
    ]
    figure = caller.get("figures/museums.visits/", since="2026-01-01", until="2026-01-31").json()
    assert (figure["value"], figure["rows"], figure["since"], figure["until"]) == (
        0.0,
        0,
        "2026-01-01",
        "2026-01-31",
    )
    assert caller.get("figures/workers.number/").status_code == 404
    assert caller.get("figures/museums.visits/", since="2026-02-01", until="2026-01-31").status_code == 422
    assert Caller().get("figures/museums.visits/").status_code == 401


def test_a_figure_without_a_first_day_is_everything_up_to_today(city, make_client) -> None:
    figure = Caller(make_client("figures:read")[1]).get("figures/museums.visits/").json()
    assert figure["since"] is None
    assert dt.date.fromisoformat(figure["until"]) >= dt.date(2026, 11, 1)
