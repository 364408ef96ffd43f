"""Rural work in the demonstration gives the report's figures; items, villages and persons are counted once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.rural import facade
from kexie.contexts.rural.models import (
    Backyard,
    BackyardStage,
    HelpResult,
    PromotedItem,
    Promotion,
    Training,
    VillagePosting,
)
from kexie.contexts.rural.states import BACKYARD_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.ledger import operations
from kexie.ledger.models import PlausibilityNote
from tests.demo import AS_OF, NOW, TODAY, loaded, value


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("rural") as found:
        yield found


pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return Account.objects.get(username="coordinator")


@pytest.fixture
def county():
    return Unit.objects.filter(kind="COUNTY_ASSOCIATION").first()


def confirm(record, actor, scope):
    operations.draft(record=record, actor=actor, now=NOW, scope=scope)
    return operations.confirm(records=[record], actor=actor, now=NOW, scope=scope)[0]


def session(county, day=TODAY, **given):
    return Training(unit=county, area=county.area, title="小麦春季管理技术培训", occurred_on=day, **given)


def change(scope, keys, before):
    return [value(scope, key, TODAY) - old for key, old in zip(keys, before, strict=True)]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("rural.posted_persons", 33),
        ("rural.delisted_villages", 12),
        ("rural.lifted_households", 1788),
        ("rural.lifted_persons", 4539),
        ("rural.backyards", 4),
        ("rural.trainings", 338),
        ("rural.trainees", 28036),
        ("rural.varieties", 124),
        ("rural.technologies", 96),
    ],
)
def test_figures_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


def test_the_four_backyards_by_name(scope):
    names = {one.name for one in facade.backyards(scope, today=AS_OF)}
    assert names == {"阜南小麦科技小院", "临泉芥菜科技小院", "颍上辣椒科技小院", "颍东瓦大番茄科技小院"}
    assert len(facade.backyards(scope, today=TODAY)) == value(scope, "rural.backyards", TODAY) == 5


def test_cancelled_and_reversed_sessions_do_not_count(scope):
    until = Training.objects.filter(occurred_on__lte=AS_OF)
    assert until.filter(held=False).count() > 5
    assert until.filter(state="REVERSED").count() == 4
    assert until.filter(held=True, state="CONFIRMED").count() == 338


def test_a_session_adds_itself_and_its_heads(scope, actor, county):
    keys = ("rural.trainings", "rural.trainees")
    before = [value(scope, key, TODAY) for key in keys]
    confirm(session(county, headcount=80, method="ROSTER"), actor, scope)
    confirm(session(county), actor, scope)
    confirm(session(county, held=False), actor, scope)
    assert change(scope, keys, before) == [2, 80]


def test_an_unusual_session_is_asked_about_and_counts_all_the_same(scope, actor, county):
    before = value(scope, "rural.trainees", TODAY)
    usual = confirm(session(county, headcount=300, method="ROSTER"), actor, scope)
    unusual = confirm(session(county, headcount=301, method="HOST"), actor, scope)
    asked = PlausibilityNote.objects.filter(record_id__in=[usual.pk, unusual.pk])
    assert [note.record_id for note in asked] == [unusual.pk]
    assert value(scope, "rural.trainees", TODAY) - before == 601


def test_a_head_count_names_its_method(scope, actor, county):
    with pytest.raises(ValidationError, match="计数方法"):
        operations.draft(record=session(county, headcount=80), actor=actor, now=NOW, scope=scope)


def test_an_item_promoted_three_times_is_one_item(scope, actor, county):
    own = {"association_id": scope.association_id, "unit": county, "crop": "小麦"}
    variety = PromotedItem.objects.create(**own, name="试麦1号", kind="VARIETY")
    technology = PromotedItem.objects.create(**own, name="小麦免耕技术", kind="TECHNOLOGY")
    keys = ("rural.varieties", "rural.technologies", "rural.promoted_acreage")
    before = [value(scope, key, TODAY) for key in keys]
    for item in (variety, variety, technology):
        promotion = Promotion(unit=county, area=county.area, occurred_on=TODAY, item=item, acreage_mu=10)
        confirm(promotion, actor, scope)
    assert change(scope, keys, before) == [1, 1, 30]


def test_an_item_is_registered_once(scope):
    known = PromotedItem.objects.first()
    again = PromotedItem(
        association=known.association, unit=known.unit, name=known.name, kind=known.kind, crop="x"
    )
    with pytest.raises(IntegrityError, match="rural_item_name"), transaction.atomic():
        again.save()


def test_a_person_posted_twice_is_one_person(scope, actor, county):
    village = Unit.objects.filter(kind="VILLAGE").first()
    person = Person.objects.create(association_id=scope.association_id, name="试用干部")
    keys = ("rural.posted_persons", "rural.posted_now")
    before = [value(scope, key, TODAY) for key in keys]
    for start, end in ((dt.date(2022, 1, 1), dt.date(2023, 1, 1)), (dt.date(2026, 3, 1), None)):
        posting = VillagePosting(
            unit=county,
            area=village.area,
            occurred_on=start,
            ended_on=end,
            person=person,
            village=village,
            role="MEMBER",
        )
        confirm(posting, actor, scope)
    assert change(scope, keys, before) == [1, 1]
    assert "试用干部" not in str(posting)


def test_a_village_is_delisted_once(scope):
    first = HelpResult.objects.filter(is_delisted=True).first()
    again = HelpResult.objects.get(pk=first.pk)
    again.pk, again._state.adding = HelpResult._meta.get_field("id").get_default(), True
    with pytest.raises(IntegrityError, match="rural_help_delisted_once"), transaction.atomic():
        again.save(force_insert=True)


def test_helped_people_are_totals_only():
    fields = {field.name for field in HelpResult._meta.get_fields()}
    assert {"households", "persons"} <= fields
    assert not [field for field in HelpResult._meta.get_fields() if field.related_model is Person]


def test_a_backyard_that_only_applied_does_not_count(scope, actor, county):
    own = {"association_id": scope.association_id, "unit": county}
    backyard = Backyard.objects.create(**own, area=county.area, name="试用科技小院", crop="玉米")
    before = value(scope, "rural.backyards", TODAY)
    steps = []
    for name, day in (("APPLIED", 1), ("APPROVED", 2), ("OPERATING", 3), ("SUSPENDED", 4)):
        step = BackyardStage(
            unit=county,
            area=county.area,
            backyard=backyard,
            stage=name,
            occurred_on=dt.date(2026, 5, day),
            reason="换届",
        )
        confirm(step, actor, scope)
        steps.append(value(scope, "rural.backyards", TODAY) - before)
    assert steps == [0, 1, 1, 0]


def test_every_stage_can_be_reached_from_the_beginning():
    reached, frontier = set(), {""}
    while frontier:
        frontier = {after for before in frontier for after in BACKYARD_TRANSITIONS[before]} - reached
        reached |= frontier
    assert reached == BACKYARD_TRANSITIONS.keys() - {""}


def test_the_portal_sees_trainings_that_took_place(scope):
    shown = facade.recent_trainings(scope, today=TODAY, limit=3)
    assert len(shown) == 3
    assert [one.held_on for one in shown] == sorted((one.held_on for one in shown), reverse=True)
