"""Contests of the demonstration give the report's figures; their rules hold."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.contests import facade
from kexie.contexts.contests.models import Contest, ContestHolding, ContestResult
from kexie.foundation.access.models import Account
from kexie.ledger import operations
from kexie.ledger.models import Series
from tests.demo import AS_OF, NOW, TODAY, loaded, value


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("contests") as found:
        yield found


pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return Account.objects.get(username="coordinator")


@pytest.fixture
def contest(scope):
    """A city contest that was not held yet, of a series of its own."""
    unit = Contest.objects.filter(level="CITY").first().unit
    own = {"association_id": scope.association_id, "unit": unit}
    series = Series.objects.create(**own, name="青少年创意编程大赛", kind="CONTEST")
    return Contest.objects.create(**own, name="编程大赛", series=series, year=2026, level="CITY")


def held(contest, day=TODAY, **given):
    return ContestHolding(
        unit=contest.unit, area=contest.unit.area, contest=contest, occurred_on=day, **given
    )


def confirm(record, actor, scope):
    operations.draft(record=record, actor=actor, now=NOW, scope=scope)
    return operations.confirm(records=[record], actor=actor, now=NOW, scope=scope)


def test_three_contests_and_two_programmes_however_often_they_ran(scope):
    assert value(scope, "contests.series") == 3
    assert value(scope, "contests.programmes") == 2
    assert value(scope, "contests.held") > 100


@pytest.mark.parametrize(
    ("award", "times"), [("全国青少年科技创新大赛", 5), ("全国青少年科学调查体验活动", 5)]
)
def test_honours_for_organising_by_award(scope, award, times):
    assert value(scope, "contests.organising_honours", award=award) == times


def test_life_goes_on_after_the_report(scope):
    assert value(scope, "contests.series", TODAY) == 4
    assert value(scope, "contests.results", TODAY, since=AS_OF) > 100


def test_confirming_a_contest_adds_exactly_what_it_counted(scope, actor, contest):
    keys = ("contests.held", "contests.series", "contests.entries", "contests.participants")
    before = [value(scope, key, TODAY) for key in keys]
    confirm(held(contest, entries=40, headcount=55, method="ROSTER"), actor, scope)
    after = [value(scope, key, TODAY) for key in keys]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 40, 55]


def test_grades_add_up_to_the_results(scope):
    grades = [value(scope, "contests.results", grade=grade) for grade in ContestResult.Grade.values]
    assert sum(grades) == value(scope, "contests.results")
    assert min(grades[:3]) > 0


def test_a_contest_is_held_once_unless_the_record_was_reversed(scope, actor, contest):
    (first,) = confirm(held(contest), actor, scope)
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        operations.draft(record=held(contest), actor=actor, now=NOW, scope=scope)
    operations.reverse(record=first, reason="日期录错", actor=actor, now=NOW, scope=scope)
    assert confirm(held(contest), actor, scope)


def test_results_cannot_be_out_before_the_final(scope, actor, contest):
    with pytest.raises(ValidationError, match="结果公布日期早于竞赛日期"):
        operations.draft(record=held(contest, published_on=AS_OF), actor=actor, now=NOW, scope=scope)


def test_a_pupils_full_name_is_refused(scope, actor, contest):
    result = ContestResult(
        unit=contest.unit, area=contest.unit.area, contest=contest, occurred_on=TODAY, title="节水花盆",
        category="INNOVATION", group="JUNIOR", grade="FIRST", pupil="王小宁",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="姓名要隐去"):
        operations.draft(record=result, actor=actor, now=NOW, scope=scope)
    result.pupil = "王*宁"
    assert operations.draft(record=result, actor=actor, now=NOW, scope=scope).pk


def test_the_demonstration_holds_no_pupils_full_name(scope):
    assert not ContestResult.objects.exclude(pupil="").exclude(pupil__contains="*").exists()


def test_the_portal_sees_what_is_open_and_prizes_without_names(scope):
    notices = facade.open_contests(scope, today=TODAY)
    assert notices
    assert all(one.opens_on <= TODAY <= one.closes_on for one in notices)
    assert [one.final_on for one in facade.coming_contests(scope, today=TODAY)] == sorted(
        one.final_on for one in facade.coming_contests(scope, today=TODAY)
    )
    latest = facade.latest_results(scope, today=TODAY)
    assert latest[0].published_on <= TODAY
    prizes = facade.prizes(scope, latest[0].contest_id)
    assert prizes
    assert all("*" not in f"{prize.title}{prize.school}" for prize in prizes)


def test_nothing_is_open_when_nothing_was_announced(scope):
    assert facade.open_contests(scope, today=dt.date(2010, 1, 1)) == []
    assert facade.open_contests(scope, today=dt.date(2028, 1, 1)) == []


def test_a_department_organises_in_the_name_of_its_association(scope):
    organisers = {one.organiser for one in facade.latest_results(scope, today=TODAY)}
    assert "阜阳市科学技术协会" in organisers
    assert "科学普及部" not in organisers
