"""Touring sets: one place at a time, what a venue lacks, applications, handovers, logs, repairs."""

import datetime as dt
import io
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from PIL import Image

from kexie.contexts.touring.models import (
    PlannedTourStop,
    SetDays,
    SetExhibit,
    SetTicket,
    TourApplication,
    TouringSet,
    TourStop,
    TourVenue,
)
from kexie.contexts.touring.operations import applications, handovers, maintenance, stops, venues
from kexie.contexts.touring.operations.handovers import Line
from kexie.contexts.touring.queries import sets as queries
from kexie.contexts.touring.rules.calendar import months, open_days
from kexie.contexts.touring.rules.venues import lacking
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from kexie.platform.files import content as contents
from tests.ledger import build
from tests.platform.test_pictures import GPS, MAKE, photo
from tests.touring.test_caravan_requests import sign_in

MARCH_1 = dt.date(2025, 3, 1)  # a Saturday
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def touring_set(world):
    return TouringSet.objects.create(
        association=world.association, unit=world.association, name="一号套", serial="1"
    )


@pytest.fixture
def venue(world):
    return a_venue(world, "文化馆")


@pytest.fixture
def plan_of(touring_set, venue, by):
    return touring_set, venue, by


def a_venue(world, name, county=0, **values):
    unit = world.counties[county]
    good = {"area_m2": 700, "floor": 1, "power": "V380", "is_fire_safe": True, **values}
    return TourVenue.objects.create(
        association=world.association, unit=unit, area=unit.area, name=name, **good
    )


def arrange(touring_set, venue, by, first=MARCH_1, days=60, **more):
    return stops.arrange(
        touring_set_id=touring_set.pk, venue_id=venue.pk, setup_on=first - 5 * DAY, first_on=first,
        last_on=first + (days - 1) * DAY, **more, **by,
    )  # fmt: skip


def fields(refused) -> dict[str, str]:
    return {name: str(text) for name, text in refused.value.fields.items()}


def test_a_venue_that_lacks_nothing_lacks_nothing(venue):
    assert lacking(venue) == []


def test_the_check_says_in_words_what_is_missing(world):
    poor = a_venue(world, "小礼堂", area_m2=450, floor=3, power="V220", is_fire_safe=False)
    assert lacking(poor) == [
        "面积：现有450㎡，要求不少于600㎡，还差150㎡。",
        "楼层：在3层且没有货梯，要求在一层，或有货梯。",
        "供电：只有220V，还缺380V。",
        "消防：消防验收不合格，整改合格后再申请。",
    ]
    poor.has_lift = True
    assert [words[:2] for words in lacking(poor)] == ["面积", "供电", "消防"]


def test_what_nobody_said_of_a_venue_is_asked_for(world):
    unknown = a_venue(world, "新馆", area_m2=None, floor=None, power="", is_fire_safe=None)
    assert [words.partition("：")[0] for words in lacking(unknown)] == ["面积", "楼层", "供电", "消防"]


def test_a_check_keeps_what_was_lacking_then(world, by):
    poor = a_venue(world, "小礼堂", area_m2=450)
    made = venues.check(venue_id=poor.pk, on=MARCH_1, by="张三", exception="两层合用", **by)
    assert (made.passed, made.exception, len(made.lacking)) == (False, "两层合用", 1)
    with pytest.raises(UserError) as refused:
        venues.check(venue_id=poor.pk, on=dt.date(2026, 1, 1), by="张三", exception="", **by)
    assert set(fields(refused)) == {"on"}


def test_a_set_arranged_elsewhere_is_refused_naming_the_other_stop(world, touring_set, venue, by):
    arrange(touring_set, venue, by)
    other = a_venue(world, "图书馆", county=1)
    with pytest.raises(UserError) as refused:
        arrange(touring_set, other, by, first=MARCH_1 + 64 * DAY)
    assert fields(refused) == {
        "setup_on": "这套展品在这段时间里已安排在另一站：文化馆（2025-02-24至2025-04-29，含换展）。"
        "请改日期，或换一套展品。"
    }
    arrange(touring_set, other, by, first=MARCH_1 + 65 * DAY)
    assert [day.place for day in queries.taken(touring_set)] == ["图书馆", "文化馆"]


