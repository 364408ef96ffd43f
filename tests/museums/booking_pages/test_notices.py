"""What visitors are told: through the real outbox, into their inbox."""

import datetime as dt

import pytest

from kexie.contexts.museums.operations import booking, groups
from kexie.foundation.visitors.models import Visitor
from kexie.platform.capacity.models import Pool
from kexie.platform.capacity.operations import bookings, conduct
from kexie.platform.notify import queries as notices
from kexie.platform.notify.recipients import Recipient
from kexie.platform.outbox import operations as outbox
from tests.museums.booking_pages.conftest import NOW, SATURDAY


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


def inbox(visitor: Visitor) -> list[tuple[str, str]]:
    """Title and text of every notice, by title, once the outbox is empty."""
    while outbox.drain(now=NOW + dt.timedelta(minutes=1)):
        pass
    found = notices.inbox(association_id=visitor.association_id, to=Recipient(visitor_id=visitor.pk))
    return sorted((one.title, one.text) for one in map(notices.letter, found))


def test_a_booking_is_confirmed_and_its_cancelling_too(house, slot):
    one = house.booked(slot)
    booking.cancel(reservation=one, actor=house.visitor, now=NOW)
    found = dict(inbox(house.visitor))
    assert set(found) == {"预约成功", "预约已取消"}
    assert f"7月5日（周六）9:00–12:00，共1人，预约号{one.code}。" in found["预约成功"]


def test_holds_and_moves_are_not_told_twice(house, slot):
    held = booking.hold(
        booking.Wanted(slot=house.facts(slot), key="h", visitor_id=house.visitor.pk, size=1), now=NOW
    )
    assert inbox(house.visitor) == []
    bookings.cancel(reservation_ids=[held.id], reason="VISITOR", actor=None, now=NOW)
    one = house.booked(slot)
    other = house.facts(house.slots(offer__day=SATURDAY)[1])
    booking.move(reservation=one, slot=other, key="m", actor=None, now=NOW)
    assert [title for title, _text in inbox(house.visitor)] == ["预约成功"] * 2


def test_who_waited_is_told_of_places_and_of_the_end(house, slot):
    Pool.objects.filter(offer=slot.offer_id, channel="").update(capacity=1, wanted=1)
    first = house.booked(slot)
    second = house.someone("13800000002")
    booking.wait(slots=[house.facts(slot)], size=1, key="w", visitor_id=second.pk, actor=None, now=NOW)
    booking.cancel(reservation=first, actor=None, now=NOW)
    [(title, text)] = inbox(second)
    assert title == "候补到位"
    assert "有1个名额为您保留到7月1日（周二）10:30" in text
    for hours in (1, 3):  # let go twice
        bookings.expire(now=NOW + dt.timedelta(hours=hours))
    assert "候补结束" in [title for title, _text in inbox(second)]


def test_a_group_is_told_what_became_of_it(house, slot):
    def asked(**values):
        group = groups.request(asked=house.asked(slot, **values), actor=None, now=NOW)
        return groups.submit_roster(group=group, party=house.roster(), actor=None, now=NOW)

    groups.approve(group=asked(), actor=house.actor, now=NOW)
    until = NOW + dt.timedelta(days=1)
    second = groups.ask(group=asked(), what="介绍信", until=until, actor=house.actor, now=NOW)
    groups.refuse(group=second, reason="当天检修", actor=house.actor, now=NOW)
    titles = {title for title, _text in inbox(house.visitor)}
    assert titles == {"团队预约未通过", "团队预约通过", "团队预约须补充材料"}


def test_a_group_without_roster_in_time_is_called_off_and_told(house, slot):
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    bookings.expire(now=NOW + dt.timedelta(days=3))
    [(title, text)] = inbox(house.visitor)
    group.refresh_from_db()
    assert (group.state, title) == ("CANCELLED", "团队预约未通过")
    assert "未在期限内提交名单" in text


def test_the_answer_to_an_appeal_is_told(house):
    block = conduct.make_block(
        association_id=house.museum.association_id, venue_id=house.museum.unit_id, subject="s",
        holder_id=house.visitor.pk, until=NOW + dt.timedelta(days=30), reason="爽约达到3次", actor=None, now=NOW,
    )  # fmt: skip
    conduct.appeal(block_id=block.pk, text=b"x", actor=None, now=NOW)
    conduct.answer(block_id=block.pk, grants=True, text="情况属实", actor=house.actor, now=NOW)
    [(title, text)] = inbox(house.visitor)
    assert title == "申诉结果"
    assert "申诉成立，情况属实" in text
