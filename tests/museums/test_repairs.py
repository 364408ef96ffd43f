"""From a reported fault to an exhibit that works again, and what of it stands in the ledger."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kexie.contexts.museums.models import (
    ExhibitStage,
    FaultReport,
    Repair,
    Spare,
    SpareMovement,
    WorkNote,
    WorkOrder,
)
from kexie.contexts.museums.operations import repairs, spares
from kexie.contexts.museums.states import (
    FEEDBACK_TRANSITIONS,
    SIGN_UP_TRANSITIONS,
    WORK_ORDER_TRANSITIONS,
)
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.museums.house import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def reported(here, exhibit, kind="STUCK", source="STAFF", **given):
    options = {"actor": here.desk, "now": NOW, **given}
    return repairs.report(exhibit=exhibit, kind=kind, source=source, **options).order


def accepted(here, exhibit, *, takes_out=True, confirm=True, **given):
    order = reported(here, exhibit, **given)
    return repairs.accept(
        order=order,
        severity="NORMAL",
        takes_out=takes_out,
        confirm=here.scope if confirm else None,
        **here.by,
    )


def at(here, moment):
    return {**here.by, "now": moment}


def stages(exhibit):
    rows = ExhibitStage.objects.filter(exhibit=exhibit).order_by("occurred_on", "id")
    return list(rows.values_list("stage", "state"))


def value(here, measure):
    return figures.value(Cell(measure, Period.until(dt.date(2026, 12, 31))), here.scope)


@pytest.mark.parametrize(
    "transitions",
    [WORK_ORDER_TRANSITIONS, SIGN_UP_TRANSITIONS, FEEDBACK_TRANSITIONS],
    ids=["order", "place", "word"],
)
def test_every_state_is_reached(transitions):
    reached, frontier = {""}, [""]
    while frontier:
        for state in transitions[frontier.pop()] - reached:
            reached.add(state)
            frontier.append(state)
    assert reached == set(transitions)


def test_states_of_an_order_are_those_of_the_table():
    assert set(WORK_ORDER_TRANSITIONS) - {""} == set(WorkOrder.State.values)


def test_orders_are_numbered_within_museum_and_year(here):
    labels = [reported(here, here.exhibit(number)).label for number in ("001", "002")]
    assert labels == ["WX2026-0001", "WX2026-0002"]


def test_look_alikes_join_the_open_order(here):
    exhibit = here.exhibit()
    first, again = (
        reported(here, exhibit),
        reported(here, exhibit, source="VISITOR", actor=None, text="还是不动"),
    )
    other = reported(here, exhibit, kind="SOUND")
    assert first == again
    assert other != first
    assert FaultReport.objects.filter(order=first).count() == 2
    assert WorkNote.objects.filter(order=first, text="又收到一次同样的报修：还是不动").exists()


def test_a_fault_after_the_repair_is_another_one(here):
    exhibit = here.exhibit()
    order = accepted(here, exhibit)
    repairs.finish(order=order, result="已换", **here.by)
    assert reported(here, exhibit) != order


def test_the_same_report_sent_twice_is_one(here):
    exhibit, key = here.exhibit(), uuid.uuid4()
    assert reported(here, exhibit, report_id=key) == reported(here, exhibit, report_id=key)
    assert FaultReport.objects.count() == 1


def test_something_dangerous_marks_the_order(here):
    exhibit = here.exhibit()
    assert not reported(here, exhibit).is_unsafe
    assert reported(here, exhibit, is_unsafe=True).is_unsafe
    assert reported(here, exhibit, kind="UNSAFE").is_unsafe


def test_a_repair_from_report_to_check_stands_in_the_figures(here):
    exhibit = here.exhibit()
    here.exhibit("002")
    order = accepted(here, exhibit)
    assert value(here, "museums.exhibits_intact") == 50
    repairs.start(order=order, **here.by)
    done = at(here, NOW + 3 * DAY)
    repairs.finish(order=order, result="更换皮带", cost=Decimal("120.50"), **done)
    repairs.verify(order=order, works=True, confirm=here.scope, **done)
    assert value(here, "museums.exhibits_intact") == 100
    assert value(here, "museums.repairs") == 1
    assert value(here, "museums.repair_days") == 4
    assert value(here, "museums.repairs_in_time") == 100
    assert stages(exhibit) == [("WORKING", "CONFIRMED"), ("FAULTY", "CONFIRMED"), ("WORKING", "CONFIRMED")]
    repair = Repair.objects.get()
    assert (repair.cost, repair.in_time, repair.state) == (Decimal("120.50"), True, "CONFIRMED")


def test_whoever_may_not_confirm_leaves_drafts(here):
    exhibit = here.exhibit()
    accepted(here, exhibit, confirm=False)
    assert stages(exhibit)[-1] == ("FAULTY", "DRAFT")
    assert value(here, "museums.exhibits_intact") == 100


def test_an_exhibit_is_not_recorded_out_of_use_twice(here):
    exhibit = here.exhibit()
    accepted(here, exhibit)
    accepted(here, exhibit, kind="SOUND")
    assert [stage for stage, _state in stages(exhibit)] == ["WORKING", "FAULTY"]


def test_a_repair_without_taking_out_changes_no_condition(here):
    exhibit = here.exhibit()
    order = accepted(here, exhibit, takes_out=False)
    repairs.finish(order=order, result="擦净", **here.by)
    repairs.verify(order=order, works=True, confirm=here.scope, **here.by)
    assert stages(exhibit) == [("WORKING", "CONFIRMED")]
    assert value(here, "museums.repairs") == 1


def test_late_repairs_are_not_in_time(here):
    order = accepted(here, here.exhibit())
    late = at(here, NOW + 8 * DAY)
    repairs.finish(order=order, result="返厂", **late)
    repairs.verify(order=order, works=True, confirm=here.scope, **late)
    assert value(here, "museums.repairs_in_time") == 0


def test_what_does_not_work_goes_back(here):
    order = accepted(here, here.exhibit())
    repairs.finish(order=order, result="已修", **here.by)
    assert repairs.start(order=order, note="仍有异响", **here.by).state == "AT_WORK"
    assert not Repair.objects.exists()


def test_waiting_for_parts_says_which(here):
    order = accepted(here, here.exhibit())
    with pytest.raises(UserError) as refused:
        repairs.wait_for_parts(order=order, note=" ", **here.by)
    assert list(refused.value.fields) == ["note"]
    assert repairs.wait_for_parts(order=order, note="皮带，周五到", **here.by).state == "WAITING_PARTS"


def test_what_is_closed_stays_closed(here):
    order = reported(here, here.exhibit())
    repairs.reject(order=order, reason="试用正常", **here.by)
    with pytest.raises(repairs.NotPossible):
        repairs.start(order=order, **here.by)
    with pytest.raises(IntegrityError, match="museums_workorder_reason"), transaction.atomic():
        WorkOrder.objects.filter(pk=order.pk).update(closed_reason="")


def test_a_duplicate_names_its_original(here):
    exhibit = here.exhibit()
    first, second = reported(here, exhibit), reported(here, exhibit, kind="OTHER")
    stranger = reported(here, here.exhibit("002"))
    with pytest.raises(repairs.NotPossible):
        repairs.close_as_duplicate(order=second, original=stranger, **here.by)
    closed = repairs.close_as_duplicate(order=second, original=first, **here.by)
    assert (closed.state, closed.duplicate_of) == ("DUPLICATE", first)


def test_orders_of_others_are_out_of_reach(here):
    order = reported(here, here.exhibit())
    elsewhere = {**here.by, "scope": here.scope.within("nowhere/")}
    with pytest.raises(repairs.NotPossible):
        repairs.reject(order=order, reason="试用正常", **elsewhere)


# --- spare parts --------------------------------------------------------------------------------------------


def part(here, stock=0):
    unit = here.museum.unit
    spare = Spare.objects.create(
        association_id=unit.association_id, unit=unit, area=unit.area, name="传动皮带", spec="B-1200",
        measure="条", reorder_level=2,
    )  # fmt: skip
    if stock:
        spares.bring_in(spare=spare, quantity=stock, note="采购", **here.by)
    return spare


def test_stock_is_what_the_movements_leave(here):
    spare, order = part(here, 5), accepted(here, here.exhibit())
    spares.take_out(spare=spare, quantity=2, note="", order=order, **here.by)
    spares.count(spare=spare, counted=2, note="少一条", **here.by)
    spare.refresh_from_db()
    assert (spare.stock, spare.is_low) == (2, True)
    changes = SpareMovement.objects.order_by("at", "id").values_list("kind", "change", "after")
    assert sorted(changes) == [("COUNT", -1, 2), ("IN", 5, 5), ("OUT", -2, 3)]
    assert WorkNote.objects.filter(order=order, text="领用备件：传动皮带 2条").exists()


def test_stock_never_falls_below_nothing(here):
    spare = part(here, 1)
    with pytest.raises(spares.StockRefused) as refused:
        spares.take_out(spare=spare, quantity=2, note="", **here.by)
    assert refused.value.fields == {"quantity": "库存只有1条，不够领用；请先办理入库，或减少数量。"}
    with pytest.raises(IntegrityError, match="museums_spare_stock"), transaction.atomic():
        Spare.objects.filter(pk=spare.pk).update(stock=-1)


def test_a_count_that_differs_needs_a_reason(here):
    spare = part(here, 3)
    with pytest.raises(spares.StockRefused) as refused:
        spares.count(spare=spare, counted=2, note="", **here.by)
    assert list(refused.value.fields) == ["note"]
    assert spares.count(spare=spare, counted=3, note="", **here.by).change == 0


@pytest.mark.parametrize("quantity", [0, -1, 100_001])
def test_quantities_are_sensible(here, quantity):
    with pytest.raises(spares.StockRefused):
        spares.bring_in(spare=part(here), quantity=quantity, note="", **here.by)


def test_parts_go_to_accepted_orders_only(here):
    spare, order = part(here, 3), reported(here, here.exhibit())
    with pytest.raises(spares.StockRefused):
        spares.take_out(spare=spare, quantity=1, note="", order=order, **here.by)


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["exhibits", "repairs", "spares"])
def test_lists_take_the_same_number_of_statements(here, page):
    client, counts = here.client(), []
    client.get(f"{here.url}/{page}/")
    for numbers in (("001",), ("002", "003")):
        for number in numbers:
            accepted(here, here.exhibit(number))
            Spare.objects.create(
                association_id=here.museum.association_id, unit=here.museum.unit, name=f"灯泡{number}"
            )
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{here.url}/{page}/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] < 32


def test_an_order_is_carried_through_its_page(here):
    client, exhibit = here.client(), here.exhibit()
    sent = client.post(f"{here.url}/exhibits/{exhibit.pk}/report/", {"kind": "STUCK", "source": "STAFF"})
    order = WorkOrder.objects.get()
    page = f"{here.url}/repairs/{order.pk}/"
    assert (sent.status_code, sent["Location"]) == (302, page)
    for act, given in (
        ("accept", {"severity": "URGENT", "takes_out": "on"}),
        ("start", {}),
        ("finish", {"result": "更换皮带", "cost": "１２０"}),
        ("verify", {"works": "on"}),
    ):
        assert client.post(page, {"act": act, **given}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.cost, order.due_on) == ("VERIFIED", 120, dt.date.today() + 2 * DAY)  # noqa: DTZ011
    assert [stage for stage, _state in stages(exhibit)] == ["WORKING", "FAULTY", "WORKING"]


def test_what_is_missing_is_said_beside_the_field_and_kept(here):
    client, order = here.client(), accepted(here, here.exhibit())
    answer = client.post(
        f"{here.url}/repairs/{order.pk}/", {"act": "finish", "result": "", "supplier": "一鸣机电"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明怎么修好的" in page
    assert 'value="一鸣机电"' in page


def test_readers_see_no_forms(here):
    order = accepted(here, here.exhibit())
    page = here.client("LEADER").get(f"{here.url}/repairs/{order.pk}/").content.decode()
    assert 'name="act"' not in page