def test_a_record_on_days_arranged_elsewhere_is_refused_too(world, touring_set, venue, by):
    arrange(touring_set, venue, by)
    unit = world.counties[1]
    record = TourStop(
        unit=unit, area=unit.area, occurred_on=MARCH_1 + 50 * DAY, ended_on=MARCH_1 + 90 * DAY, venue="体育馆",
        touring_set=touring_set,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        ledger.draft(record=record, **by)
    assert list(refused.value.message_dict) == ["occurred_on"]
    assert "文化馆" in refused.value.message_dict["occurred_on"][0]


def test_the_database_itself_refuses_two_places(world, touring_set, venue, by):
    made = arrange(touring_set, venue, by)
    made.pk, made.id = None, uuid.uuid4()
    with pytest.raises(IntegrityError, match="touring_setdays_one_place"):
        made.save(force_insert=True)


def test_a_cancelled_stop_gives_its_days_back_and_its_application_waits(world, touring_set, venue, by):
    asked = applications.apply(venue_id=venue.pk, year=2025, months=[3], days=60, reason="", **by)
    applications.accept(application_id=asked.pk, answer="", **by)
    made = arrange(touring_set, venue, by, application=asked)
    TourApplication.objects.filter(pk=asked.pk).update(state="PLANNED")
    stops.cancel(stop_id=made.pk, **by)
    assert SetDays.objects.count() == 0
    asked.refresh_from_db()
    assert asked.state == "ACCEPTED"
    with pytest.raises(UserError):
        stops.cancel(stop_id=made.pk, **by)


def test_a_closed_venue_is_refused_with_its_reason(touring_set, venue, by):
    venues.close(venue_id=venue.pk, first_on=MARCH_1, last_on=MARCH_1, reason="换屋顶", **by)
    with pytest.raises(UserError) as refused:
        arrange(touring_set, venue, by, first=MARCH_1 - 10 * DAY)
    assert "换屋顶" in fields(refused)["first_on"]
    venues.reopen(closure_id=venue.closures.get().pk, **by)
    assert arrange(touring_set, venue, by, first=MARCH_1 - 10 * DAY).pk


@pytest.mark.parametrize(("setup", "last", "field"), [(1, 5, "setup_on"), (-1, -2, "last_on")])
def test_days_in_the_wrong_order_are_refused_beside_their_field(plan_of, setup, last, field):
    touring_set, venue, by = plan_of
    with pytest.raises(UserError) as refused:
        stops.arrange(
            touring_set_id=touring_set.pk, venue_id=venue.pk, setup_on=MARCH_1 + setup * DAY,
            first_on=MARCH_1, last_on=MARCH_1 + last * DAY, **by,
        )  # fmt: skip
    assert set(fields(refused)) == {field}


def test_a_county_neither_arranges_nor_answers(world, touring_set, venue, by):
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(venue.unit.path,))}
    asked = applications.apply(venue_id=venue.pk, year=2026, months=[], days=60, reason="", **county)
    with pytest.raises(Forbidden):
        applications.accept(application_id=asked.pk, answer="", **county)
    with pytest.raises(NotFound):
        arrange(touring_set, venue, county)
    with pytest.raises(NotFound):
        applications.withdraw(application_id=asked.pk, **{**by, "scope": other_county(world)})


def other_county(world):
    return Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))


def test_one_application_a_county_a_year(world, venue, by):
    first = applications.apply(venue_id=venue.pk, year=2026, months=[9, 3], days=60, reason="", **by)
    assert first.months == [3, 9]
    with pytest.raises(UserError) as refused:
        applications.apply(venue_id=venue.pk, year=2026, months=[], days=60, reason="", **by)
    assert set(fields(refused)) == {"year"}
    applications.withdraw(application_id=first.pk, **by)
    applications.apply(venue_id=venue.pk, year=2026, months=[], days=60, reason="", **by)


def test_a_venue_that_lacks_something_is_accepted_with_a_reason_alone(world, by):
    poor = a_venue(world, "小礼堂", area_m2=450)
    asked = applications.apply(venue_id=poor.pk, year=2026, months=[], days=60, reason="", **by)
    with pytest.raises(UserError) as refused:
        applications.accept(application_id=asked.pk, answer="", **by)
    assert "还差150㎡" in fields(refused)["answer"]
    assert applications.accept(application_id=asked.pk, answer="加用门厅", **by).state == "ACCEPTED"
    with pytest.raises(UserError):
        applications.decline(application_id=asked.pk, answer="晚了", **by)


