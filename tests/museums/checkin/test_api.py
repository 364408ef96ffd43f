"""What scanners ask: pairing, the day's list, notes, look-ups; and what they are told when something is wrong."""

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kexie.contexts.museums.models import BookingRules
from kexie.foundation.access import clients
from kexie.kernel.ids import uuid7
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Passage, Reservation
from kexie.platform.capacity.operations import devices
from kexie.platform.tickets import daylist
from tests.museums.checkin import build
from tests.museums.checkin.build import Gate, get, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(tmp_path, settings) -> Iterator[Gate]:
    settings.KEXIE_HOME = tmp_path
    with time_machine.travel(dt.datetime(2026, 11, 28, 2, 0, tzinfo=dt.UTC), tick=False):
        yield Gate(starts_at=timezone.now() - dt.timedelta(minutes=5))


def line(made: Reservation | None = None, **options) -> dict[str, object]:
    now = int(timezone.now().timestamp() * 1000)
    return {
        "id": str(uuid7()), "seq": 1, "at": now, "direction": "IN", "kind": "TICKET" if made else "WALK_IN",
        "count": 1, "verdict": "COUNTED", "reservation": str(made.pk) if made else None, "reason": "", **options,
    }  # fmt: skip


def batch(*lines, **options) -> dict[str, object]:
    return {"sent_at": int(timezone.now().timestamp() * 1000), "pending": 0, "notes": lines, **options}


def read_list(paired: devices.Paired, query: str = ""):
    response = get(f"list{query}", token=paired.token)
    assert response.status_code == 200
    return daylist.unpack(daylist.open_sealed(response.content, key=paired.key))


def test_a_phone_pairs_with_the_code_from_the_desk_once(gate):
    device, code = gate.device()
    told = post("pair", {"code": code}).json()
    assert (told["device"], told["museum"]) == (str(device.pk), gate.museum.name)
    assert len(base64.b64decode(told["key"])) == 32
    assert list(told["keys"]) == ["1"]
    again = post("pair", {"code": code})
    assert (again.status_code, again.json()["code"]) == (422, "refused")


def test_the_list_is_for_this_device_alone_and_masks_names(gate):
    party = [build.person(name) for name in build.NAMES[:3]]
    made = build.booking(gate.offer, *party)
    paired, other = gate.paired(), gate.paired("2号门手机")
    head, rows = read_list(paired)
    (row,) = rows
    assert (row.id, row.code, row.size, row.entered) == (made.pk, made.code, 3, 0)
    assert [one.name for one in row.people] == ["张*三", "李*", "王*"]
    key = bytes.fromhex(head["tailKey"])
    assert [one.tail for one in row.people] == [daylist.tail_of(one.number, key) for one in party]
    response = get("list", token=paired.token)
    assert response["Cache-Control"] == "no-store"
    with pytest.raises(Exception, match="not for this key"):
        daylist.open_sealed(response.content, key=other.key)


def test_changes_since_a_list_are_what_was_booked_cancelled_or_entered(gate):
    old = build.booking(gate.offer, build.person("张三"))
    gone = build.booking(gate.offer, build.person("李四"))
    paired = gate.paired()
    # Long before: whatever was made within half a minute is told again, in case it was committed late.
    Reservation.objects.update(made_at=gate.offer.opens_at)
    head, rows = read_list(paired)
    assert len(rows) == 2
    since = f"?since={(timezone.now() + dt.timedelta(seconds=30)).isoformat().replace('+', '%2B')}"
    assert read_list(paired, since)[1] == []
    soon = timezone.now() + dt.timedelta(seconds=5)
    gone.state, gone.ended_at = "CANCELLED", soon
    gone.save()
    new = build.booking(gate.offer, build.person("王五"), made_at=soon)
    assert post("notes", batch(line(old)), token=paired.token).status_code == 200
    head, changes = read_list(paired, f"?since={head['cursor'].replace('+', '%2B')}")
    assert {(row.id, row.state.name, row.entered) for row in changes} == {
        (old.pk, "CONFIRMED", 1),
        (gone.pk, "CANCELLED", 0),
        (new.pk, "CONFIRMED", 0),
    }
    assert head["full"] is False
    assert head["tally"] == {"entered": 1, "left": 0, "walkIns": 0}


