"""Stages, titles and their measures over a few built rows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from kexie.contexts.facilities import queries
from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    FacilityStage,
    FacilityVisits,
    Title,
    TitleEnd,
)
from kexie.contexts.facilities.rules import AWARDERS
from kexie.kernel.periods import Period
from kexie.ledger import figures, operations
from kexie.ledger.measures import Cell
from tests.ledger import build

DAY = dt.date(2020, 5, 1)
ENDS = ("SUSPENDED", "WITHDRAWN")


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def gallery(world):
    unit = world.counties[0]
    return Facility.objects.create(
        association=world.association, unit=unit, area=unit.area, name="科普画廊", kind="GALLERY", length_m=12
    )


def made(world, model, day, **values):
    unit = world.counties[0]
    return model(association=world.association, unit=unit, area=unit.area, occurred_on=day, **values)


def stepped(world, facility, day, stage):
    """Return a step with the grounds that an end of operation asks for."""
    grounds = {"reason": "场地另作他用", "document": "会议纪要2024年第3号"} if stage in ENDS else {}
    return made(world, FacilityStage, day, facility=facility, stage=stage, **grounds)


def draft(world, record):
    return operations.draft(record=record, actor=world.account, now=build.NOW, scope=world.scope)


def confirm(world, *records):
    drafts = [draft(world, record) for record in records]
    return operations.confirm(records=drafts, actor=world.account, now=build.NOW, scope=world.scope)


def value(world, measure, last):
    return figures.value(Cell(measure, Period.until(last)), world.scope)


def test_built_stays_built_and_in_use_does_not(world, gallery):
    for year, stage in (
        (2020, "ACCEPTED"),
        (2021, "OPERATING"),
        (2022, "SUSPENDED"),
        (2023, "OPERATING"),
        (2024, "WITHDRAWN"),
    ):
        confirm(world, stepped(world, gallery, DAY.replace(year=year), stage))
    ends = [dt.date(year, 12, 31) for year in range(2019, 2025)]
    assert [value(world, "facilities.galleries", end) for end in ends] == [0, 1, 1, 1, 1, 1]
    assert [value(world, "facilities.galleries_now", end) for end in ends] == [0, 1, 1, 0, 1, 0]


def test_what_was_withdrawn_does_not_operate(world, gallery):
    for month, stage in ((5, "ACCEPTED"), (6, "WITHDRAWN")):
        confirm(world, stepped(world, gallery, DAY.replace(month=month), stage))
    with pytest.raises(ValidationError) as refused:
        draft(world, made(world, FacilityStage, DAY.replace(month=7), facility=gallery, stage="OPERATING"))
    assert list(refused.value.message_dict) == ["stage"]


def test_a_record_keeps_the_kind_of_its_day(world, gallery):
    confirm(world, made(world, FacilityVisits, DAY, facility=gallery, headcount=40, method="HOST"))
    gallery.kind = "BASE"
    gallery.save()
    assert FacilityVisits.objects.get().facility_kind == "GALLERY"
    assert value(world, "facilities.visits", DAY) == 40


def test_a_holder_counts_once_however_often_it_was_given_the_title(world):
    holder = world.counties[0]
    confirm(
        world,
        made(
            world,
            Accreditation,
            dt.date(2016, 1, 1),
            title="PROVINCIAL_BASE",
            holder=holder,
            valid_to=dt.date(2020, 12, 31),
        ),
        made(
            world,
            Accreditation,
            dt.date(2021, 2, 1),
            title="PROVINCIAL_BASE",
            holder=holder,
            valid_to=dt.date(2025, 12, 31),
        ),
        made(world, Accreditation, dt.date(2021, 2, 1), title="PROVINCIAL_ST_BASE", holder=world.counties[1]),
    )
    days = [dt.date(2020, 12, 31), dt.date(2021, 1, 1), dt.date(2021, 2, 1)]
    assert [value(world, "facilities.provincial_bases", day) for day in days] == [1, 1, 1]
    assert [value(world, "facilities.provincial_bases_valid", day) for day in days] == [1, 0, 1]
    assert value(world, "facilities.provincial_st_bases", days[-1]) == 1


def test_the_same_award_is_recorded_once(world):
    given = {"title": "DEMO_SCHOOL", "holder": world.counties[0]}
    confirm(world, made(world, Accreditation, DAY, **given))
    again = made(world, Accreditation, DAY, recorded_by=world.account, recorded_at=build.NOW, **given)
    with pytest.raises(IntegrityError, match="facilities_accreditation_once"):
        again.save(force_insert=True)


def test_every_title_has_an_awarder():
    assert set(AWARDERS) == set(Title)


def given(world, title="PROVINCIAL_BASE", **values):
    return made(world, Accreditation, DAY, title=title, valid_to=dt.date(2025, 12, 31), **values)


def ended(world, award, day=dt.date(2022, 3, 1)):
    return made(world, TitleEnd, day, accreditation=award, kind="REVOKED", reason="不再开放")


def test_a_title_taken_back_is_no_longer_valid_but_was_given(world):
    confirm(world, *(given(world, holder=holder) for holder in world.counties[:2]))
    first = Accreditation.objects.get(holder=world.counties[0])
    confirm(world, ended(world, first))
    days = [dt.date(2022, 2, 28), dt.date(2022, 3, 1), dt.date(2023, 1, 1)]
    assert [value(world, "facilities.provincial_bases_valid", day) for day in days] == [2, 1, 1]
    assert [value(world, "facilities.provincial_bases", day) for day in days] == [2, 2, 2]
    assert [one.holder for one in queries.valid_accreditations(days[1], world.scope)] == [world.counties[1]]


def test_a_revocation_reversed_or_not_yet_confirmed_ends_nothing(world):
    confirm(world, given(world, holder=world.counties[0]))
    award = Accreditation.objects.get()
    waiting = draft(world, ended(world, award))
    day = dt.date(2023, 1, 1)
    assert value(world, "facilities.provincial_bases_valid", day) == 1
    operations.confirm(records=[waiting], actor=world.account, now=build.NOW, scope=world.scope)
    assert value(world, "facilities.provincial_bases_valid", day) == 0
    cell = Cell(
        "facilities.provincial_bases_valid", Period.until(day), known_at=build.NOW - dt.timedelta(days=1)
    )
    assert figures.value(cell, world.scope) == 0  # neither the title nor its end was known
    operations.reverse(
        record=TitleEnd.objects.get(),
        reason="复核后恢复",
        actor=world.account,
        now=build.NOW,
        scope=world.scope,
    )
    assert value(world, "facilities.provincial_bases_valid", day) == 1


@pytest.mark.parametrize("day", [dt.date(2020, 4, 30), dt.date(2026, 1, 1)])
def test_an_end_outside_the_term_is_refused(world, day):
    confirm(world, given(world, holder=world.counties[0]))
    with pytest.raises(ValidationError) as refused:
        draft(world, ended(world, Accreditation.objects.get(), day))
    assert list(refused.value.message_dict) == ["occurred_on"]


def test_a_title_given_again_after_it_was_taken_back_counts(world):
    confirm(world, given(world, holder=world.counties[0]))
    confirm(world, ended(world, Accreditation.objects.get()))
    again = made(
        world, Accreditation, dt.date(2024, 1, 1), title="PROVINCIAL_BASE", holder=world.counties[0],
        valid_to=dt.date(2028, 12, 31),
    )  # fmt: skip
    confirm(world, again)
    assert value(world, "facilities.provincial_bases_valid", dt.date(2024, 6, 1)) == 1