def test_a_refusal_needs_its_reason(venue, by):
    asked = applications.apply(venue_id=venue.pk, year=2026, months=[], days=60, reason="", **by)
    with pytest.raises(UserError) as refused:
        applications.decline(application_id=asked.pk, answer="", **by)
    assert set(fields(refused)) == {"answer"}


def test_a_stop_is_open_on_its_weekdays_unless_changed(touring_set, venue, by):
    made = arrange(touring_set, venue, by, days=9)  # Saturday to Sunday of the next week
    assert [day.day for day in open_days(made, {})] == [1, 2, 5, 6, 7, 8, 9]
    stops.set_day(stop_id=made.pk, on=MARCH_1, is_open=False, reason="检修", **by)
    stops.set_day(stop_id=made.pk, on=MARCH_1 + 2 * DAY, is_open=True, reason="学校包场", **by)
    changed = {day.on: day.is_open for day in made.days.all()}
    assert [day.day for day in open_days(made, changed)] == [2, 3, 5, 6, 7, 8, 9]
    with pytest.raises(UserError) as refused:
        stops.set_week(stop_id=made.pk, weekdays=[], **by)
    assert set(fields(refused)) == {"weekdays"}


def test_months_follow_the_measure(world, touring_set, venue, by):
    made = arrange(touring_set, venue, by, days=75)
    record = stops.open_stop(stop_id=made.pk, **by)
    ledger.confirm(records=[record], **by)
    told = figures.value(Cell("touring.months", Period.until(dt.date(2025, 12, 31))), world.scope)
    assert months(made.first_on, made.last_on) == told == 3


def test_an_opened_stop_holds_its_days_by_its_record_and_takes_logs(world, touring_set, venue, by):
    made = arrange(touring_set, venue, by)
    log = {"stop_id": made.pk, "method": "COUNTER", "headcount": 320, "groups": None, "text": ""}
    with pytest.raises(UserError, match="还没有开展"):
        stops.log_day(on=MARCH_1, **log, **by)
    record = stops.open_stop(stop_id=made.pk, **by)
    assert list(SetDays.objects.values_list("pk", "first_on")) == [(record.pk, MARCH_1)]
    first = stops.log_day(on=MARCH_1, **log, **by)
    second = stops.log_day(on=MARCH_1, **{**log, "method": "ROSTER", "headcount": 80}, **by)
    ledger.confirm(records=[record, first, second], **by)
    told = figures.value(Cell("touring.visits", Period.until(dt.date(2025, 12, 31))), world.scope)
    made.refresh_from_db()
    assert told == 400
    assert queries.visits(made) == {"confirmed": 400, "waiting": 0}


@pytest.mark.parametrize(
    ("on", "method", "field"),
    [
        (MARCH_1 - DAY, "COUNTER", "on"),
        (MARCH_1 + 2 * DAY, "COUNTER", "text"),
        (MARCH_1 + DAY, "COUNTER", "method"),
    ],
)
def test_a_log_outside_the_days_on_a_closed_day_or_twice_is_refused(plan_of, on, method, field):
    touring_set, venue, by = plan_of
    made = arrange(touring_set, venue, by)
    stops.open_stop(stop_id=made.pk, **by)
    log = {"stop_id": made.pk, "headcount": 10, "groups": None, "text": "", "method": method}
    stops.log_day(on=MARCH_1 + DAY, **log, **by)
    with pytest.raises(UserError) as refused:
        stops.log_day(on=on, **log, **by)
    assert set(fields(refused)) == {field}


def test_groups_come_on_open_days_once(touring_set, venue, by):
    made = arrange(touring_set, venue, by)
    booked = stops.book_group(stop_id=made.pk, on=MARCH_1, school="演示小学", booked=120, **by)
    for on, field in ((MARCH_1, "school"), (MARCH_1 + 2 * DAY, "on")):
        with pytest.raises(UserError) as refused:
            stops.book_group(stop_id=made.pk, on=on, school="演示小学", booked=120, **by)
        assert set(fields(refused)) == {field}
    assert stops.close_group(group_id=booked.pk, came=118, **by).came == 118
    stops.close_group(group_id=booked.pk, came=None, **by)
    assert list(queries.groups(made)) == []


