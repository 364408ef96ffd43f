import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.platform import crypto
from kexie.platform.tickets import token
from kexie.platform.tickets.token import Flags, Forged, NotATicket, Ticket

VENUE = uuid.UUID("018f0000-0000-7000-8000-000000000001")
START = dt.datetime(2026, 11, 28, 1, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.KEXIE_HOME = tmp_path


def a_ticket(**changes) -> Ticket:
    return Ticket(
        **{
            "reservation_id": uuid.UUID(int=7),
            "venue_tag": token.tag_of(VENUE),
            "starts_at": START,
            "ends_at": START + dt.timedelta(hours=2),
            "size": 5,
            "flags": Flags.MINORS,
            **changes,
        }
    )


def test_a_ticket_says_again_what_was_written():
    assert token.verify(token.encode(a_ticket())) == a_ticket()


def test_issuing_twice_gives_the_same_text_of_a_qr_codes_letters():
    given_ = {"reservation_id": uuid.UUID(int=7), "venue_id": VENUE, "starts_at": START, "size": 5}
    text = token.issue(**given_, ends_at=START + dt.timedelta(hours=2))
    assert text == token.issue(**given_, ends_at=START + dt.timedelta(hours=2))
    assert len(text) == 155
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567.1KX")


def test_a_ticket_knows_its_venue():
    assert a_ticket().is_for(VENUE)
    assert not a_ticket().is_for(uuid.UUID(int=1))


def test_small_letters_full_width_and_spaces_are_read():
    text = token.encode(a_ticket())
    assert token.verify(f" {text[:40].lower()}\n{text[40:].replace('.', '．')} ") == a_ticket()


@pytest.mark.parametrize("text", ["", "KX1.", "KX2.AAAA", "hello", "KX1.9189", "预约", "KX1." + "A" * 151])
def test_what_is_no_ticket_is_refused(text):
    with pytest.raises(NotATicket):
        token.decode(text)


@given(position=st.integers(4, 150), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_changed_letter_is_found(position, letter):
    text = token.encode(a_ticket())
    changed = text[:position] + letter + text[position + 1 :]
    if changed != text:
        with pytest.raises(NotATicket):
            token.verify(changed)


def test_a_ticket_of_another_installation_is_forged(tmp_path, settings):
    text = token.encode(a_ticket())
    settings.KEXIE_HOME = tmp_path / "other"
    with pytest.raises(Forged):
        token.verify(text)


def test_tickets_under_an_older_key_stay_valid_and_the_gates_know_both_keys():
    text = token.encode(a_ticket())
    crypto.rotate("signing")
    assert token.verify(text) == a_ticket()
    assert sorted(crypto.public_keys()) == [1, 2]
    assert crypto.public_keys()[2] == crypto.public_key()


@pytest.mark.parametrize("changes", [{"size": 0}, {"size": 256}, {"ends_at": START}])
def test_impossible_tickets_are_not_made(changes):
    with pytest.raises(ValueError, match="255 people"):
        token.encode(a_ticket(**changes))
