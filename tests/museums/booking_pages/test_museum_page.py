"""A museum's page: today, free slots, the month, shows, rules; its calendar file and picture."""

import datetime as dt
import io

import pytest
from django.utils.html import strip_tags
from PIL import Image

from kexie.contexts.museums.queries.crowd import Crowd, level
from kexie.contexts.museums.web.public import availability, ics
from kexie.platform.capacity.models import Offer, Pool, Tally
from tests.museums.booking_pages.conftest import NOW, SATURDAY, TODAY

WEDNESDAY = dt.datetime(2025, 7, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _nothing_kept():
    availability.forget()
    yield
    availability.forget()


def text_of(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def test_a_closed_day_says_why_and_when_it_opens(house, client):
    page = text_of(client.get(house.path))
    assert "今日闭馆 7月1日 周二" in page
    assert "固定闭馆日7月2日（周三）开放" in page
    assert "还没有排定" not in page


def test_an_open_day_gives_hours_and_the_crowd_in_words(house, client, time_machine):
    time_machine.move_to(WEDNESDAY)
    where = {"association_id": house.museum.association_id, "venue_id": house.museum.unit_id}
    tally = Tally.objects.create(**where, day=WEDNESDAY.date(), entered=100, left=10)
    assert "馆内 适中" in text_of(client.get(house.path))
    Tally.objects.filter(pk=tally.pk).update(left=90)
    availability.forget()
    page = text_of(client.get(house.path))
    assert "今日开放" in page
    assert "9:00–16:30" in page
    assert "馆内 宽松" in page
    assert "在馆约 10 人，同时最多 150 人" in page


@pytest.mark.parametrize(
    ("inside", "word"),
    [(0, Crowd.CALM), (74, Crowd.CALM), (75, Crowd.LIVELY), (120, Crowd.CROWDED), (150, Crowd.FULL)],
)
def test_words_for_a_crowd(inside, word):
    assert level(inside, 150) == word


def test_slots_show_what_is_left_and_lead_to_booking(house, client, time_machine):
    house.generate()
    slot = house.slot(SATURDAY)
    house.take(slot, 97)
    page = client.get(house.path).content.decode()
    assert f'href="{house.path}book/{slot.pk}/"' in page
    assert "余 3" in page
    assert "slot--scarce" in page
    time_machine.move_to(NOW + dt.timedelta(seconds=3))
    house.take(slot, 3)
    availability.forget()
    assert "约满，可候补" in client.get(house.path).content.decode()


def test_a_slot_not_yet_released_says_when(house, client):
    house.generate()
    Offer.objects.filter(day=SATURDAY).update(opens_at=dt.datetime(2025, 7, 3, 4, 0, tzinfo=dt.UTC))
    assert "7月3日 12:00 放票" in text_of(client.get(house.path))


def test_the_grid_is_kept_for_a_moment_and_answered_with_304(house, client, django_assert_num_queries):
    house.generate()
    first = client.get(f"{house.path}slots/?days=30")
    with django_assert_num_queries(0):
        again = client.get(f"{house.path}slots/?days=30", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    Pool.objects.filter(offer__day=SATURDAY).update(taken=50)
    availability.forget()
    assert client.get(f"{house.path}slots/?days=30")["ETag"] != first["ETag"]


@pytest.mark.parametrize("days", ["", "0", "-1", "1e9", "9999999999999", "abc", "３０"])
def test_any_number_of_days_is_answered(house, client, days):
    assert client.get(f"{house.path}slots/?days={days}").status_code == 200


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_asks_no_more_for_three_days_than_for_one(
    house, client, item_count, django_assert_max_num_queries
):
    hall = house.hall()
    for number in range(item_count):
        house.show(hall, hour=10 + number, name=f"展演{number}")
    house.generate(days=item_count + 1)
    with django_assert_max_num_queries(17):
        assert client.get(house.path).status_code == 200


def test_what_all_read_is_made_once_in_a_moment(house, client, django_assert_num_queries, time_machine):
    house.generate()
    slot = house.slot(SATURDAY, kind="ENTRY")
    first = text_of(client.get(house.path))
    Pool.objects.filter(offer=slot.offer_id, channel="").update(taken=93)
    with django_assert_num_queries(3):  # the association, the museum, and the site's frame
        assert text_of(client.get(house.path)) == first
    other = text_of(client.get(f"{house.path}?month=2025-08"))
    assert ("余 7" in other, "2025年8月" in other) == (False, True)  # the grid within is kept too
    english = client.get(house.path, headers={"Accept-Language": "en"}, follow=True)
    assert english.status_code == 200
    availability.forget()
    assert "余 7" in text_of(client.get(house.path))


def test_the_month_can_be_turned(house, client):
    assert "2025年8月" in text_of(client.get(f"{house.path}?month=2025-08"))
    for wrong in ("2035-01", "x", "2025-13"):
        assert "2025年7月" in text_of(client.get(f"{house.path}?month={wrong}"))


def test_rules_stand_in_plain_words(house, client):
    house.rules(max_party=3)
    assert "每单最多3人" in text_of(client.get(f"{house.path}rules/"))


def test_unknown_museums_are_not_found(house, client):
    codes = [
        client.get(f"/museums/zzzz/{page}").status_code for page in ("", "slots/", "rules/", "share.png")
    ]
    assert codes == [404] * 4


def test_the_picture_is_a_png_that_is_kept(house, client):
    first = client.get(f"{house.path}share.png")
    assert Image.open(io.BytesIO(first.content)).size == (900, 1200)
    again = client.get(f"{house.path}share.png", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def parse(text: str) -> list[dict[str, str]]:
    """The events of a calendar file, read strictly: line ends, folds, no line over 75 octets, nothing left open."""
    assert text.endswith("\r\n")
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded: list[str] = []
    for line in lines:
        if line.startswith(" "):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    assert (unfolded[0], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    for line in unfolded[1:-1]:
        name, _colon, value = line.partition(":")
        assert _colon, line
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            events[-1][name] = value
    return events


def test_the_calendar_file_holds_exceptions_and_shows(house, client):
    house.closed(dt.date(2025, 7, 4), notice="供电检修,全天；请改期")
    house.special(dt.date(2025, 7, 8), note="暑期加开")
    house.show(house.hall(), hour=10)
    house.generate()
    response = client.get(f"{house.path}calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = parse(response.content.decode())
    assert all({"UID", "DTSTAMP", "SUMMARY"} <= set(one) for one in events)
    assert len({one["UID"] for one in events}) == len(events)
    days = {one.get("DTSTART;VALUE=DATE"): one["SUMMARY"] for one in events}
    assert days["20250704"].endswith("闭馆：供电检修\\,全天；请改期")
    assert days["20250708"].endswith("开放：暑期加开")
    shows = [one for one in events if one["SUMMARY"] == "液氮奇境"]
    assert shows[0]["DTSTART"] == "20250702T020000Z"


def test_long_lines_are_folded_between_characters():
    event = ics.Event(key="a", title="科学" * 60, starts=TODAY, about="a;b,c\\d\ne")
    events = parse(ics.calendar(name="馆", host="example.org", events=[event], made_at=NOW))
    assert events == [
        {
            "UID": "a@example.org", "DTSTAMP": "20250701T020000Z", "DTSTART;VALUE=DATE": "20250701",
            "DTEND;VALUE=DATE": "20250702", "SUMMARY": "科学" * 60, "DESCRIPTION": "a\\;b\\,c\\\\d\\ne",
        }
    ]  # fmt: skip
