"""What notices say, in both languages, and who may read it."""

import datetime as dt
import uuid

import pytest
from django.utils import translation

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations, queries, wording
from kexie.platform.notify.recipients import Recipient
from tests.platform.notify.conftest import ASSOCIATION, BOOKED, NOW, send

VISITOR = Recipient(visitor_id=uuid.UUID(int=7))


def test_a_confirmation_in_both_languages() -> None:
    assert wording.render("booking.confirmed", BOOKED) == {
        "zh-hans": (
            "预约成功",
            "您已预约阜阳市科技馆3月7日（周六）9:00–11:00，共5人，预约号k7m2。请按时凭二维码入馆；不能来请提前取消。",
        ),
        "en": (
            "Booked",
            (
                "You have booked 阜阳市科技馆, Sat 7 Mar, 9:00–11:00 for 5: booking k7m2."
                " Come on time with the QR code; if you cannot, cancel beforehand."
            ),
        ),
    }


def test_moments_are_written_in_the_time_of_the_place() -> None:
    values = {**BOOKED, "until": dt.datetime(2026, 3, 6, 16, 30, tzinfo=dt.UTC)}
    (_title, text) = wording.render("wish.offered", values)["zh-hans"]
    assert "保留到3月7日（周六）00:30，" in text


def test_a_value_that_ends_the_sentence_itself_ends_it_once() -> None:
    assert wording.render("appeal.decided", {"museum": "馆", "outcome": "恢复预约。"})["zh-hans"] == (
        "申诉结果",
        "您对馆暂停预约的申诉已有结果：恢复预约。",
    )


def test_too_few_values_and_unknown_templates_are_a_programmes_error() -> None:
    with pytest.raises(wording.ValuesMissing, match="code needs code, minutes, site"):
        wording.render("code", {})
    with pytest.raises(wording.ValuesMissing, match="'nothing'"):
        wording.render("nothing", {})


@pytest.mark.parametrize("key", wording.TEMPLATES)
def test_every_template_is_short_enough_for_two_messages(key) -> None:
    assert len(str(wording.TEMPLATES[key].text)) <= 140


@pytest.mark.parametrize(
    "given", [{}, {"phone": "1", "visitor_id": uuid.UUID(int=1)}, {"visitor_id": uuid.UUID(int=1), "account_id": uuid.UUID(int=2)}]
)  # fmt: skip
def test_a_recipient_is_one(given) -> None:
    with pytest.raises(ValueError, match="a recipient"):
        Recipient(**given)


@pytest.mark.django_db
def test_an_inbox_is_read_in_the_readers_language_and_by_nobody_else() -> None:
    send(to=VISITOR, template="booking.confirmed", href="/my/bookings/")
    send(to=Recipient(visitor_id=uuid.UUID(int=8)), template="booking.confirmed")
    (notice,) = queries.inbox(association_id=ASSOCIATION, to=VISITOR)
    with translation.override("en"):
        letter = queries.letter(notice)
    assert (letter.title, letter.href, letter.is_new) == ("Booked", "/my/bookings/", True)
    assert queries.inbox(association_id=uuid.UUID(int=1), to=VISITOR).count() == 0


@pytest.mark.django_db
def test_reading_and_erasing() -> None:
    send(to=VISITOR, template="booking.confirmed")
    own = {"association_id": ASSOCIATION, "to": VISITOR}
    assert queries.unread(**own) == 1
    assert [operations.mark_read(**own, now=NOW), operations.mark_read(**own, now=NOW)] == [1, 0]
    assert (queries.unread(**own), operations.erase(**own), operations.erase(**own)) == (0, 1, 0)


@pytest.mark.django_db
def test_staff_see_states_of_their_association_alone() -> None:
    notice = send(to=VISITOR, template="booking.confirmed")
    whole, other = Scope(association_id=ASSOCIATION), Scope(association_id=uuid.UUID(int=1))
    part = Scope(association_id=ASSOCIATION, unit_paths=("a/",))
    assert [queries.notices(scope).count() for scope in (whole, other, part)] == [1, 0, 0]
    found = queries.notices(whole, state="SENT", template="booking.confirmed", since=NOW, until=NOW)
    assert list(found) == []
    assert {"sealed", "phone"} <= queries.get(whole, notice.pk).get_deferred_fields()
    with pytest.raises(NotFound):
        queries.get(other, notice.pk)
