"""The whole life of a facility: what each step needs, who may, what is refused, and who keeps it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from kexie.contexts.facilities.models import STAGE_NEEDS, Asset, Facility, FacilityHandover, FacilityStage
from kexie.contexts.facilities.operations import handing, life
from kexie.contexts.facilities.states import FACILITY_TRANSITIONS
from kexie.foundation.access import operations as access
from kexie.foundation.units import operations as units
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from kexie.ledger.models import State
from tests.facilities.test_desk import DAY, a_facility, enter, visit
from tests.ledger import build

ONE = dt.timedelta(days=1)
GROUNDS = {"reason": "按计划", "document": "阜科协〔2025〕3号", "receiver": "向阳社区"}
WAY = ("PROPOSED", "BUILDING", "ACCEPTED", "OPERATING", "SUSPENDED", "OPERATING", "WITHDRAWN", "TRANSFERRED")


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def gallery(world):
    return a_facility(world, "文化广场科普画廊")


def grounds(stage):
    return {name: GROUNDS[name] for name in STAGE_NEEDS.get(stage, ())}


def counts(world, day):
    cells = ("facilities.galleries", "facilities.galleries_now")
    return [figures.value(Cell(one, Period.until(day)), world.scope) for one in cells]


def test_from_proposal_to_transfer_ever_built_stays_and_in_use_comes_and_goes(world, gallery, by):
    found = []
    for number, stage in enumerate(WAY):
        enter(gallery, stage, by, on=DAY + number * ONE, **grounds(stage))
        found.append(counts(world, DAY + number * ONE))
    assert found == [[0, 0], [0, 0], [1, 1], [1, 1], [1, 0], [1, 1], [1, 0], [1, 0]]
    last = FacilityStage.objects.order_by("-occurred_on").first()
    assert (last.receiver, last.document) == ("向阳社区", "阜科协〔2025〕3号")


@pytest.mark.parametrize("before", [*WAY[:5], *WAY[6:]])
def test_every_step_that_is_not_allowed_is_refused_beside_the_stage(gallery, by, before):
    way = WAY[: WAY.index(before) + 1]
    for number, stage in enumerate(way):
        enter(gallery, stage, by, on=DAY + number * ONE, **grounds(stage))
    for stage in set(FACILITY_TRANSITIONS) - {""} - FACILITY_TRANSITIONS[before]:
        with pytest.raises(ValidationError) as refused:
            enter(gallery, stage, by, on=DAY + len(way) * ONE, **grounds(stage))
        assert set(refused.value.message_dict) == {"stage"}, (before, stage)
        words = "不用再登记" if stage == before else "不能直接登记"
        assert words in refused.value.message_dict["stage"][0]


@pytest.mark.parametrize(("stage", "needs"), sorted(STAGE_NEEDS.items()))
def test_what_a_step_needs_is_asked_for_beside_its_field(gallery, by, stage, needs):
    for number, before in enumerate(("ACCEPTED", "OPERATING")):
        enter(gallery, before, by, on=DAY + number * ONE)
    with pytest.raises(ValidationError) as refused:
        enter(gallery, stage, by, on=DAY + 2 * ONE)
    assert set(refused.value.message_dict) == set(needs)
    made = enter(gallery, stage, by, on=DAY + 2 * ONE, **grounds(stage))
    made.refresh_from_db()
    assert (made.stage, made.state) == (stage, State.CONFIRMED)


def test_a_day_before_what_is_known_is_refused_where_the_rest_could_not_follow(world, gallery, by):
    enter(gallery, "ACCEPTED", by)
    enter(gallery, "OPERATING", by, on=DAY + 9 * ONE)
    with pytest.raises(ValidationError) as refused:
        enter(gallery, "WITHDRAWN", by, on=DAY + 5 * ONE, **grounds("WITHDRAWN"))
    assert refused.value.message_dict == {
        "occurred_on": [
            f"{DAY + 9 * ONE}已登记“运行”，之前不能插入“摘牌撤销”；日期填错的请改，否则先撤回后面的环节。"
        ]
    }
    enter(gallery, "SUSPENDED", by, on=DAY + 5 * ONE, reason="漏水")
    enter(gallery, "BUILDING", by, on=DAY - ONE)
    assert [counts(world, DAY + number * ONE) for number in (-1, 0, 5, 9)] == [[0, 0], [1, 1], [1, 0], [1, 1]]


def test_a_second_step_waits_until_the_draft_is_settled(gallery, by):
    enter(gallery, "ACCEPTED", by)
    draft = enter(gallery, "OPERATING", by, on=DAY + ONE, confirm=False)
    for confirm in (True, False):
        with pytest.raises(UserError, match="还是草稿，请先确认或撤回它"):
            enter(gallery, "OPERATING", by, on=DAY + ONE, confirm=confirm)
    life.take_back_stage(stage_id=draft.pk, reason="", reverse=None, **by)
    made = enter(gallery, "OPERATING", by, on=DAY + ONE)
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_the_record_desk_asks_for_the_same_grounds(world, gallery, by):
    enter(gallery, "ACCEPTED", by)
    bare = FacilityStage(
        unit=gallery.unit, area=gallery.area, facility=gallery, occurred_on=DAY + ONE, stage="WITHDRAWN"
    )
    with pytest.raises(ValidationError) as refused:
        ledger.draft(record=bare, **by)
    assert set(refused.value.message_dict) == {"reason", "document"}


def test_a_keeper_drafts_but_neither_confirms_nor_takes_back_what_is_confirmed(world, by):
    school = a_school(world, "甲校")
    museum = a_facility(world, "甲校科技馆", unit=school, keeper="张三", kind="CAMPUS_MUSEUM")
    made, keeper = enter(museum, "ACCEPTED", by), keeper_of(world, school)
    address = f"/work/facilities/registry/{museum.pk}/"
    page = keeper.get(address).content.decode()
    assert 'value="take_back"' not in page
    answer = keeper.post(address, {"act": "take_back", "record": str(made.pk), "reason": "试试"})
    made.refresh_from_db()
    assert (answer.status_code, "由县级科协撤回" in answer.content.decode(), made.state) == (
        422,
        True,
        State.CONFIRMED,
    )
    keeper.post(address, {"act": "stage", "stage": "OPERATING", "on": str(DAY + ONE)})
    draft = FacilityStage.objects.get(stage="OPERATING")
    assert draft.state == State.DRAFT
    keeper.post(address, {"act": "take_back", "record": str(draft.pk), "reason": ""})
    assert not FacilityStage.objects.filter(stage="OPERATING").exists()


def test_nobody_is_counted_while_it_is_put_right(gallery, by):
    enter(gallery, "ACCEPTED", by)
    enter(gallery, "SUSPENDED", by, on=DAY + 2 * ONE, reason="漏水")
    with pytest.raises(UserError) as refused:
        visit(gallery, by, on=DAY + 3 * ONE)
    assert "停用整改" in str(refused.value.fields["on"])
    assert visit(gallery, by, on=DAY + ONE).headcount == 30
    enter(gallery, "OPERATING", by, on=DAY + 5 * ONE)
    assert visit(gallery, by, on=DAY + 6 * ONE).headcount == 30


# --- handed over ---------------------------------------------------------------------------------------------


def a_school(world, name, county=0):
    above = world.counties[county]
    return units.create_unit(
        association=world.association, parent=above, kind="SCHOOL", name=name, area=above.area, actor=None,
        now=build.NOW,
    )  # fmt: skip


def keeper_of(world, unit):
    account, _password = access.create_account(
        association=world.association, username=unit.code, display_name="管理员", unit=unit, actor=None,
        now=build.NOW,
    )  # fmt: skip
    access.grant(account=account, role="FACILITY_KEEPER", unit=unit, actor=None, now=build.NOW)
    account.must_change_password = False
    account.save()
    client = Client()
    client.force_login(account)
    return client


def hand(facility, to, by, **values):
    given = {"keeper": "李四", "on": DAY, "reason": "学校合并", "document": "", **values}
    return handing.hand_over(facility_id=facility.pk, to=to, **given, **by)


def test_access_follows_the_facility_and_comes_back(world, by):
    first, second = a_school(world, "甲校"), a_school(world, "乙校")
    museum = a_facility(world, "甲校科技馆", unit=first, keeper="张三", kind="CAMPUS_MUSEUM")
    enter(museum, "ACCEPTED", by)
    keepers, address = (
        [keeper_of(world, one) for one in (first, second)],
        f"/work/facilities/registry/{museum.pk}/",
    )
    seen = lambda: [one.get(address).status_code for one in keepers]  # noqa: E731 - asked three times
    assert seen() == [200, 404]
    made = hand(museum, second, by)
    assert seen() == [404, 200]
    page = keepers[1].get(address).content.decode()
    assert "甲校 → 乙校" in page
    assert "移交给另一单位管理" not in page
    handing.undo_hand_over(handover_id=made.pk, **by)
    assert seen() == [200, 404]
    museum.refresh_from_db()
    assert (museum.unit, museum.keeper, FacilityHandover.objects.get().undone_by) == (
        first,
        "张三",
        world.account,
    )
    assert counts_of_museums(world) == [1, 1]


def counts_of_museums(world):
    cells = ("facilities.campus_museums", "facilities.campus_museums_now")
    return [figures.value(Cell(one, Period.until(DAY)), world.scope) for one in cells]


def test_what_cannot_be_handed_over_is_said_beside_its_field(world, gallery, by):
    near, far = a_school(world, "甲校"), a_school(world, "远校", county=1)
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))}
    for to, values, who, field, words in (
        (gallery.unit, {}, by, "to", "现在的管理单位"),
        (far, {}, by, "to", "在哪个县"),
        (far, {}, county, "to", "管理范围"),
        (near, {"on": build.NOW.date() + 2 * ONE}, by, "on", "不能晚于今天"),
    ):
        with pytest.raises(UserError) as refused:
            hand(gallery, to, who, **values)
        assert words in str(refused.value.fields[field])
    enter(gallery, "ACCEPTED", by)
    enter(gallery, "WITHDRAWN", by, on=DAY + ONE, **grounds("WITHDRAWN"))
    with pytest.raises(UserError, match="已摘牌"):
        hand(gallery, near, by)
    assert not FacilityHandover.objects.exists()


def test_only_the_latest_handover_is_undone_and_by_whom_both_units_belong_to(world, gallery, by):
    first, second = a_school(world, "甲校"), a_school(world, "乙校")
    earlier = hand(gallery, first, by)
    latest = hand(gallery, second, by)
    with pytest.raises(UserError, match="最近一次"):
        handing.undo_hand_over(handover_id=earlier.pk, **by)
    own = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(second.path,))}
    with pytest.raises(UserError, match="上级科协"):
        handing.undo_hand_over(handover_id=latest.pk, **own)
    handing.undo_hand_over(handover_id=latest.pk, **by)
    with pytest.raises(UserError, match="最近一次"):
        handing.undo_hand_over(handover_id=latest.pk, **by)
    assert Facility.objects.get().unit == first


def test_the_database_lets_no_unit_hand_over_to_itself(world, gallery, by):
    made = hand(gallery, a_school(world, "甲校"), by)
    with pytest.raises(IntegrityError), transaction.atomic():
        FacilityHandover.objects.filter(pk=made.pk).update(to_unit=made.from_unit)


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_keeps_what_was_entered_and_shows_the_history(world, staff, gallery, by):
    address = f"/work/facilities/registry/{gallery.pk}/"
    enter(gallery, "ACCEPTED", by, document="验收单7号")
    wrong = {"act": "stage", "stage": "WITHDRAWN", "on": "2025-04-01", "reason": "场地改建", "document": ""}
    answer = staff.post(address, wrong)
    page = answer.content.decode()
    assert (answer.status_code, "id_stage_document_error" in page, "场地改建" in page) == (422, True, True)
    assert 'id="id_stage_receiver"' not in page  # nothing goes to anybody yet
    assert staff.post(address, {**wrong, "document": "纪要5号"}).status_code == 302
    page = staff.get(address).content.decode()
    for words in ("依据：验收单7号", "依据：纪要5号", "测试员登记", "测试员确认", 'id="id_stage_receiver"'):
        assert words in page
    assert "移交给另一单位管理" not in page


def test_what_is_refused_at_a_row_is_said_at_that_row(staff, gallery, by):
    address = f"/work/facilities/registry/{gallery.pk}/"
    made = enter(gallery, "ACCEPTED", by)
    answer = staff.post(address, {"act": "take_back", "record": str(made.pk), "reason": ""})
    page = answer.content.decode()
    assert (answer.status_code, page.count('id="id_take_back_reason_error"')) == (422, 1)
    staff.post(address, {"act": "asset", "number": "A1", "name": "展台", "quantity": "1"})
    asset = Asset.objects.get()
    answer = staff.post(
        address, {"act": "asset_state", "row": str(asset.pk), "state": "SCRAPPED", "text": ""}
    )
    assert (answer.status_code, answer.content.decode().count('id="id_asset_state_text_error"')) == (422, 1)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"act": "day", "on": "2025-01-01", "reason": "放假"}, "id_day_on"),
        ({"act": "asset", "number": "A1", "name": "展台", "quantity": "1", "bought_on": "2199-01-01"}, "id_asset_bought_on"),
        ({"act": "stage", "stage": "ACCEPTED", "on": "2199-01-01"}, "id_stage_on"),
        ({"act": "visits", "on": "2199-01-01", "headcount": "3", "method": "ROSTER"}, "id_visits_on"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_said_beside_their_field(staff, gallery, sent, field):
    answer = staff.post(f"/work/facilities/registry/{gallery.pk}/", sent)
    assert (answer.status_code, f'id="{field}_error"' in answer.content.decode()) == (422, True)


def test_a_handover_by_the_page(world, staff, gallery, by):
    address, school = f"/work/facilities/registry/{gallery.pk}/", a_school(world, "甲校")
    a_school(world, "远校", county=1)
    page = staff.get(address).content.decode()
    assert ("甲校</option>" in page, "远校</option>" in page) == (True, False)
    data = {"act": "hand_over", "to": str(school.pk), "keeper": "李四", "on": "2025-03-05", "reason": ""}
    assert staff.post(address, data).status_code == 422
    assert staff.post(address, {**data, "reason": "托管"}).status_code == 302
    made = FacilityHandover.objects.get()
    staff.post(address, {"act": "undo_hand_over", "row": str(made.pk)})
    made.refresh_from_db()
    assert made.undone_at is not None