@pytest.mark.parametrize(("since", "early"), [(28, 10), (29, 30)])
def test_how_early_one_may_come_in_is_the_rule_of_the_day(gate, since, early):
    BookingRules.objects.create(
        association=gate.museum.association, museum=gate.museum, valid_from=dt.date(2026, 11, since),
        early_minutes=10, made_at=timezone.now(),
    )  # fmt: skip
    head, _rows = read_list(gate.paired())
    assert head["early"] == early


def test_notes_are_counted_once_and_answered_with_the_count(gate):
    made, paired = build.booking(gate.offer, build.person("张三"), build.person("李四")), gate.paired()
    sent = batch(line(made, count=2), line(count=3, kind="CHILD"), gate="西门", pending=7)
    first, second = (post("notes", sent, token=paired.token).json() for _turn in range(2))
    assert first["tally"] == second["tally"] == {"entered": 5, "left": 0, "walkIns": 3}
    assert first["accepted"] == [one["id"] for one in sent["notes"]]
    made.refresh_from_db()
    assert made.admitted == 2
    paired.device.refresh_from_db()
    assert (paired.device.gate, paired.device.pending) == ("西门", 7)


def test_two_tabs_of_one_phone_count_each_note_once(gate):
    """Both read the same store: what one has sent, and not yet marked as sent, the other sends too."""
    one, two = (build.booking(gate.offer, build.person(name)) for name in ("张三", "李四"))
    paired = gate.paired()
    first, second, third = line(one, seq=1), line(two, seq=2), line(count=2, kind="CHILD", seq=3)
    post("notes", batch(first, second), token=paired.token)
    told = post("notes", batch(second, third), token=paired.token).json()
    again = post("notes", batch(first, second, third), token=paired.token).json()
    assert told["accepted"] == [second["id"], third["id"]]
    assert told["tally"] == again["tally"] == {"entered": 4, "left": 0, "walkIns": 2}
    assert (again["doubles"], Passage.objects.count()) == ([], 3)


def test_two_gates_that_could_not_know_are_told_of_the_double(gate):
    made, one, two = build.booking(gate.offer, build.person("张三")), gate.paired(), gate.paired("2号门手机")
    now = int(timezone.now().timestamp() * 1000)
    post("notes", batch(line(made, at=now - 60_000), gate="1号门"), token=one.token)
    later = line(made, at=now - 30_000)
    assert post("notes", batch(later, gate="2号门"), token=two.token).json()["doubles"] == [later["id"]]
    since = f"?since={timezone.now().isoformat().replace('+', '%2B')}"
    for paired in (one, two):
        (double,) = read_list(paired, since)[0]["doubles"]
        assert (double["code"], double["gate"], double["first"]["gate"]) == (made.code, "2号门", "1号门")


@pytest.mark.parametrize(
    "broken",
    [
        {"count": 0}, {"count": "many"}, {"kind": "DOG"}, {"direction": "UP"}, {"id": "7"}, {"at": 10**30},
        {"verdict": "OVERRIDE", "reason": " "}, {"verdict": "DOUBLE"}, {"reservation": "x"}, {"seq": None},
    ],
    ids=str,
)  # fmt: skip
def test_one_bad_line_never_holds_up_the_others(gate, broken):
    paired, bad, good = gate.paired(), line(**broken), line()
    told = post("notes", batch(bad, good), token=paired.token).json()
    assert list(told["rejected"]) == [bad["id"]]
    assert told["accepted"] == [good["id"]]
    assert Passage.objects.count() == 1


