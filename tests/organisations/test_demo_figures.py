"""Societies, associations and coverages of the demonstration; their rules hold."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.organisations import facade
from kexie.contexts.organisations.models import AcademicEvent, AssociationStage, TitleListing
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.demo import AS_OF, TODAY, loaded, value

HALF_YEARS = [dt.date(year, month, day) for year in range(2019, 2026) for month, day in ((6, 30), (12, 31))][
    :-1
]


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("organisations") as found:
        yield found


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("organisations.academic_events", 118),
        ("organisations.enterprise_associations_ever", 96),
        ("organisations.enterprise_associations", 89),
        ("organisations.county_coverage", 100),
        ("organisations.county_associations", 8),
        ("organisations.little_giants", 24),
        ("organisations.little_giant_coverage", 100),
        ("organisations.cadre_training_counties", 3),
        ("organisations.university_associations", 3),
        ("organisations.park_associations", 3),
    ],
)
def test_figures_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


@pytest.mark.parametrize("measure", ["organisations.high_tech_coverage", "organisations.high_tech_share"])
def test_high_tech_ratios_rise_every_half_year(scope, measure):
    series = [value(scope, measure, day) for day in HALF_YEARS]
    assert series == sorted(set(series))


def test_the_newest_little_giants_still_wait_for_an_association(scope):
    assert value(scope, "organisations.little_giant_coverage", TODAY) < 100


@pytest.mark.parametrize(
    "measure",
    ["organisations.little_giant_coverage", "organisations.county_coverage", "organisations.high_tech_share"],
)
def test_a_coverage_without_a_list_is_not_computable(scope, measure):
    assert value(scope, measure, dt.date(2015, 1, 1)) is None


def test_a_coverage_opens_into_the_firms_listed(scope):
    cell = Cell("organisations.high_tech_coverage", Period.until(AS_OF))
    rows = figures.rows(cell, scope)
    covered, listed = rows.filter(contribution=1).count(), rows.count()
    assert (covered, listed) == (70, 108)
    assert float(figures.value(cell, scope)) == round(100 * covered / listed, 2)


def test_dissolved_associations_stay_in_the_cumulative_count(scope):
    ever = value(scope, "organisations.enterprise_associations_ever", TODAY)
    dissolved = AssociationStage.objects.filter(stage="DISSOLVED", state="CONFIRMED").count()
    assert ever - value(scope, "organisations.enterprise_associations", TODAY) == dissolved == 8


def test_a_title_cannot_be_listed_twice_on_one_day(scope):
    listing = TitleListing.objects.filter(title="HIGH_TECH").first()
    listing.pk, listing._state.adding = TitleListing._meta.get_field("id").get_default(), True
    listing.occurred_on += dt.timedelta(days=30)
    with pytest.raises(IntegrityError, match="organisations_title_once"), transaction.atomic():
        listing.save(force_insert=True)


def test_an_academic_event_needs_a_society(scope):
    county = Unit.objects.filter(kind="COUNTY_ASSOCIATION").first()
    society = Unit.objects.filter(kind="SOCIETY").first()
    event = AcademicEvent(unit=county, area=county.area, title="研讨会", occurred_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        event.clean()
    assert list(refused.value.message_dict) == ["host"]
    event.host = society
    event.clean()


def test_societies_say_when_their_term_ends(scope):
    cards = facade.societies(scope, TODAY)
    assert len(cards) == 40
    assert {card.term for card in cards} == {"IN_TERM", "PREPARE", "OVERDUE"}
    assert all(card.inspected_year == 2025 for card in cards)


def test_coverages_carry_both_sets(scope):
    first = facade.coverages(scope, AS_OF)[0]
    assert (first.covered, first.listed, first.percent) == (8, 8, 100)
