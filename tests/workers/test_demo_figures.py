"""The demonstration's work with science workers gives the report's figures; its rules hold."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.workers import facade
from kexie.contexts.workers.models import AwardResult, ContactVisit, SurveySite, SurveySiteStage
from tests.demo import AS_OF, TODAY, loaded, value


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("workers") as found:
        yield found


pytestmark = pytest.mark.django_db


def test_cppcc_members_are_distinct_persons(scope):
    assert value(scope, "workers.cppcc_members") == 46
    assert value(scope, "workers.cppcc_members", level="CITY") == 21
    assert value(scope, "workers.cppcc_members", TODAY) == 55


@pytest.mark.parametrize(
    ("award", "prize", "count"),
    [
        ("淮海科技奖", "科普典范奖", 2),
        ("淮海科技奖", "创新奖", 6),
        ("安徽省创新方法大赛", "二等奖", 2),
        ("安徽省创新方法大赛", "三等奖", 7),
    ],
)
def test_prizes_by_award(scope, award, prize, count):
    assert value(scope, "workers.awards", award=award, prize=prize) == count


def test_a_site_that_applied_is_no_site_until_it_is_approved(scope):
    assert value(scope, "workers.survey_sites", dt.date(2021, 12, 19)) == 0
    assert value(scope, "workers.survey_sites_applied", dt.date(2021, 12, 19)) == 1
    assert value(scope, "workers.survey_sites") == 2
    assert value(scope, "workers.survey_sites_applied", TODAY) == 3
    assert [card.name for card in facade.survey_sites(scope, AS_OF)] == [
        "阜阳市科协调查站点",
        "颍淮师范学院调查站点",
    ]


def test_adopted_suggestions_are_some_of_the_suggestions(scope):
    assert 0 < value(scope, "workers.suggestions_adopted") < value(scope, "workers.suggestions")


def test_public_answers_name_no_internal_suggestion(scope):
    cards = facade.adopted_suggestions(scope, TODAY, limit=1000)
    titles = {card.title for card in cards}
    assert len(cards) > 5
    assert all(not hasattr(card, "author_name") for card in cards)
    assert titles.isdisjoint({""})


def test_a_stage_cannot_jump(scope):
    site = SurveySite(association_id=scope.association_id, name="新站点")
    first = SurveySiteStage.objects.first()
    site.unit, site.area, site.level, site.host_kind = first.unit, first.area, "CITY", "PARK"
    site.save()
    step = SurveySiteStage(site=site, stage="APPROVED", occurred_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        step.clean()
    assert list(refused.value.message_dict) == ["stage"]


def test_the_database_refuses_the_same_prize_twice(scope):
    prize = AwardResult.objects.filter(state="CONFIRMED").first()
    again = AwardResult.objects.get(pk=prize.pk)
    again.pk, again._state.adding = None, True
    again.id = AwardResult._meta.get_field("id").get_default()
    with pytest.raises(IntegrityError, match="workers_awardresult_once"), transaction.atomic():
        again.save(force_insert=True)


def test_the_database_wants_a_demand_where_one_is_announced(scope):
    visit = ContactVisit.objects.filter(has_demand=False).first()
    visit.pk, visit._state.adding, visit.has_demand = (
        ContactVisit._meta.get_field("id").get_default(),
        True,
        True,
    )
    with pytest.raises(IntegrityError, match="workers_contactvisit_demand"), transaction.atomic():
        visit.save(force_insert=True)
