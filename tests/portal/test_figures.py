"""The pages of figures: what an address asks for is said in words, kept, and answered even when it is wrong."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kexie.foundation.units.models import Unit
from kexie.ledger import registry, rollups
from tests.portal.test_pages import text_of

FIGURE = "/figures/museums.visits/"
FRAME = 12  # statements of the page around the figures, of the roll-ups and their state


@pytest.mark.parametrize(
    "asked",
    [
        "until=2025/13/40",
        "until=9999-12-31",
        "since=0001-01-01",
        "area=99",
        "unit=nobody",
        "known_at=2030",
        "until=😀",
    ],
)
def test_a_wrong_condition_is_told_and_the_whole_is_shown(public, client, asked):
    response = client.get(f"{FIGURE}?{asked}")
    assert response.status_code == 422
    assert "条件有误，以下为全部累计" in text_of(response)


@pytest.mark.parametrize("asked", ["unit=%00", "area=%00", "f.slot=%00", "by=nothing", "since=2025/3/1"])
def test_odd_conditions_do_no_harm(public, client, asked):
    assert client.get(f"{FIGURE}?{asked}").status_code == 200


def test_the_list_of_figures_reads_every_rollup_at_once(public, client):
    """One statement for all that is rolled up, one for each of the others; none counts rows that are not shown."""
    rollups.fold_all(association_id=Unit.objects.get(parent=None).pk, now=timezone.now())
    client.get("/figures/")
    others = [one for one in registry.measures().values() if one.public and not one.is_rolled_up]
    with CaptureQueriesContext(connection) as found:
        assert client.get("/figures/").status_code == 200
    assert len(found) <= len(others) + FRAME


def test_the_list_of_figures_refuses_days_that_are_none(public, client):
    assert client.get("/figures/?until=9999-12-31").status_code == 422
    assert client.get("/figures/?until=2025-06-30").status_code == 200


def test_a_narrowed_figure_says_to_what_and_stays_so_for_another_period(public, client):
    unit = public.museum("东湖科技馆").unit
    response = client.get(f"{FIGURE}?until=2025-06-30&area=341202&unit={unit.code}&f.method=GATE")
    page = text_of(response)
    for said in ("地区颍州区", f"单位{unit}", "计数方法闸机/核销"):
        assert said in page
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    )
    assert {name: hidden[name] for name in ("area", "unit", "f.method")} == {
        "area": "341202",
        "unit": unit.code,
        "f.method": "GATE",
    }