def exhibits_of(world, touring_set, number=2):
    return [
        SetExhibit.objects.create(
            association=world.association, unit=world.association, touring_set=touring_set, number=n,
            name=f"展品{n}",
        )
        for n in range(1, number + 1)
    ]  # fmt: skip


def test_a_handover_covers_every_exhibit_and_opens_tickets(world, touring_set, venue, by):
    made = arrange(touring_set, venue, by)
    one, two = exhibits_of(world, touring_set)
    sign = {"stop_id": made.pk, "kind": "IN", "on": MARCH_1, "given_by": "甲", "taken_by": "乙", **by}
    with pytest.raises(UserError) as refused:
        handovers.sign(**{**sign, "taken_by": "甲"}, lines={one.pk: Line(condition="FAULTY")})
    assert set(fields(refused)) == {"taken_by", f"note_{one.pk}", f"condition_{two.pk}"}
    lines = {one.pk: Line(condition="FAULTY", note="不转"), two.pk: Line(condition="WORN")}
    done = handovers.sign(**sign, lines=lines)
    assert [line.condition for line in queries.lines(done)] == ["FAULTY", "WORN"]
    assert SetTicket.objects.get().fault == "不转"
    with pytest.raises(UserError, match="已签字"):
        handovers.sign(**sign, lines=lines)
    handovers.sign(**{**sign, "kind": "OUT"}, lines=lines)
    assert SetTicket.objects.count() == 1


@pytest.mark.parametrize(
    ("on", "words"), [(build.NOW.date() + DAY, "不能晚于今天"), (MARCH_1 - DAY, "先后颠倒")]
)
def test_the_day_of_a_handover_is_past_and_in_order(world, plan_of, on, words):
    touring_set, venue, by = plan_of
    sign = {"stop_id": arrange(touring_set, venue, by).pk, "given_by": "甲", "taken_by": "乙", **by}
    sign["lines"] = {one.pk: Line(condition="GOOD") for one in exhibits_of(world, touring_set)}
    handovers.sign(kind="IN", on=MARCH_1, **sign)
    with pytest.raises(UserError) as refused:
        handovers.sign(kind="OUT", on=on, **sign)
    assert words in fields(refused)["on"]
    handovers.sign(kind="OUT", on=MARCH_1, **sign)


def taken_outdoors():
    """A photograph with what a telephone writes into it."""
    exif = Image.Exif()
    exif[MAKE] = "Huawei"
    exif.get_ifd(GPS)[1] = "N"
    return photo(exif=exif)


def test_a_photo_of_a_handover_keeps_no_place_and_no_device(world, touring_set, venue, by):
    made, (one, other) = arrange(touring_set, venue, by), exhibits_of(world, touring_set)
    lines = {one.pk: Line(condition="GOOD", photo=taken_outdoors()), other.pk: Line(condition="GOOD")}
    sign = {"stop_id": made.pk, "kind": "IN", "on": MARCH_1, "given_by": "甲", "taken_by": "乙", **by}
    done = handovers.sign(**sign, lines=lines)
    kept = [line.photo for line in queries.lines(done) if line.photo_id]
    (stored,) = kept
    assert Image.open(io.BytesIO(contents.read(stored.digest))).getexif() == {}


