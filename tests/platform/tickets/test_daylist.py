import datetime as dt
import secrets
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.platform import crypto
from kexie.platform.tickets import daylist
from kexie.platform.tickets.daylist import Head, Person, Row, State

DAY = dt.date(2026, 11, 28)
KEY = bytes(range(32))
CODES = st.text("23456789abcdefghjkmnpqrstuvwxyz", min_size=1, max_size=8)
NAMES = st.text("张王李*小丽𠮷Ann ", min_size=1, max_size=6).map(str.strip)
PEOPLE = st.lists(st.builds(Person, NAMES, st.binary(min_size=3, max_size=3)), max_size=6).map(tuple)
BYTES, SHORTS = st.integers(0, 255), st.integers(0, 65535)
ROWS = st.builds(
    Row, st.uuids(), CODES, SHORTS, BYTES, st.sampled_from(State), BYTES, BYTES, BYTES, SHORTS, BYTES, PEOPLE
)


def head(**changes) -> Head:
    return Head(
        **{
            "venue_tag": b"abcd",
            "day": DAY,
            "cursor": "2026-11-28T01:00:00Z",
            "is_full": True,
            "slots": [(60, 150, 180)],
            "gates": ["1号门"],
            "tail_key": b"k" * 16,
            "settings": {"cap": 800},
            **changes,
        }
    )


@given(st.lists(ROWS, max_size=20, unique_by=lambda row: row.id))
def test_what_is_packed_is_unpacked_in_order_of_ids(rows):
    header, found = daylist.unpack(daylist.pack(head(), rows))
    assert found == sorted(rows, key=lambda row: row.id)
    assert header["rows"] == len(rows)
    assert header["cap"] == 800


def test_a_list_opens_with_its_device_s_key_only(tmp_path, settings):
    settings.KEXIE_HOME = tmp_path
    packed = daylist.pack(head(), [])
    sealed = daylist.seal(packed, key=KEY)
    assert daylist.open_sealed(sealed, key=KEY) == packed
    for altered in (sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(crypto.Unreadable):
            daylist.open_sealed(altered, key=KEY)
    with pytest.raises(crypto.Unreadable):
        daylist.open_sealed(sealed, key=secrets.token_bytes(32))


def test_a_list_signed_by_another_installation_is_refused(tmp_path, settings):
    settings.KEXIE_HOME = tmp_path / "other"
    sealed = daylist.seal(daylist.pack(head(), []), key=KEY)
    settings.KEXIE_HOME = tmp_path / "ours"
    with pytest.raises(crypto.Unreadable):
        daylist.open_sealed(sealed, key=KEY)


def test_the_end_of_a_number_is_found_whatever_its_case_and_says_nothing_without_the_key():
    assert daylist.tail_of("34129920100229123x", KEY) == daylist.tail_of("29123X", KEY)
    assert daylist.tail_of("29123X", KEY) != daylist.tail_of("29123X", bytes(32))


def test_a_quarter_million_tickets_stay_below_ten_megabytes():
    """A tenth of it, all of it different: the whole is ten times as large at most."""
    rows = [
        Row(
            uuid.uuid4(),
            secrets.token_hex(4),
            n % 20,
            1,
            State.CONFIRMED,
            people=(Person("张*" + "三四五六"[n % 4], secrets.token_bytes(3)),),
        )
        for n in range(25_000)
    ]
    assert len(daylist.pack(head(), rows)) < 1_000_000
