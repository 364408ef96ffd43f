"""Yearly reports: figures from the ledger, only the unknown typed, sent, sent back, confirmed, late, carried into a renewal."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.facilities.models import SelfReport
from kexie.contexts.facilities.operations import life, reminders, reports
from kexie.contexts.facilities.queries import reports as queries
from kexie.contexts.facilities.rules.reports import CARRIED
from kexie.kernel.errors import Conflict, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.facilities.test_renewals import letters, somebody
from tests.facilities.test_rounds import NOW, a_round, a_site, begun, give
from tests.ledger import build

YEAR = 2024
LASTS = dt.date(2029, 12, 31)
WORDS = {"full_time": 2, "volunteers": 9, "funds": 5, "done": "开放周"}
TYPED = {"visits": 300, "open_days": 40, "sessions": 8, "activities": 3}


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


@pytest.fixture
def site(world):
    return a_site(world)


@pytest.fixture
def held(world, site, by):
    return give(world, site.host, "CITY_BASE", by)


def saved(held, by, version=0, **answers):
    return reports.save(accreditation_id=held.pk, year=YEAR, answers=answers, version=version, **by)


def sent(held, by):
    return reports.submit(accreditation_id=held.pk, year=YEAR, **by)


def test_only_what_no_record_says_is_typed(site, held, by):
    visit = life.log_visits(
        facility_id=site.pk,
        on=dt.date(YEAR, 5, 6),
        span="",
        headcount=40,
        method="ROSTER",
        theme="",
        basis="",
        **by,
    )
    ledger.confirm(records=[visit], **by)
    saved(held, by, **WORDS)
    with pytest.raises(UserError, match="还没有填写：本单位登记的活动场次。"):
        sent(held, by)
    saved(held, by, 1, activities=3)
    assert sent(held, by).figures[0]["value"] == 40


def test_it_is_sent_back_changed_and_confirmed_and_then_kept(held, by):
    saved(held, by, **WORDS, **TYPED)
    one = sent(held, by)
    with pytest.raises(UserError, match="已经提交"):
        saved(held, by, 1, funds=6)
    with pytest.raises(UserError):
        reports.send_back(report_id=one.pk, reason="", **by)
    reports.send_back(report_id=one.pk, reason="经费不对", **by)
    with pytest.raises(Conflict):
        saved(held, by, 0, funds=6)
    saved(held, by, 1, funds=6)
    sent(held, by)
    reports.confirm(report_id=one.pk, **by)
    with pytest.raises(UserError, match="状态已经变了"):
        reports.confirm(report_id=one.pk, **by)
    assert SelfReport.objects.get().answers["funds"] == 6


def test_what_is_not_sent_after_the_last_day_is_late(world, held, by):
    late = lambda day: queries.expected(world.scope, YEAR, day).get().late  # noqa: E731 - asked thrice
    assert (late(dt.date(2025, 1, 31)), late(dt.date(2025, 2, 1))) == (False, True)
    saved(held, by, **WORDS, **TYPED)
    sent(held, by)
    assert late(dt.date(2025, 2, 1)) is False
    other = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    assert not queries.expected(other, YEAR, dt.date(2025, 2, 1)).exists()


def test_a_renewal_begins_with_what_was_reported(world, site, held, by):
    saved(held, by, **WORDS, **TYPED)
    sent(held, by)
    one = begun(a_round(world, by), site, by)
    assert (one.is_renewal, one.answers) == (True, {key: WORDS[key] for key in CARRIED if key in WORDS})


def test_pages_ask_only_for_the_unknown_and_lead_through(world, site, held, staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    page = f"/work/facilities/reports/{held.pk}/{YEAR}/"
    assert "没有已确认的记录" in staff.get(page).content.decode()
    bad = staff.post(page, {"act": "save", "version": "0", "visits": "很多", "done": "留着"})
    assert (bad.status_code, "留着" in bad.content.decode()) == (422, True)
    staff.post(page, {"act": "save", "version": "0", "visits": "３００"})
    assert SelfReport.objects.get().answers == {"visits": 300}
    assert staff.post(page, {"act": "submit"}).status_code == 422
    assert staff.get(f"/work/facilities/reports/{held.pk}/2020/").status_code == 404
    listed = staff.get("/work/facilities/reports/?far=LATE").content.decode()
    assert site.host.name in listed


def test_the_list_costs_the_same_with_one_row_and_three(world, held, by, staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    costs = []
    for names in ("甲", "乙丙"):
        for name in names:
            give(world, a_site(world, f"{name}小学科技馆").host, "CITY_BASE", by)
        staff.get("/work/facilities/reports/")
        with CaptureQueriesContext(connection) as seen:
            staff.get("/work/facilities/reports/")
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_keeper_and_county_are_told_of_what_is_not_handed_in_three_times_in_january(world, site, by):
    give(world, site.host, "CITY_BASE", by, valid_to=LASTS)
    keeper = somebody(world, "FACILITY_KEEPER", site.host)
    county = somebody(world, "COUNTY_OFFICER", world.counties[0])
    city = somebody(world, "POPULARISATION_DEPARTMENT", world.association)
    others = somebody(world, "COUNTY_OFFICER", world.counties[1])
    noon, day = dt.datetime(YEAR + 2, 1, 1, 4, tzinfo=dt.UTC), dt.timedelta(days=1)
    for after, count in ((-1, 0), (0, 1), (1, 1), (22, 1), (23, 2), (29, 2), (30, 3), (31, 3)):
        reminders.remind_of_reports(now=noon + after * day)
        assert [len(letters(one)) for one in (keeper, county, city, others)] == [count, count, 0, 0], after
    first = letters(keeper)[-1]
    assert (first.title, first.href) == ("年度自评快到期", f"/work/facilities/reports/?year={YEAR + 1}")
    assert f"{YEAR + 1}年度自评还没有提交" in first.text


def test_who_has_handed_in_is_not_reminded_and_one_that_is_sent_back_is(world, site, by):
    held = give(world, site.host, "CITY_BASE", by, valid_to=LASTS)
    keeper = somebody(world, "FACILITY_KEEPER", site.host)
    year, then = YEAR + 1, dt.datetime(YEAR + 2, 1, 20, tzinfo=dt.UTC)
    late = {**by, "now": then}
    reports.save(accreditation_id=held.pk, year=year, answers={**WORDS, **TYPED}, version=0, **late)
    reports.submit(accreditation_id=held.pk, year=year, **late)
    assert reminders.remind_of_reports(now=then) == 0
    SelfReport.objects.update(state=SelfReport.State.RETURNED, reason="缺数", checked_at=then)
    assert (reminders.remind_of_reports(now=then), len(letters(keeper))) == (1, 1)
