"""Booking through the API: once for each key, refused in words, the same before the framework as in it."""

import datetime as dt
import io
import itertools
import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kexie.api import front
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries import booking as queries
from kexie.foundation.access import throttle
from kexie.foundation.visitors import tokens
from kexie.kernel.codes import synthetic_resident_id
from kexie.platform.capacity.models import Reservation
from kexie.platform.tickets import token as tickets
from tests.ledger import build
from tests.museums.desk.build import BOOKED_AT, DAY, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(tmp_path, settings) -> Iterator[House]:
    settings.KEXIE_HOME = tmp_path
    queries.forget_slots()
    with time_machine.travel(BOOKED_AT, tick=False):
        yield House(build.world())
    throttle.forget()


class Api:
    """A visitor's program."""

    def __init__(self, house: House, phone: str = "13800000001") -> None:
        self.token = tokens.issue(house.visitor(phone), now=timezone.now())
        self.code = house.museum.unit.code

    def headers(self, key: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or str(uuid4())}

    def post(self, path: str, body: object, key: str = ""):
        client = Client(headers=self.headers(key))
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    def book(self, slot, *people: dict, key: str = "", **values):
        return self.post(
            f"museums/{self.code}/bookings", {"slot": str(slot.pk), "party": people, **values}, key
        )


_serial = itertools.count()


def number() -> str:
    return synthetic_resident_id(next(_serial), birth_date=dt.date(1985, 3, 1), is_male=True)


def adult(name: str = "张晓明", **values) -> dict:
    return {"name": name, "number": number(), **values}


@pytest.mark.parametrize("key", ["retry-0001", "k" * 80])
def test_a_booking_is_made_once_for_each_key(house: House, key: str) -> None:
    api, person = Api(house), adult()
    first = api.book(house.slot_on(), person, key=key)
    again = api.book(house.slot_on(), person, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    made = Reservation.objects.get()
    assert (made.code, made.state, made.day) == (first.json()["code"], "CONFIRMED", DAY)
    assert tickets.verify(first.json()["ticket"]).reservation_id == made.pk


def test_the_fast_route_answers_as_the_framework_does(house: House) -> None:
    api, person, key = Api(house), adult(), "retry-0002"
    body = {"slot": str(house.slot_on().pk), "party": [person]}
    status, answer = fast(api, body, key)
    framed = api.book(house.slot_on(), person, key=key)
    assert (status, framed.status_code) == ("201 Created", 200)
    assert answer == framed.json()


def fast(api: Api, body: object, key: str = "", **environ: str):
    """Ask the front alone; Django must not be asked."""
    said: list[str] = []
    content = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/api/v1/museums/{api.code}/bookings",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        **{f"HTTP_{n.upper().replace('-', '_')}": v for n, v in api.headers(key).items()},
        **environ,
    }
    answer = front.before(lambda *_: [b'"django"'])(environ, lambda status, _headers: said.append(status))
    return (said[0] if said else ""), json.loads(b"".join(answer))


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "evil.example"},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_LENGTH": ""},
        {"REQUEST_METHOD": "GET"},
        {"PATH_INFO": "/api/v1/museums/x/elsewhere"},
    ],
)
def test_what_is_unusual_is_left_to_the_framework(house: House, environ: dict[str, str]) -> None:
    assert fast(Api(house), {}, **environ)[1] == "django"


def test_the_fast_route_tells_what_is_wrong(house: House) -> None:
    api = Api(house)
    status, answer = fast(api, {"slot": "x", "party": [adult(extra=1)]})
    assert (status, sorted(answer["fields"])) == ("422 Unprocessable Entity", ["party.0.extra", "slot"])
    status, answer = fast(api, {}, HTTP_AUTHORIZATION="Bearer nobody")
    assert (status, answer["code"]) == ("401 Unauthorized", "unauthenticated")


def test_wrong_documents_are_told_beside_their_person(house: House) -> None:
    child = {"name": "张小小", "document": "NONE", "birth_date": "2012-02-29"}
    answer = Api(house).book(house.slot_on(), adult(), adult(number="110101199003070012"), child)
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"party.1.number": "身份证号码的校验位不符，请对照证件核对有无错字。"}


def test_children_come_with_an_adult(house: House) -> None:
    child = {"name": "张小小", "document": "NONE", "birth_date": "2016-02-29"}
    answer = Api(house).book(house.slot_on(), child)
    assert answer.json()["fields"] == {"party.0": "未满14周岁的观众须由成人陪同，请添加一位成人。"}
    assert Api(house).book(house.slot_on(), adult(), child).status_code == 201


def test_a_foreigner_books_with_a_passport(house: House) -> None:
    guest = {
        "name": "Jean-Luc O'Brien",
        "document": "PASSPORT",
        "number": "e 1234567",
        "birth_date": "1980-05-01",
    }
    assert Api(house).book(house.slot_on(), guest).status_code == 201


