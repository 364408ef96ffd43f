"""The museum's own figures and the files made from them: read back, every number from a figure, blank without records."""

import datetime as dt
import io
import re

import pytest
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from kexie.contexts.museums.models import DailyVisits
from kexie.contexts.museums.operations import daycount
from kexie.contexts.museums.operations.daycount import Word
from kexie.contexts.museums.queries import performance, yearbook
from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from tests.museums.desk.build import DAY, EVENING
from tests.museums.desk.test_pages import at, signed_in, text

pytestmark = pytest.mark.django_db
TODAY = EVENING.date()


@pytest.fixture
def client(house, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
    return signed_in(house, "MUSEUM_DESK")


def visits(house, day, count):
    record = DailyVisits(**house.own(occurred_on=day, slot="DAY", headcount=count, method="COUNTER"))
    ledger.draft(record=record, actor=house.actor, now=EVENING, scope=house.world.scope)
    ledger.confirm(records=[record], actor=house.actor, now=EVENING, scope=house.world.scope)


def confirm(house):
    daycount.confirm(
        museum=house.museum, day=DAY, word=Word(), may_confirm=True, actor=house.actor, now=EVENING, scope=house.world.scope
    )  # fmt: skip


def paper(client, house, name, kind):
    response = client.get(at(house, f"figures/{name}.{kind}?year=2025"))
    assert response.status_code == 200
    return io.BytesIO(b"".join(response.streaming_content))


def test_the_year_stands_beside_the_same_days_of_the_last(house, client):
    visits(house, dt.date(2024, 6, 1), 80)
    visits(house, dt.date(2024, 7, 3), 900)  # after the day up to which this year is asked
    visits(house, dt.date(2025, 6, 1), 100)
    page = text(client.get(at(house, "figures/")))
    assert "比上年同期" in page
    assert re.search(r'class="delta">比上年同期 .*?20<', page)
    assert "2024" in page
    assert "900" not in page


def test_a_confirmed_day_shows_that_evening(house, client):
    house.come(house.book())
    before = text(client.get(at(house, "figures/")))
    confirm(house)
    after = text(client.get(at(house, "figures/")))
    assert (shown(before), shown(after)) == (None, "1")


def shown(page):
    """The number in the card of the visits."""
    card = re.search(r'科技馆参观人次</span>\s*<span class="figure__number">(.*?)</span>', page)
    number = re.search(r'<data value="(\d+)"', card.group(1))
    return number and number.group(1)


def test_each_figure_opens(house, client):
    visits(house, dt.date(2025, 6, 1), 100)
    page = text(client.get(at(house, "figures/")))
    assert (
        f"/figures/museums.visits/?since=2025-01-01&amp;until=2025-07-02&amp;unit={house.museum.unit.code}"
        in page
    )


def test_29_february_is_compared_with_the_28th():
    period = Period.until(dt.date(2024, 2, 29), since=dt.date(2024, 1, 1))
    assert yearbook.before(period) == Period.until(dt.date(2023, 2, 28), since=dt.date(2023, 1, 1))


def test_an_odd_year_in_the_address_is_this_year(house, client):
    for odd in ("abcd", "99999", "0001", "２０２５"):
        assert "2025 年数据" in text(client.get(at(house, f"figures/?year={odd}")))


def lines(book):
    return {row[1]: row[2] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True) if row[1]}


def test_the_performance_file_is_read_back_with_its_proofs(house, client):
    visits(house, dt.date(2025, 6, 1), 100)
    book = load_workbook(paper(client, house, "performance", "xlsx"))
    found = lines(book)
    assert (found["科技馆参观人次"], found["科技馆开放天数"], found["展教面积"]) == (100, 1, 1000)
    proofs = {row[0]: row for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert proofs["museums.visits"][2:4] == (100, 1)
    assert len(proofs["museums.visits"][6]) == 64


def test_where_there_are_no_records_the_file_is_blank_not_nought(house, client):
    assert house.museum
    found = lines(load_workbook(paper(client, house, "performance", "xlsx")))
    empty = (
        "科技馆参观人次",
        "科技馆开放天数",
        "展品完好率",
        "展品更新率",
        "科技馆观众满意率",
        "科普展演场次",
    )
    assert {name: found[name] for name in empty} == dict.fromkeys(empty)


def test_the_document_says_the_same(house, client):
    visits(house, dt.date(2025, 6, 1), 12345)
    made = Document(paper(client, house, "performance", "docx"))
    cells = {
        row.cells[0].text: row.cells[1].text
        for table in made.tables
        for row in table.rows
        if len(row.cells) == 3
    }
    assert cells["科技馆参观人次"] == "12,345人次"
    assert cells["展品完好率"] == ""
    assert made.paragraphs[0].text == "科技馆免费开放绩效材料"
    assert any(
        "museums.visits" in cell.text for table in made.tables for row in table.rows for cell in row.cells
    )


def test_the_national_return_gives_stocks_at_the_years_end(house, client):
    visits(house, dt.date(2025, 6, 1), 100)
    museum = house.museum
    museum.floor_area, museum.ticket = 1200, "免费不免票"
    museum.save()
    found = lines(load_workbook(paper(client, house, "national", "xlsx")))
    assert found["科技馆（建筑面积500㎡以上、以展教为主）"] == 1
    assert (found["当年参观人次"], found["门票收入"], found["常设展品"]) == (100, "-", None)


def test_a_small_house_is_no_museum_in_the_national_return(house):
    museum = house.museum
    museum.floor_area, museum.exhibition_area = 400, 300
    museum.save()
    made = performance.national(museum, 2025, house.world.scope, today=TODAY, now=EVENING)
    by_item = {str(line.item): line.shown for line in made.parts[0].lines}
    assert by_item["科技馆（建筑面积500㎡以上、以展教为主）"] is None


def test_unknown_files_are_not_there(house, client):
    assert client.get(at(house, "figures/other.xlsx")).status_code == 404
    assert client.get(at(house, "figures/performance.exe")).status_code == 404