@pytest.mark.parametrize("body", ["[]", "{", '{"notes": 7}', "{}", '{"sent_at": "soon"}'])
def test_a_body_without_sense_is_said_to_be_one(gate, body):
    headers = {"Authorization": f"Bearer {gate.paired().token}"}
    response = build.Client().post(
        "/checkin/api/notes", body, content_type="application/json", headers=headers
    )
    assert (response.status_code, response.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize("address", ["notes", "find"])
def test_strangers_are_told_to_pair(gate, address, token):
    response = post(address, {}, token=token)
    assert (response.status_code, response.json()["code"]) == (401, "unknown")


def test_a_lost_phone_is_told_to_empty_itself(gate):
    paired = gate.paired()
    devices.revoke(device=paired.device, reason="手机丢失", actor=gate.staff, now=timezone.now())
    for response in (post("notes", batch(), token=paired.token), get("list", token=paired.token)):
        assert (response.status_code, response.json()["code"]) == (401, "revoked")


def test_a_whole_number_finds_its_party_and_the_look_up_is_written_down_without_it(gate):
    found, paired = build.person("张小三"), gate.paired()
    made = build.booking(gate.offer, build.person("李四"), found)
    build.booking(gate.offer, build.person("王五"))
    response = post("find", {"number": found.number.lower()}, token=paired.token)
    _head, rows = daylist.unpack(daylist.open_sealed(response.content, key=paired.key))
    assert [row.id for row in rows] == [made.pk]
    entry = Entry.objects.get(action="museums.find_at_gate")
    assert (entry.detail, found.number in str(entry.__dict__)) == ({"found": 1}, False)
    nobody = post("find", {"number": "341299199001019999"}, token=paired.token)
    assert daylist.unpack(daylist.open_sealed(nobody.content, key=paired.key))[1] == []


def test_a_list_of_many_takes_no_more_queries(gate, django_assert_num_queries):
    paired = gate.paired()
    for count in (1, 3):
        for _n in range(count):
            build.booking(gate.offer, build.person("张三"))
        with django_assert_num_queries(9):
            read_list(paired)


def test_whoever_was_barred_by_hand_is_not_let_in_but_no_shows_only_cannot_book(gate):
    from kexie.platform.capacity.models import Block

    barred, absent, paired = build.person("张三"), build.person("李四"), gate.paired()
    rows = {
        build.booking(gate.offer, barred).pk: "BLOCKED",
        build.booking(gate.offer, absent).pk: "CONFIRMED",
    }
    for one, by in ((barred, uuid.uuid4()), (absent, None)):
        Block.objects.create(
            association_id=gate.museum.association_id, venue_id=gate.offer.venue_id, subject=one.digest, reason="…",
            since=timezone.now() - dt.timedelta(days=1), until=timezone.now() + dt.timedelta(days=9), made_by_id=by,
        )  # fmt: skip
    assert {row.id: row.state.name for row in read_list(paired)[1]} == rows


class Partner:
    """A turnstile of another maker, that speaks the documented API."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})

    def post(self, path: str, body: object):
        return self.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    def get(self, path: str):
        return self.client.get(f"/api/v1/{path}")


def test_a_partner_s_gate_does_the_same_through_the_documented_api(gate):
    party = [build.person("张三"), build.person("李四")]
    made = build.booking(gate.offer, *party)
    _client, token = clients.create(
        association=gate.world.association, unit=gate.world.museum, name="闸机", scopes=("checkin",), actor=None,
        now=timezone.now(),
    )  # fmt: skip
    partner = Partner(token)
    code = gate.museum.unit.code
    added = partner.post(f"museums/{code}/gates", {"name": "东门闸机"})
    assert added.status_code == 201
    told = Partner().post("gates/pair", {"code": added.json()["code"]}).json()
    machine, key = Partner(told["token"]), base64.b64decode(told["key"])

    def rows(response):
        return daylist.unpack(daylist.open_sealed(response.content, key=key))

    head, (row,) = rows(machine.get("gates/list"))
    assert (row.id, row.entered) == (made.pk, 0)
    taken = machine.post("gates/notes", batch(line(made, count=2), line(seq=2**70)))
    assert (len(taken.json()["accepted"]), list(taken.json()["rejected"].values())) == (1, ["seq"])
    assert taken.json()["tally"] == {"entered": 2, "left": 0, "walkIns": 0}
    _head, (row,) = rows(machine.get(f"gates/list?since={head['cursor']}"))
    assert row.entered == 2
    _head, (row,) = rows(machine.post("gates/find", {"number": party[1].number}))
    assert row.id == made.pk


def test_who_may_not_is_told_so_by_the_documented_api(gate):
    _client, reader = clients.create(
        association=gate.world.association, unit=gate.world.museum, name="读者", scopes=("museums:read",),
        actor=None, now=timezone.now(),
    )  # fmt: skip
    code = gate.museum.unit.code
    assert Partner(reader).post(f"museums/{code}/gates", {"name": "东门"}).status_code == 403
    assert Partner(reader).get("gates/list").status_code == 403
    assert Partner().get("gates/list").status_code == 401
    assert Partner().post("gates/pair", {"code": "AAAA-AAAA"}).status_code == 422
    paired = gate.paired()
    devices.revoke(device=paired.device, reason="手机丢失", actor=gate.staff, now=timezone.now())
    assert Partner(paired.token).get("gates/list").status_code == 401
