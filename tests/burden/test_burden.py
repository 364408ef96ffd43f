"""Fields typed against fields that came out: each counted by hand here."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.governance.models import PopularActivity
from kexie.contexts.museums.models import DayCount, Feedback, Rating
from kexie.foundation.access import operations as access
from kexie.ledger import operations as ledger
from kexie.ledger.models import Campaign
from kexie.ledger.origins import Way
from kexie.reporting.burden import outputs, queries, typed
from kexie.reporting.returns import operations as returns
from kexie.reporting.returns.models import Return
from tests.ledger.build import NOW

YEAR, DAY = 2024, dt.date(2024, 9, 14)


def lecture(world, **values):
    given = {
        "kind": "LECTURE", "title": "科普讲座", "unit": world.counties[0], "area": world.counties[0].area,
        "occurred_on": DAY, "headcount": 80, "method": "ROSTER", **values,
    }  # fmt: skip
    return PopularActivity(association=world.association, **given)


def drafted(world, record, **by):
    return ledger.draft(record=record, **{"actor": world.account, "now": NOW, "scope": world.scope, **by})


def words(response):
    return re.sub(r"<[^>]*>", "", response.content.decode())


def tallies(world):
    found = typed.tallies(world.scope, YEAR)
    return {(one.key, one.way): (one.records, one.fields) for one in found}


def test_a_field_counts_if_somebody_filled_it_in(world):
    drafted(world, lecture(world))  # unit, day, kind, title, headcount, method
    drafted(world, lecture(world, title="另一场", speaker="王知远", mode="ONLINE", held=False))  # three more
    drafted(world, lecture(world, title="别处", area=world.counties[1].area))  # one more: the area
    assert tallies(world) == {("governance.activities", "FORM"): (3, 6 + 9 + 7)}


def test_the_way_of_a_record_is_known_by_its_traces(world):
    museum = world.museums[0]
    drafted(world, lecture(world, source_key="governance.activities:row:ab"))
    counted = {"unit": museum, "area": museum.area, "occurred_on": DAY, "offered": 100, "tickets": 80}
    more = {"walk_ins": 5, "left": 85, "counter": 90, "note": "计数器重复"}
    drafted(world, DayCount(**counted, **more, source_key="daycount:m:2024-09-14:1:0"))
    assert tallies(world) == {
        ("governance.activities", "SHEET"): (1, 6),
        ("museums.day_counts", "DERIVED"): (1, 2),  # the counter's reading and the note
    }


def test_what_visitors_say_is_typed_by_nobody_of_the_staff(world):
    museum = world.museums[0]
    said = Feedback.objects.create(
        association=world.association, unit=museum, score=5, visited_on=DAY, said_at=NOW
    )
    drafted(world, Rating(unit=museum, area=museum.area, occurred_on=DAY, score=5, feedback=said))
    drafted(world, Rating(unit=museum, area=museum.area, occurred_on=DAY, score=4))  # unit, day, score
    assert tallies(world) == {
        ("museums.ratings", "DERIVED"): (1, 0),
        ("museums.ratings", "FORM"): (1, 3),
    }


@pytest.fixture
def filed(world, by, staff):
    """A return with two lectures in it, one value from outside, all notes written, sent up."""
    for title in ("一", "二"):
        record = drafted(world, lecture(world, title=title))
        ledger.confirm(records=[record], actor=world.account, now=NOW, scope=world.scope)
    made = returns.begin(edition="kx-2024", unit=world.association, **by)
    made = returns.fill(return_id=made.pk, seen=made.version, **by)
    returns.declare(
        return_id=made.pk, key="ak_staff", number=Decimal(12), source="部门决算", person="李会计",
        seen=made.version, **by,
    )  # fmt: skip
    Return.objects.filter(pk=made.pk).update(stage="SENT")
    return made


def test_a_return_counts_its_numbers_with_records_and_what_was_typed_for_it(world, filed):
    one = outputs.outputs(world.scope, YEAR)[0]
    with_rows = filed.values.filter(is_outside=False, rows__gt=0, number__isnull=False).count()
    assert with_rows > 0
    assert (one.fields, one.computed) == (with_rows + 1, with_rows)
    assert one.typed == 3  # the number, its source, its person
    assert one.nothing == filed.values.filter(is_outside=False, rows=0, number__isnull=False).count()
    assert one.uses == sum(filed.values.values_list("rows", flat=True))


def test_a_return_in_work_has_not_come_out(world, filed):
    Return.objects.filter(pk=filed.pk).update(stage="FILLED")
    assert outputs.outputs(world.scope, YEAR) == []
    assert queries.burden(world.scope, YEAR).share is None


def test_a_campaign_s_form_fills_itself(world, filed):
    campaign = Campaign.objects.create(
        association=world.association, unit=world.association, name="2024年全国科普日", series_name="全国科普日",
        starts_on=dt.date(2024, 9, 10), ends_on=dt.date(2024, 9, 20),
    )  # fmt: skip
    one = outputs.outputs(world.scope, YEAR)[-1]
    # Each line: name, kind, organiser, day, area, mode, people, method; then five sums.
    assert (one.title, one.fields, one.typed, one.uses) == (campaign.name, 2 * 8 + 5, 0, 2)


def test_roles_add_up_to_the_whole(world, filed):
    found = queries.burden(world.scope, YEAR)
    assert [one.role for one in found.by_role] == ["COORDINATOR"]
    assert sum(one.typed_once for one in found.by_role) == found.typed == 12
    assert sum(one.fields for one in found.by_role) == found.fields
    assert sum(one.for_reports for one in found.by_role) == found.for_reports == 3
    assert found.share == 300 / found.fields
    assert found.whole == 15 / found.fields


def test_the_page_says_the_ratio_and_opens_to_the_rows(world, filed, staff):
    page = words(staff.get("/work/burden/"))
    found = queries.burden(world.scope, YEAR)
    assert f"每报出100项填 {found.share:.1f} 项" in page
    assert f"每报出1项填写 {found.whole:.1f} 项" in page
    rows = words(staff.get(f"/work/burden/records/governance.activities/?year={YEAR}"))
    assert "共 2 条，填写 12 项" in rows
    none = staff.get(f"/work/burden/records/governance.activities/?year={YEAR}&way={Way.PHONE}")
    assert "共 0 条，填写 0 项" in words(none)


@pytest.mark.parametrize("item_count", [1, 3])
def test_statements_do_not_grow(world, filed, staff, item_count):
    for number in range(item_count):
        drafted(world, lecture(world, title=f"第{number}场"))
    counted = {}
    for path in ("/work/burden/", f"/work/burden/records/governance.activities/?year={YEAR}"):
        staff.get(path)
        with CaptureQueriesContext(connection) as found:
            assert staff.get(path).status_code == 200
        counted[path] = len(found)
    assert list(counted.values()) == STATEMENTS


STATEMENTS = [99, 13]


def test_others_see_only_their_units(world, filed, staff):
    access.grant(account=world.account, role="COUNTY_OFFICER", unit=world.counties[1], actor=None, now=NOW)
    scope = world.scope.within(world.counties[1].path)
    assert queries.burden(scope, YEAR).records == 0
    assert outputs.outputs(scope, YEAR) == []
