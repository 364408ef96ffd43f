"""The register of titles: how each stands on a day, its list and file, and the two that sound alike."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.facilities.models import Accreditation, TitleEnd
from kexie.contexts.facilities.queries import titles
from tests.ledger import build

DAY = dt.date(2021, 2, 1)
LAST = dt.date(2025, 12, 31)
HOME = "/work/facilities/titles/"


@pytest.fixture
def world(db):
    return build.world()


def recorded(world, model, day, county=0, state="CONFIRMED", **values):
    unit = world.counties[county]
    by = {"recorded_by": world.account, "recorded_at": build.NOW}
    if state == "CONFIRMED":
        by |= {"confirmed_by": world.account, "confirmed_at": build.NOW}
    return model.objects.create(
        association=world.association, unit=unit, area=unit.area, occurred_on=day, state=state, **by, **values
    )


def given(world, county=0, **values):
    chosen = {"title": "PROVINCIAL_BASE", "valid_to": LAST, "holder": world.counties[county], **values}
    return recorded(world, Accreditation, DAY, county, **chosen)


def standing(world, day):
    return [one.standing for one in titles.register(world.scope, day)]


def test_a_title_stands_until_its_last_day_and_warns_half_a_year_before(world):
    given(world)
    half_a_year = LAST - titles.EXPIRING_WITHIN
    assert standing(world, DAY - dt.timedelta(1)) == []
    assert standing(world, half_a_year - dt.timedelta(1)) == ["VALID"]
    assert standing(world, half_a_year) == ["EXPIRING"]
    assert standing(world, LAST) == ["EXPIRING"]
    assert standing(world, LAST + dt.timedelta(1)) == ["EXPIRED"]


def test_one_without_a_term_stands_and_a_draft_is_not_listed(world):
    given(world, valid_to=None)
    given(world, 1, state="DRAFT")
    assert standing(world, dt.date(2040, 1, 1)) == ["VALID"]


def test_one_taken_back_has_ended_from_that_day_and_a_draft_of_an_end_changes_nothing(world):
    end = dt.date(2023, 5, 1)
    for county, state in enumerate(("CONFIRMED", "DRAFT")):
        award = given(world, county)
        recorded(world, TitleEnd, end, county, state, accreditation=award, kind="REVOKED", reason="不再开放")
    assert standing(world, end - dt.timedelta(1)) == ["VALID", "VALID"]
    assert sorted(standing(world, end)) == ["ENDED", "VALID"]


def test_the_register_is_narrowed_and_taken_out(world, staff):
    given(world, certificate_no="皖科协普〔2021〕3号")
    given(world, 1, title="PROVINCIAL_ST_BASE", valid_to=None)
    first, second = (unit.name for unit in world.counties[:2])
    asked = {
        "?title=PROVINCIAL_BASE": [first],
        "?title=PROVINCIAL_ST_BASE": [second],
        "?standing=EXPIRED": [first],
        "?standing=VALID": [second],
        f"?area__code__startswith={world.counties[1].area_id}": [second],
        "?q=皖科协普": [first],
        "?q=没有这个": [],
    }
    for query, names in asked.items():
        answer = staff.get(f"{HOME}{query}&export=1")
        sheet = load_workbook(io.BytesIO(answer.getvalue())).active
        found = [row[0] for row in sheet.iter_rows(values_only=True) if row[0] in {first, second}]
        assert found == names, query


def test_its_queries_do_not_grow(world, staff):
    counts = []
    for title in ("PROVINCIAL_BASE", "CITY_BASE", "DEMO_SCHOOL"):
        given(world, title=title)
        staff.get(HOME)
        with CaptureQueriesContext(connection) as caught:
            assert staff.get(HOME).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("title", "number", "is_refused"),
    [
        ("PROVINCIAL_BASE", "皖科协普〔2021〕3号", False),
        ("PROVINCIAL_BASE", "省科技厅公告2021年第5号", True),
        ("PROVINCIAL_ST_BASE", "省科技厅公告2021年第5号", False),
        ("PROVINCIAL_ST_BASE", "皖科协普〔2021〕3号", True),
        ("PROVINCIAL_ST_BASE", "", False),
    ],
)
def test_a_document_of_one_body_is_refused_under_the_title_of_the_other(title, number, is_refused):
    award = Accreditation(title=title, certificate_no=number)
    said = set()
    try:
        award.clean()
    except ValidationError as refused:
        said = set(refused.message_dict)
    assert said == ({"certificate_no"} if is_refused else set())


def test_the_page_that_tells_them_apart_names_both_bodies(world, staff):
    page = staff.get(f"{HOME}look-alikes/").content.decode()
    assert [page.count(f"<td>{body}</td>") for body in ("省科协", "省科技厅")] == [1, 1]
