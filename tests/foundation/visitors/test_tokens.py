"""Tokens: ours, until they expire or are ended, and nothing else."""

import base64
import datetime as dt

import pytest

from kexie.foundation.visitors import operations, queries, tokens
from kexie.foundation.visitors.models import Visitor
from tests.foundation.conftest import NOW

LATER = NOW + dt.timedelta(days=89)


@pytest.fixture
def visitor(city) -> Visitor:
    return operations.ensure(association=city.association, phone="13800138000", now=NOW)


def test_a_token_says_who_signed_in_without_asking_the_database(visitor, django_assert_num_queries) -> None:
    token = tokens.issue(visitor, now=NOW)
    with django_assert_num_queries(0):
        said = tokens.verify(token, now=LATER)
    assert said == tokens.Token(visitor.pk, visitor.association_id, 1, NOW + dt.timedelta(days=90))


def test_a_token_ends_after_90_days(visitor) -> None:
    token = tokens.issue(visitor, now=NOW)
    assert tokens.verify(token, now=NOW + dt.timedelta(days=90)) is None


def test_every_altered_byte_is_noticed(visitor) -> None:
    token = tokens.issue(visitor, now=NOW)
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for place in range(len(data)):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert tokens.verify(base64.urlsafe_b64encode(altered).decode(), now=NOW) is None


@pytest.mark.parametrize("text", ["", "x", "a" * 300, "预约", "a.b.c", "=" * 8, "\0"])
def test_what_is_no_token_is_refused(text, db) -> None:
    assert tokens.verify(text, now=NOW) is None


def test_one_query_tells_whether_it_was_ended(visitor, django_assert_num_queries) -> None:
    token = tokens.issue(visitor, now=NOW)
    with django_assert_num_queries(1):
        found = queries.by_token(token, now=LATER)
        assert found is not None
        assert found.association.pk == visitor.association_id
    Visitor.objects.filter(pk=visitor.pk).update(epoch=2)
    assert queries.by_token(token, now=LATER) is None


def test_a_number_is_one_visitor_however_it_is_typed(city) -> None:
    typed = (
        "13800138000",
        "+86 138-0013-8000",
        "（+86）１３８００１３８０００",
        "008613800138000",
        "86 13800138000",
    )
    found = {operations.ensure(association=city.association, phone=text, now=NOW).pk for text in typed}
    assert len(found) == 1
    visitor = Visitor.objects.get()
    assert (visitor.phone_number, visitor.masked_phone) == ("13800138000", "138****8000")
    assert b"13800138000" not in bytes(visitor.phone)
