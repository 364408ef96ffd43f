"""Events that failed too often: seen by the system administrator, tried again, or given up with a reason."""

import datetime as dt
import io
import uuid

import pytest
from openpyxl import load_workbook

from kexie.platform.audit.models import Entry
from kexie.platform.outbox.models import Event, Handover
from tests.foundation.access.test_pages import enter
from tests.foundation.conftest import NOW, build_city, make_account

pytestmark = pytest.mark.django_db
URL = "/work/parked/"


@pytest.fixture
def city():
    return build_city()


@pytest.fixture
def system(client, city):
    enter(client, make_account(city, "SYSTEM_ADMINISTRATOR"))
    return client


def park(association_id, *, consumer="museums.notices", kind="wish.offered", parked_at=NOW, error="缺少字段"):
    event = Event.objects.create(
        association_id=association_id, kind=kind, subject_id=uuid.uuid4(), at=NOW, handed_at=NOW
    )
    return Handover.objects.create(
        association_id=association_id, consumer=consumer, event=event, due_at=NOW, attempts=8,
        error=f"ValueError: {error}", parked_at=parked_at,
    )  # fmt: skip


def test_what_is_parked_is_listed_filtered_and_empty_lists_say_so(city, system):
    assert "没有搁置的事件" in system.get(URL).text
    park(city.association.pk)
    park(uuid.uuid4(), consumer="elsewhere")
    park(city.association.pk, consumer="webhooks", kind="slot.changed", parked_at=None)
    page = system.get(URL).text
    assert ("候补有了名额，待确认" in page, "ValueError: 缺少字段" in page, "elsewhere" in page) == (
        True,
        True,
        False,
    )
    assert "没有符合的事件" in system.get(f"{URL}?kind=slot.changed").text


def shown(page) -> list[str]:
    """The receivers in the order of the rows."""
    return [row.cells[3].value for row in page.context["table"].rows]


@pytest.mark.parametrize(
    ("query", "consumers"),
    [
        ("", ["webhooks", "museums.notices", "capacity"]),
        ("?sort=parked", ["capacity", "museums.notices", "webhooks"]),
        ("?sort=consumer", ["capacity", "museums.notices", "webhooks"]),
        ("?sort=-error", ["museums.notices", "webhooks", "capacity"]),
        ("?sort=nonsense", ["capacity", "museums.notices", "webhooks"]),
        ("?q=网关", ["webhooks"]),
        ("?q=NOTICES", ["museums.notices"]),
        ("?consumer=nobody", ["webhooks", "museums.notices", "capacity"]),
    ],
)
def test_the_list_sorts_and_searches_and_the_file_has_the_same(city, system, query, consumers):
    hours = [NOW + dt.timedelta(hours=number) for number in range(3)]
    park(city.association.pk, consumer="capacity", parked_at=hours[0], error="1 缺少字段")
    park(city.association.pk, parked_at=hours[1], error="3 收件人停机")
    park(city.association.pk, consumer="webhooks", parked_at=hours[2], error="2 网关不通")
    assert shown(system.get(f"{URL}{query}")) == consumers
    file = b"".join(system.post(f"{URL}export/{query}").streaming_content)
    rows = list(load_workbook(io.BytesIO(file)).active.values)
    assert [row[3] for row in rows] == ["接收方", *consumers]
    assert Entry.objects.get(action="outbox.export").detail["rows"] == len(consumers)


def test_the_chosen_are_tried_again(city, system):
    one, other = park(city.association.pk), park(city.association.pk)
    foreign = park(uuid.uuid4())
    sent = {"events": [str(one.pk), str(foreign.pk), "x"]}
    assert "1 个事件将重新处理。" in system.post(f"{URL}retry/", sent, follow=True).text
    parked = set(Handover.objects.filter(parked_at__isnull=False).values_list("pk", flat=True))
    assert parked == {other.pk, foreign.pk}
    assert Entry.objects.get(action="outbox.retry").detail["consumer"] == "museums.notices"


def test_giving_up_asks_for_a_reason_first(city, system):
    one = park(city.association.pk)
    asked = system.get(f"{URL}discard/", {"events": str(one.pk)}).text
    assert "放弃这 1 个事件？" in asked
    refused = system.post(f"{URL}discard/", {"events": str(one.pk), "reason": ""})
    assert (refused.status_code, Handover.objects.count()) == (422, 1)
    system.post(f"{URL}discard/", {"events": str(one.pk), "reason": "收件人已注销"})
    assert Handover.objects.count() == 0
    assert Entry.objects.get(action="outbox.discard").reason == "收件人已注销"


def test_choosing_nothing_is_said(system):
    for answer in (
        system.post(f"{URL}retry/", {}, follow=True),
        system.get(f"{URL}discard/", follow=True),
    ):
        assert "没有选中还搁置着的事件。" in answer.text


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_number_of_statements(city, system, count, django_assert_num_queries):
    for _one in range(count):
        park(city.association.pk)
    system.get(URL)
    with django_assert_num_queries(STATEMENTS):
        system.get(URL)


STATEMENTS = 8