def test_nobody_comes_twice_on_a_day(house: House) -> None:
    person = adult()
    assert Api(house).book(house.slot_on(), person).status_code == 201
    answer = Api(house, "13800000002").book(house.slot_on(title="下午"), person)
    assert (answer.status_code, answer.json()["code"]) == (409, "booked_twice")
    assert answer.json()["fields"] == {"party.0": "此人在同一日期（或时段）已有预约。"}


def test_an_account_has_one_order_a_day(house: House) -> None:
    api = Api(house)
    assert api.book(house.slot_on(), adult()).status_code == 201
    answer = api.book(house.slot_on(title="下午"), adult())
    assert (answer.status_code, answer.json()["code"]) == (409, "over_limit")


def test_places_are_held_first_and_filled_in_later(house: House) -> None:
    api = Api(house)
    held = api.book(house.slot_on(), size=2).json()
    assert (held["state"], held["ticket"]) == ("HELD", "")
    party = {"party": [adult(), adult("李四")]}
    done = api.post(f"bookings/{held['code']}/party", party)
    assert (done.status_code, done.json()["state"]) == (200, "CONFIRMED")
    assert api.post(f"bookings/{held['code']}/party", party).json() == done.json()


def test_a_hold_that_lapsed_cannot_be_filled_in(house: House) -> None:
    api = Api(house)
    held = api.book(house.slot_on(), size=1).json()
    with time_machine.travel(dt.datetime.fromisoformat(held["held_until"]), tick=False):
        answer = api.post(f"bookings/{held['code']}/party", {"party": [adult()]})
    assert (answer.status_code, answer.json()["message"]) == (422, "名额保留时间已过，请重新选择时段。")


@pytest.mark.parametrize(
    ("moment", "status"), [("2025-06-25T03:59:59+00:00", 409), ("2025-06-25T04:00:00+00:00", 201)]
)
def test_booking_begins_at_the_second_of_release(house: House, moment: str, status: int) -> None:
    slot = house.slot_on()
    with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
        api = Api(house)
        answer = api.book(slot, adult())
    assert answer.status_code == status


def test_somebody_elses_booking_is_not_there(house: House) -> None:
    code = Api(house).book(house.slot_on(), adult()).json()["code"]
    other = Api(house, "13800000002")
    assert other.post(f"bookings/{code}/cancel", {}).status_code == 404


def test_cancelling_gives_the_places_back(house: House) -> None:
    api = Api(house)
    booked = api.book(house.slot_on(), adult(), adult("李四")).json()
    assert api.post(f"bookings/{booked['code']}/cancel", {}).json()["state"] == "CANCELLED"
    assert [pool.taken for pool in house.slot_on().offer.pools.all()] == [
        0
    ] * house.slot_on().offer.pools.count()
    assert api.book(house.slot_on(), adult()).status_code == 201


def test_moving_takes_new_places_and_gives_the_old_back(house: House) -> None:
    api = Api(house)
    booked = api.book(house.slot_on(), adult()).json()
    moved = api.post(f"bookings/{booked['code']}/move", {"slot": str(house.slot_on(title="下午").pk)})
    assert (moved.status_code, moved.json()["slot"]) == (201, str(house.slot_on(title="下午").pk))
    taken = [house.slot_on(title=title).offer.pools.get(channel="").taken for title in ("上午", "下午")]
    assert taken == [0, 1]


def test_a_key_must_be_given(house: House) -> None:
    api = Api(house)
    headers = {"Authorization": f"Bearer {api.token}"}
    body = json.dumps({"slot": str(house.slot_on().pk), "party": [adult()]})
    answer = Client(headers=headers).post(
        f"/api/v1/museums/{api.code}/bookings", body, content_type="application/json"
    )
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["Idempotency-Key"])


def test_in_waves_each_account_has_its_own_turn_wherever_it_asks(house: House) -> None:
    house.rules(wave_seconds=60)
    slot, released = house.slot_on(), dt.datetime(2025, 6, 25, 4, tzinfo=dt.UTC)
    turns = []
    for number_ in range(8):
        visitor = house.visitor(f"1380000010{number_}")
        turns.append(booking.turn_of(house.facts(), visitor.pk))
        assert booking.turn_of(house.facts(), visitor.pk) == turns[-1]
    assert all(released <= turn < released + dt.timedelta(seconds=60) for turn in turns)
    assert len(set(turns)) == 8
    for moment, status in ((turns[0] - dt.timedelta(milliseconds=1), 409), (turns[0], 201)):
        with time_machine.travel(moment, tick=False):
            assert Api(house, "13800000100").book(slot, adult()).status_code == status
