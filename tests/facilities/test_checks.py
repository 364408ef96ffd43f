"""Checks by sample: a draw that anybody can repeat, checkers, faults with a day, records, and what goes wrong on the way."""

import datetime as dt
import hashlib
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.facilities.measures import MEASURES
from kexie.contexts.facilities.models import CheckSample, Facility, FacilityCheck, FacilityFault, SampleCheck
from kexie.contexts.facilities.operations import checking, checks, life
from kexie.contexts.facilities.operations.checks import CheckRefused
from kexie.contexts.facilities.queries import checks as queries
from kexie.contexts.facilities.queries import desk
from kexie.contexts.facilities.rules import checks as rules
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import Cell
from tests.facilities.test_renewals import somebody
from tests.ledger import build

NOW, TODAY, DAY = build.NOW, dt.date(2025, 7, 1), dt.timedelta(days=1)
GOOD = {one.key: rules.GOOD for one in rules.ITEMS}


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


@pytest.fixture
def sites(world, by):
    """Five galleries in use in the one county, two in the other, and one that is suspended."""
    made = [a_gallery(world, by, number, county) for number, county in enumerate((0, 0, 0, 0, 0, 1, 1, 1))]
    life.enter_stage(
        facility_id=made[-1].pk, stage="SUSPENDED", on=TODAY, reason="维修", confirm=world.scope, **by
    )
    return made[:-1]


def a_gallery(world, by, number, county=0):
    unit = world.counties[county]
    made = Facility.objects.create(
        association=world.association, unit=unit, area=unit.area, name=f"{number}号画廊", kind="GALLERY"
    )
    life.enter_stage(facility_id=made.pk, stage="ACCEPTED", on=TODAY, reason="", confirm=world.scope, **by)
    return made


def drawn(world, by, seed="20250701", **values):
    given = {
        "name": "上半年抽查",
        "by": "COUNTY",
        "kinds": [],
        "per_stratum": 2,
        "until": TODAY + 30 * DAY,
        **values,
    }
    return checks.draw(association=world.association, seed=seed, **given, **by)


def report(one, by, **values):
    given = {
        "outcome": rules.CHECKED, "on": TODAY, "answers": GOOD, "words": {}, "fix_by": None, "text": "", **values,
    }  # fmt: skip
    return checking.report(check_id=one.pk, **given, **by)


def test_anybody_with_frame_and_seed_gets_the_same(world, by, sites):
    sample = drawn(world, by)
    assert len(sample.frame) == 7
    found = {}
    for stratum in {one["stratum"] for one in sample.frame}:
        ids = [one["id"] for one in sample.frame if one["stratum"] == stratum]
        ids.sort(key=lambda pk: hashlib.sha256(f"20250701:{pk}".encode()).hexdigest())
        found[stratum] = ids[:2]
    kept: dict[str, list[str]] = {}
    for one in sample.checks.order_by("stratum", "place"):
        kept.setdefault(one.stratum, []).append(str(one.facility_id))
    assert kept == found
    assert sample.checks.filter(facility__name="7号画廊").count() == 0
    other = drawn(world, by, seed="", name="再抽一次")
    assert len(other.seed) == 16


def test_only_the_city_draws_and_a_name_stands_once(world, by, sites):
    drawn(world, by)
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))}
    with pytest.raises(Forbidden):
        drawn(world, county, name="自己抽")
    with pytest.raises(Exception, match="已有同名的抽查"):
        drawn(world, by)
    with pytest.raises(CheckRefused) as refused:
        drawn(world, by, name="没有的", kinds=["E_STATION"])
    assert set(refused.value.fields) == {"kinds"}


def test_faults_get_a_day_and_the_result_is_a_figure_with_the_sample_s_name(world, by, sites):
    sample = drawn(world, by)
    bad, good, closed, later = sample.checks.all()
    answers = {**GOOD, "safety": rules.FAULT, "exhibits": rules.NONE}
    with pytest.raises(CheckRefused) as mute:
        report(bad, by, answers=answers, fix_by=TODAY + 14 * DAY)
    assert set(mute.value.fields) == {"text_safety"}
    with pytest.raises(CheckRefused) as undated:
        report(bad, by, answers=answers, words={"safety": "通道堆物"})
    assert set(undated.value.fields) == {"fix_by"}
    with pytest.raises(CheckRefused) as half:
        report(bad, by, answers={"hours": rules.GOOD})
    assert len(half.value.fields) == len(rules.ITEMS) - 1
    report(bad, by, answers=answers, words={"safety": "通道堆物"}, fix_by=TODAY + 14 * DAY)
    report(good, by)
    report(closed, by, outcome=rules.CLOSED, answers={}, fix_by=TODAY + 3 * DAY)
    report(later, by, outcome=rules.LATER, answers={})
    faults = FacilityFault.objects.order_by("due_on").values_list("facility", "kind", "due_on", "text")
    assert list(faults) == [
        (closed.facility_id, "CLOSED", TODAY + 3 * DAY, "按公布的时间开放"),
        (bad.facility_id, "UNSAFE", TODAY + 14 * DAY, "通道、消防、用电安全：通道堆物"),
    ]
    later.refresh_from_db()
    assert (later.state, later.visits, later.note) == ("TODO", 1, "到的那天不开放")
    values = {
        one.key: one.value(
            Cell(measure=one.key, period=Period(TODAY, TODAY + DAY), filters=(("sample", "上半年抽查"),)),
            world.scope,
        )
        for one in MEASURES
        if "checks" in one.key
    }
    assert values["facilities.checks"] == 3
    assert round(float(values["facilities.checks_good"]), 2) == 33.33
    late = desk.faults(world.scope).filter(queries.overdue(TODAY + 4 * DAY))
    assert [one.facility_id for one in late] == [closed.facility_id]


