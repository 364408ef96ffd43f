"""Campaigns, honours, rectification and targets of the demonstration; their rules hold."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.governance import facade, operations, queries
from kexie.contexts.governance.models import LearningMeeting, RectificationItem, RectificationStage, Target
from kexie.foundation.access.models import Account
from kexie.foundation.people.models import Person
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from kexie.ledger.models import Activity, Campaign
from tests.demo import AS_OF, NOW, TODAY, loaded, value


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("governance") as found:
        yield found


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("governance.campaign_years", 7),
        ("governance.method_contest_streak", 3),
        ("governance.campaign_honour_streak", 7),
        ("governance.exemplars", 1),
        ("governance.party_models", 10),
        ("governance.rectification_rate", 100),
    ],
)
def test_figures_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


def test_the_streak_goes_on(scope):
    assert value(scope, "governance.method_contest_streak", TODAY) == 4
    assert value(scope, "governance.method_contest_streak", dt.date(2022, 12, 31)) == 1


def test_a_campaign_sees_exactly_the_activities_of_its_days(scope):
    campaign = Campaign.objects.get(name="2024年全国科普日")
    days = (campaign.starts_on, campaign.ends_on)
    held = Activity.objects.filter(occurred_on__range=days, held=True, state="CONFIRMED").count()
    year = Period.year(2024)
    assert held > 50
    assert figures.value(Cell("governance.campaign_activities", year), scope) == held
    assert [one.activities for one in facade.campaigns(scope, TODAY) if one.name == campaign.name] == [held]


def test_cancelled_lectures_are_kept_but_not_counted(scope):
    lectures = Activity.objects.filter(kind="LECTURE", state="CONFIRMED")
    cancelled = lectures.filter(held=False).count()
    assert cancelled > 5
    assert value(scope, "governance.lectures", TODAY) == lectures.count() - cancelled


def test_nobody_verifies_their_own_item(scope):
    stage = RectificationStage.objects.filter(stage="VERIFIED").first()
    stage.pk, stage._state.adding = RectificationStage._meta.get_field("id").get_default(), True
    stage.checker = stage.responsible
    with pytest.raises(IntegrityError, match="governance_rectification_by_another"), transaction.atomic():
        stage.save(force_insert=True)


def test_advance_goes_step_by_step_and_by_another_person(scope):
    actor = Account.objects.get(username="coordinator")
    item = RectificationItem.objects.get(name="2025年市委巡察反馈（3）")  # self-checked
    other = Person.objects.exclude(pk=item.responsible_id).filter(title="机关纪委书记").get()
    step = {"item": item, "occurred_on": TODAY, "actor": actor, "now": NOW, "scope": scope}
    with pytest.raises(ValidationError, match="不能直接登记"):
        operations.advance(stage="CLOSED", checker=other, **step)
    with pytest.raises(ValidationError, match="责任人不能核验"):
        operations.advance(stage="VERIFIED", checker=item.responsible, **step)
    drafted = operations.advance(stage="VERIFIED", checker=other, **step)
    assert (drafted.state, drafted.responsible_id) == ("DRAFT", item.responsible_id)


def test_overdue_items_are_those_not_closed(scope):
    overdue = queries.overdue_rectification(scope, TODAY)
    assert {item.source for item in overdue} == {"2025年市委巡察反馈"}
    assert value(scope, "governance.rectification_closed", TODAY) + len(overdue) == 20


def test_progress_is_the_measure_never_a_typed_number(scope):
    progress = {one.measure: one for one in facade.targets(scope, NOW)}
    lectures = next(one for one in progress.values() if one.cell.measure == "governance.lecture_visits")
    assert lectures.actual == value(scope, "governance.lecture_visits", TODAY, since=dt.date(2026, 1, 1))
    assert 0 < lectures.expected < lectures.goal
    assert lectures.status in {"DONE", "ON_TRACK", "BEHIND"}


def test_a_target_that_cannot_be_computed_says_so(scope):
    coverage = next(
        one for one in facade.targets(scope, NOW) if one.cell.measure == "organisations.little_giant_coverage"
    )
    assert (coverage.actual, coverage.status, str(coverage.status_word)) == (None, "UNKNOWN", "无法计算")


def test_last_years_targets_are_done_or_missed(scope):
    assert {one.status for one in facade.targets(scope, NOW, year=2025)} <= {"DONE", "MISSED", "UNKNOWN"}


def test_a_target_names_a_measure(scope):
    target = Target.objects.first()
    target.measure = "nothing.such"
    with pytest.raises(ValidationError) as refused:
        target.clean()
    assert list(refused.value.message_dict) == ["measure"]


def test_first_topics_are_counted_only_where_written(scope):
    assert value(scope, "governance.first_topics") < value(scope, "governance.learning_meetings")
    meeting = LearningMeeting.objects.filter(has_first_topic=False).first()
    meeting.pk, meeting._state.adding = LearningMeeting._meta.get_field("id").get_default(), True
    meeting.has_first_topic = True
    with pytest.raises(IntegrityError, match="governance_learningmeeting_topic"), transaction.atomic():
        meeting.save(force_insert=True)


def test_as_of_day_is_before_the_second_inspection(scope):
    assert value(scope, "governance.rectification_items", AS_OF) == 10
    assert value(scope, "governance.rectification_items", TODAY) == 20