def test_a_repaired_exhibit_is_good_again(world, touring_set, by):
    [one] = exhibits_of(world, touring_set, 1)
    opened = maintenance.report(exhibit_id=one.pk, fault="灯不亮", on=MARCH_1, **by)
    with pytest.raises(UserError, match="未办结"):
        maintenance.report(exhibit_id=one.pk, fault="灯不亮", on=MARCH_1, **by)
    close = {"ticket_id": opened.pk, "state": "DONE", "result": "换灯", "cost": None}
    with pytest.raises(UserError) as refused:
        maintenance.close(on=MARCH_1 - DAY, **close, **by)
    assert set(fields(refused)) == {"on"}
    maintenance.close(on=MARCH_1, **close, **by)
    one.refresh_from_db()
    assert (one.condition, one.checked_on) == ("GOOD", MARCH_1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_arrange_at_once_one_is_told_of_the_other(transactional_db):
    world = build.world()
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    touring_set = TouringSet.objects.create(
        association=world.association, unit=world.association, name="一号套", serial="1"
    )
    places, told = [a_venue(world, "文化馆"), a_venue(world, "图书馆", county=1)], []

    def go(venue):
        try:
            told.append(arrange(touring_set, venue, by).state)
        except UserError as refused:
            told.append(sorted(refused.fields))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(venue,)) for venue in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["PLANNED", "['setup_on']"]
    assert PlannedTourStop.objects.count() == 1
    with transaction.atomic():
        assert SetDays.objects.count() == 1


def test_a_county_applies_by_the_page(world, venue, client):
    sign_in(world, client)
    data = {"venue": venue.pk, "year": "２０２６", "days": 60, "reason": "全县没有科技馆"}
    answer = client.post("/work/touring/sets/applications/new/", data)
    assert answer.status_code == 302, answer.content.decode()
    made = TourApplication.objects.get()
    assert (made.venue, made.year, made.days) == (venue, 2026, 60)


def test_a_host_sees_the_set_it_shows_and_reports_a_fault_but_closes_no_repair(world, touring_set, venue, by):
    one, _other = exhibits_of(world, touring_set)
    host = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(venue.unit.path,))}
    elsewhere = other_county(world)
    with pytest.raises(NotFound):
        maintenance.report(exhibit_id=one.pk, fault="按钮失灵", on=MARCH_1, **host)
    assert list(queries.sets(host["scope"], MARCH_1)) == []
    arrange(touring_set, venue, by)
    ticket = maintenance.report(exhibit_id=one.pk, fault="按钮失灵", on=MARCH_1, **host)
    assert list(queries.sets(host["scope"], MARCH_1)) == [touring_set]
    assert list(queries.tickets(host["scope"])) == [ticket]
    assert list(queries.tickets(elsewhere)) == list(queries.sets(elsewhere, MARCH_1)) == []
    with pytest.raises(NotFound):
        maintenance.close(ticket_id=ticket.pk, state="DONE", result="好了", cost=None, on=MARCH_1, **host)


def test_what_waits_is_named_until_it_is_done(world, plan_of, client, time_machine):
    touring_set, venue, by = plan_of
    exhibits = exhibits_of(world, touring_set)
    stop = arrange(touring_set, venue, by)
    assert list(queries.to_open(world.scope, MARCH_1 - DAY)) == []
    assert list(queries.to_open(world.scope, MARCH_1)) == [stop]
    stops.open_stop(stop_id=stop.pk, **by)
    assert (list(queries.to_open(world.scope, MARCH_1)), list(queries.unsigned(world.scope, MARCH_1))) == (
        [],
        [stop],
    )
    lines = {one.pk: Line(condition="GOOD") for one in exhibits}
    signed = {"on": MARCH_1, "given_by": "甲", "taken_by": "乙", "lines": lines}
    handovers.sign(stop_id=stop.pk, kind="IN", **signed, **by)
    assert list(queries.unsigned(world.scope, stop.last_on)) == []
    assert list(queries.unsigned(world.scope, stop.last_on + DAY)) == [stop]
    time_machine.move_to(build.NOW, tick=False)
    sign_in(world, client)
    page = client.get("/work/touring/sets/").content.decode()
    assert "还没有签交接单的巡展站" in page
    assert "到了开展日期还没有办理开展" not in page
    assert "文化馆" in client.get("/work/touring/sets/stops/?wait=sign").content.decode()
    handovers.sign(stop_id=stop.pk, kind="OUT", **signed, **by)
    assert "等着办的" not in client.get("/work/touring/sets/").content.decode()


def test_an_empty_list_says_how_to_begin_and_a_narrowed_one_how_to_see_all(world, client):
    sign_in(world, client)
    empty = client.get("/work/touring/sets/venues/").content.decode()
    assert (empty.count('href="/work/records/touring.venues/new"'), "看全部" in empty) == (2, False)
    assert "看全部" in client.get("/work/touring/sets/venues/?q=无此馆").content.decode()
