"""The desk's lists in other orders, and as Excel files in the order and with the filter they are looked at with."""

import datetime as dt

import pytest
from django.utils import timezone

from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Block, Conduct
from kexie.platform.capacity.operations import conduct, devices
from tests.museums.desk.build import BOOKED_AT, MORNING
from tests.museums.desk.test_pages import PAGES, a_block, a_group, at, client, now, statements, written

__all__ = ["client", "now"]
pytestmark = pytest.mark.django_db


def labels(response, word: str) -> list[str]:
    """The items of a list, by how they begin."""
    return [line for line in response.content.decode().replace(">", "<").split("<") if line.startswith(word)]


def a_device(house, name: str, *, pending: int = 0, seen_at: dt.datetime | None = None):
    made, _code = devices.add(
        association_id=house.museum.association_id, venue_id=house.museum.unit_id, name=name, actor=house.world.account, now=BOOKED_AT
    )  # fmt: skip
    made.pending, made.seen_at = pending, seen_at
    made.save(update_fields=["pending", "seen_at"])
    return made


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "颍淮第1小学"),
        ("made", "颍淮第2小学"),
        ("organisation", "颍淮第1小学"),
        ("nonsense", "颍淮第1小学"),
    ],
)
def test_groups_in_another_order(house, client, sort, first):
    a_group(house, 1)
    later = a_group(house, 2)
    later.made_at = BOOKED_AT + dt.timedelta(hours=1)
    later.save(update_fields=["made_at"])
    assert labels(client.get(at(house, f"groups/?sort={sort}")), "颍淮")[0] == first
    assert written(client.get(at(house, f"groups/export.xlsx?sort={sort}")))[1][2] == first


def test_blocks_in_the_order_they_end_and_as_a_file(house, client):
    for number, days in ((1, 9), (2, 3)):
        one = a_block(house, number)
        Block.objects.filter(pk=one.pk).update(until=MORNING + dt.timedelta(days=days), since=BOOKED_AT)
    (head, first, second) = written(client.get(at(house, "visitors/export.xlsx?sort=until")))
    assert head[:2] == ("限制对象", "原因")
    assert first[3] < second[3]
    assert [row[0] for row in (first, second)] == ["138****0202", "138****0201"]
    assert Entry.objects.get(action="museums.export").detail["query"] == "sort=until"
    conduct.lift(block_id=Block.objects.first().pk, reason="误记", actor=None, now=MORNING)
    assert len(written(client.get(at(house, "visitors/export.xlsx?show=over")))) == 2


def test_no_shows_as_a_file_in_the_order_asked_for(house, client):
    for number in (1, 2):
        a_block(house, number)
    Conduct.objects.filter(subject__endswith=house.visitor("13800000202").pk.hex).update(
        at=BOOKED_AT - dt.timedelta(days=1)
    )
    latest = [row[2] for row in written(client.get(at(house, "visitors/conduct.xlsx")))[1:]]
    oldest = [row[2] for row in written(client.get(at(house, "visitors/conduct.xlsx?sort=oldest")))[1:]]
    assert latest == ["138****0201", "138****0202"] == oldest[::-1]
    assert len(written(client.get(at(house, "visitors/conduct.xlsx?standing=forgiven")))) == 1


def test_scanners_that_have_something_to_send_come_first(house, client):
    a_device(house, "1号门手机")
    a_device(house, "2号门手机", pending=3, seen_at=MORNING)
    rows = written(client.get(at(house, "devices/export.xlsx?sort=pending")))
    assert [(row[0], row[3], row[4]) for row in rows[1:]] == [
        ("2号门手机", timezone.localtime(MORNING).replace(tzinfo=None), 3),
        ("1号门手机", None, 0),
    ]
    assert labels(client.get(at(house, "devices/?sort=seen")), "1号门手机")
    assert labels(client.get(at(house, "devices/?sort=pending")), "2号门手机")


@pytest.mark.parametrize("path", [*PAGES[3:4], *PAGES[5:], "devices/"])
@pytest.mark.parametrize("sort", ["made", "size", "until", "oldest", "pending"])
def test_an_order_costs_no_more_statements(house, client, path, sort):
    plain = statements(client, at(house, path))
    assert statements(client, at(house, f"{path}?sort={sort}")) == plain
