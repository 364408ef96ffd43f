"""Lists: what is shown, in which order, at what price."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.ledger.models import State
from kexie.workbench.desk import queries
from tests.workbench.conftest import DAY, Desk, read

LIST = "/work/records/museums.visits/"


def names(page) -> list[str]:
    return [row.cells[page.context["table"].rows[0].title].value for row in page.context["table"].rows]


def days(page) -> list[dt.date]:
    return [row.cells[0].value for row in page.context["table"].rows]


def test_a_list_takes_the_same_number_of_statements_for_one_row_and_for_three(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    counts = []
    for total in (1, 3):
        while desk_rows() < total:
            desk.visits(occurred_on=DAY + dt.timedelta(days=desk_rows()))
        client.get(LIST)
        with CaptureQueriesContext(connection) as found:
            page = client.get(LIST)
        assert len(page.context["table"].rows) == total
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def desk_rows() -> int:
    from kexie.contexts.museums.models import DailyVisits

    return DailyVisits.objects.count()


def test_every_declared_type_has_a_list_a_form_and_an_export_that_open(desk: Desk) -> None:
    from kexie.ledger import registry

    client = desk.client("COORDINATOR")
    for key in [*registry.record_types(), *registry.reference_types()]:
        for page in ("", "new", "export.xlsx"):
            answer = client.get(f"/work/records/{key}/{page}")
            assert answer.status_code == 200, (key, page)
            read(answer)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 3),
        ("state=draft", 2),
        ("state=confirmed", 1),
        ("state=reversed", 0),
        ("from=2026-02-02", 2),
        ("from=２０２６年2月2日&to=2026/2/2", 1),
        ("from=not-a-day", 3),
        ("area=341203", 1),
        ("method=GATE", 2),
        ("q=研学", 1),
        ("q=%E7%A0%94%E5%AD%A6 阜阳", 1),
        ("q=没有这个", 0),
        ("mine=1", 3),
        ("page=999", 3),
        ("sort=-headcount", 3),
        ("sort=password", 3),
    ],
)
def test_the_address_says_which_rows(desk: Desk, query: str, shown: int) -> None:
    desk.confirmed(occurred_on=DAY)
    desk.visits(occurred_on=DAY + dt.timedelta(days=1), note="研学团队两批")
    desk.visits(occurred_on=DAY + dt.timedelta(days=2), unit=desk.museum_b, headcount=None, method="")
    page = desk.client("COORDINATOR").get(f"{LIST}?{query}")
    assert len(page.context["table"].rows) == shown


def test_the_newest_day_comes_first_and_a_head_turns_the_order(desk: Desk) -> None:
    for offset in (1, 0, 2):
        desk.visits(occurred_on=DAY + dt.timedelta(days=offset))
    client = desk.client("COORDINATOR")
    newest = [DAY + dt.timedelta(days=offset) for offset in (2, 1, 0)]
    assert days(client.get(LIST)) == newest
    assert days(client.get(f"{LIST}?sort=occurred_on")) == newest[::-1]


def test_more_rows_than_are_counted_are_said_to_be_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 3)
    for offset in range(2):
        desk.confirmed(occurred_on=DAY + dt.timedelta(days=offset))
    client = desk.client("COORDINATOR")
    assert [(one.label, one.count) for one in client.get(LIST).context["states"]] == [
        ("全部", 2),
        ("待确认", 0),
        ("已确认", 2),
        ("已冲销", 0),
    ]
    desk.visits()
    assert [(one.label, one.count) for one in client.get(LIST).context["states"]] == [
        ("全部 3+", None),
        ("待确认", 1),
        ("已确认 3+", None),
        ("已冲销", 0),
    ]


def test_a_unit_means_its_whole_subtree(desk: Desk) -> None:
    desk.visits()
    page = desk.client("COORDINATOR").get(f"{LIST}?unit={desk.city.association.pk}")
    assert len(page.context["table"].rows) == 1


def test_another_units_rows_are_not_shown_and_their_pages_are_not_found(desk: Desk) -> None:
    theirs = desk.visits(unit=desk.museum_b)
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    assert client.get(LIST).context["table"].rows == []
    assert client.get(f"{LIST}{theirs.pk}/").status_code == 404


def test_a_context_without_rights_is_forbidden_and_a_type_that_is_none_not_found(desk: Desk) -> None:
    client = desk.client("JUDGE")
    assert client.get(LIST).status_code == 403
    assert client.get("/work/records/nothing.at_all/").status_code == 404


def test_whoever_may_only_draft_sees_no_way_to_confirm(desk: Desk) -> None:
    draft = desk.visits()
    crew = desk.client("LEADER")
    page = crew.get(LIST).content.decode()
    assert "data-bulk" not in page
    assert crew.post(f"{LIST}confirm", {"record": [str(draft.pk)]}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_bulk_confirmation_says_what_was_left_and_why(desk: Desk) -> None:
    mine, confirmed = desk.visits(), desk.confirmed(occurred_on=DAY + dt.timedelta(days=1))
    client = desk.client("MUSEUM_DESK", desk.city.museum)
    page = client.post(f"{LIST}confirm", {"record": [str(mine.pk), str(confirmed.pk)]}, follow=True)
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED
    result = page.context["result"]
    assert result["text"] == "已确认1条。"
    assert [why for _name, why in result["skipped"]] == ["已由COORDINATOR测试确认。"]


def test_a_bulk_confirmation_can_be_taken_back_with_a_reason(desk: Desk) -> None:
    draft = desk.visits()
    client = desk.client("COORDINATOR")
    page = client.post(f"{LIST}confirm", {"record": [str(draft.pk)]}, follow=True)
    assert page.context["result"]["undo"] == [str(draft.pk)]
    client.post(f"{LIST}reverse", {"record": [str(draft.pk)], "reason": " "}, follow=True)
    draft.refresh_from_db()
    assert draft.state == State.CONFIRMED
    client.post(f"{LIST}reverse", {"record": [str(draft.pk)], "reason": "误确认"}, follow=True)
    draft.refresh_from_db()
    assert (draft.state, draft.reversal_reason) == (State.REVERSED, "误确认")


def test_a_view_is_kept_for_its_account_alone_and_forgotten(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    client.post(f"{LIST}views", {"name": " 闸机 ", "query": "method=GATE"})
    (view,) = client.get(LIST).context["views"]
    assert (view.name, view.query) == ("闸机", "method=GATE")
    assert desk.client("LEADER").get(LIST).context["views"] == []
    client.post(f"{LIST}views", {"drop": str(view.pk)})
    assert client.get(LIST).context["views"] == []


def test_a_search_box_finds_within_the_scope(desk: Desk) -> None:
    client = desk.client("COUNTY_OFFICER", desk.city.yingzhou)
    found = client.get(f"{LIST}choices/unit?q=清河路&for=entry").json()["items"]
    assert [one["label"] for one in found] == ["清河路小学"]
    assert client.get(f"{LIST}choices/unit?q=颍东&for=entry").json()["items"] == []
    assert client.get(f"{LIST}choices/recorded_by?q=a").status_code == 404
