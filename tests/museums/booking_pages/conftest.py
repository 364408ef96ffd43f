"""A museum with slots for two weeks, visitors, and people to come along."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest
import time_machine

from kexie.contexts.museums.operations import booking, groups
from kexie.contexts.museums.queries.booking import SlotFacts, forget_slots, slot_facts
from kexie.contexts.museums.web.public import availability
from kexie.foundation.visitors import details, tokens
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors.details import Person
from kexie.foundation.visitors.models import Visitor
from kexie.kernel import codes
from kexie.kernel.scope import Scope
from kexie.platform.capacity import memory
from kexie.platform.capacity.models import Reservation
from tests.ledger import build
from tests.museums.opening.build import NOW, SATURDAY, TODAY, Place

__all__ = ["NOW", "SATURDAY", "TODAY", "House", "adult", "child", "open_house", "resident", "signed_in"]
_serial = itertools.count(1)


def resident(born: dt.date, serial: int = 0) -> str:
    """A resident number that passes its checks, of somebody born on a day."""
    first = f"341202{born:%Y%m%d}{serial or next(_serial):03}"
    return first + codes.resident_check(first)


def adult(name="张三", born=dt.date(1988, 5, 1)) -> Person:
    return details.check(name=name, document="RESIDENT_ID", number=resident(born), today=TODAY)


def child(name="张小丽", born=dt.date(2018, 6, 1)) -> Person:
    return details.check(name=name, document="NONE", number="", birth_date=born, today=TODAY)


@dataclass
class House(Place):
    """The open museum of the slots' tests, and who books there."""

    @property
    def code(self) -> str:
        return self.museum.unit.code

    @property
    def path(self) -> str:
        return f"/museums/{self.code}/"

    @cached_property
    def visitor(self) -> Visitor:
        return self.someone("13800000001")

    def someone(self, phone: str) -> Visitor:
        return visitors.ensure(association=self.museum.association, phone=phone, now=NOW)

    def facts(self, slot) -> SlotFacts:
        forget_slots()
        return slot_facts(slot.pk, Scope(association_id=slot.association_id))

    def wanted(self, slot, *party: Person, visitor: Visitor | None = None, key="") -> booking.Wanted:
        return booking.Wanted(
            slot=self.facts(slot), key=key or f"k-{next(_serial)}", party=party,
            visitor_id=(visitor or self.visitor).pk,
        )  # fmt: skip

    def booked(self, slot, *party: Person, visitor: Visitor | None = None, now=NOW) -> Reservation:
        made = booking.book(self.wanted(slot, *(party or (adult(),)), visitor=visitor), now=now)
        return Reservation.objects.get(pk=made.id)

    def asked(self, slot, **values) -> groups.Asked:
        return groups.Asked(**{
            "slot": self.facts(slot), "visitor_id": self.visitor.pk, "key": f"g-{next(_serial)}",
            "kind": "SCHOOL", "organisation": "清河路小学", "leader_name": "王老师",
            "leader_phone": "13800000001", "leaders": 2, "size": 20, **values,
        })  # fmt: skip

    @staticmethod
    def roster(size=20, leaders=2) -> list[Person]:
        """So many people, the leaders first."""
        grown = [adult(f"带队{'甲乙丙丁'[n]}") for n in range(leaders)]
        return [*grown, *(pupil(n) for n in range(size - leaders))]


def pupil(number: int) -> Person:
    name = "学生" + "一二三四五六七八九十"[number % 10] + "甲乙丙丁戊己庚辛壬癸"[number // 10 % 10]
    return details.check(name=name, document="RESIDENT_ID", number=resident(dt.date(2014, 3, 1)), today=TODAY)


def signed_in(client, visitor: Visitor):
    """The client with the visitor's cookie."""
    client.cookies["kexie_visitor"] = tokens.issue(visitor, now=NOW)
    return client


def forget() -> None:
    """Forget what this process remembers of slots and places."""
    forget_slots()
    memory.forget()
    availability.forget()


def open_house() -> Iterator[House]:
    """The house in the frozen time of the tests, with a morning and an afternoon slot on its open days."""
    forget()
    made = House(build.world())
    with time_machine.travel(NOW, tick=False):
        made.pattern()
        made.pattern(name="下午", start=13, end=16)
        yield made
    forget()


@pytest.fixture
def house(db):
    yield from open_house()