def test_a_check_goes_to_whoever_it_was_given_also_of_another_county(world, by, sites):
    sample = drawn(world, by)
    officer = somebody(world, "COUNTY_OFFICER", world.counties[1])
    keeper = somebody(world, "FACILITY_KEEPER", world.counties[0])
    first = sample.checks.order_by("stratum").first()
    with pytest.raises(CheckRefused):
        checks.assign(sample_id=sample.pk, stratum="", checker_id=keeper.pk, **by)
    assert checks.assign(sample_id=sample.pk, stratum=first.stratum, checker_id=officer.pk, **by) == 2
    theirs = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    assert {one.facility.unit for one in queries.mine(theirs, officer)} == {world.counties[0]}
    report(first, {**by, "actor": officer, "scope": theirs})
    assert FacilityCheck.objects.get().state == "CONFIRMED"
    other = sample.checks.exclude(stratum=first.stratum).first()
    with pytest.raises(Forbidden):
        report(other, {**by, "actor": officer, "scope": theirs})


def test_done_again_the_record_is_reversed_and_untouched_faults_end(world, by, sites):
    sample = drawn(world, by)
    one = sample.checks.first()
    report(
        one, by, answers={**GOOD, "safety": rules.FAULT, "tidy": rules.FAULT},
        words={"safety": "通道堆物", "tidy": "标牌掉了"}, fix_by=TODAY,
    )  # fmt: skip
    taken = FacilityFault.objects.get(kind="DIRTY")
    FacilityFault.objects.filter(pk=taken.pk).update(state="ACCEPTED", handled_at=NOW)
    checking.redo(check_id=one.pk, reason="查错了地方", **by)
    assert FacilityCheck.objects.get().state == "REVERSED"
    assert set(FacilityFault.objects.values_list("kind", "state")) == {
        ("UNSAFE", "REJECTED"),
        ("DIRTY", "ACCEPTED"),
    }
    report(one, by)
    assert sorted(FacilityCheck.objects.values_list("state", "result")) == [
        ("CONFIRMED", "GOOD"),
        ("REVERSED", "FAULTS"),
    ]


def test_who_cannot_be_reached_is_replaced_by_the_same_lot(world, by, sites):
    sample = drawn(world, by, per_stratum=2)
    county = max(
        {one["stratum"] for one in sample.frame},
        key=lambda key: sum(o["stratum"] == key for o in sample.frame),
    )
    queue = [one.id for one in rules.order(sample.frame, sample.seed) if one.stratum == county]
    first = sample.checks.get(facility=queue[0])
    with pytest.raises(CheckRefused):
        checks.give_up(check_id=first.pk, reason="", replace=True, **by)
    checks.give_up(check_id=first.pk, reason="塌方封路", replace=True, **by)
    waiting = sample.checks.filter(stratum=county, state="TODO").order_by("place")
    assert [str(one.facility_id) for one in waiting] == queue[1:3]
    small = sample.checks.exclude(stratum=county).first()
    with pytest.raises(CheckRefused) as none_left:
        checks.give_up(check_id=small.pk, reason="塌方封路", replace=True, **by)
    assert set(none_left.value.fields) == {"replace"}
    with pytest.raises(UserError, match="还有没检查的设施"):
        checks.close_sample(sample_id=sample.pk, **by)


def test_a_cancelled_sample_keeps_what_was_checked(world, by, sites):
    sample = drawn(world, by)
    one = sample.checks.first()
    report(one, by)
    checks.cancel_sample(sample_id=sample.pk, reason="与上级检查重复", **by)
    assert sorted(SampleCheck.objects.values_list("state", flat=True)) == ["CANCELLED"] * 3 + ["DONE"]
    assert FacilityCheck.objects.get().state == "CONFIRMED"
    with pytest.raises(CheckRefused):
        checking.redo(check_id=one.pk, reason="再看", **by)


def test_pages_ask_as_often_for_three_as_for_one(world, by, sites, staff):
    few, many = (drawn(world, by, name=f"每层{count}处", per_stratum=count) for count in (1, 3))
    asked = []
    for sample in (few, many):
        address = f"/work/facilities/checks/{sample.pk}/"
        staff.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = staff.get(address).content.decode()
        assert page.count("号画廊</a>") == sample.checks.count()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    sent = staff.get(f"/work/facilities/checks/{many.pk}/?frame=1")
    rows = list(load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active.values)
    assert sum(row[5] == "是" for row in rows) == many.checks.count()


def test_a_check_is_filled_in_on_its_page(world, by, sites, staff):
    sample = drawn(world, by, until=dt.date(2100, 1, 1))
    CheckSample.objects.update(drawn_at=NOW)
    one = sample.checks.first()
    chosen = {"act": "assign", "stratum": "", "checker": str(world.account.pk)}
    assert staff.post(f"/work/facilities/checks/{sample.pk}/", chosen).status_code == 302
    address = f"/work/facilities/checks/facilities/{one.pk}/"
    sent = {
        "act": "report",
        "outcome": "CHECKED",
        "on": "2025-07-01",
        **{f"item_{key}": "GOOD" for key in GOOD},
    }
    refused = staff.post(address, {**sent, "item_tidy": ""})
    assert refused.status_code == 422
    assert "请选一项。" in refused.content.decode()
    assert staff.post(address, sent).status_code == 302
    one.refresh_from_db()
    assert one.record.result == "GOOD"
