"""The facilities' desk: life with undo, counts apart, hours, visits by day or month, assets, photographs, pages."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from kexie.contexts.facilities.models import (
    Asset,
    Facility,
    FacilityPhoto,
    FacilityVisits,
    OpenDay,
    OpenHours,
)
from kexie.contexts.facilities.operations import life, upkeep
from kexie.contexts.facilities.queries import desk as queries
from kexie.contexts.facilities.rules import opening, photos
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from tests.ledger import build

DAY = dt.date(2025, 3, 5)  # a Wednesday
COMING = dt.date(2025, 7, 2)  # another, after build.NOW


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def gallery(world):
    return a_facility(world, "文化广场科普画廊")


def a_facility(world, name, county=0, **values):
    unit = values.pop("unit", world.counties[county])
    return Facility.objects.create(
        association=world.association, unit=unit, area=unit.area, name=name, **{"kind": "GALLERY", **values}
    )


def enter(facility, stage, by, *, on=DAY, reason="", confirm=True, **grounds):
    scope = by["scope"] if confirm else None
    return life.enter_stage(
        facility_id=facility.pk, stage=stage, on=on, reason=reason, confirm=scope, **grounds, **by
    )


def visit(facility, by, *, on=DAY, span="", headcount=30, method="ROSTER"):
    return life.log_visits(
        facility_id=facility.pk,
        on=on,
        span=span,
        headcount=headcount,
        method=method,
        theme="",
        basis="",
        **by,
    )


def picture(name="photo.jpg"):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(buffer, "JPEG")
    return ContentFile(buffer.getvalue(), name=name)


def counted(scope):
    return tuple(queries.counts(queries.registry(scope)).values())


def test_what_was_withdrawn_counts_as_built_and_not_as_in_use(world, gallery, by):
    enter(gallery, "ACCEPTED", by)
    assert counted(world.scope) == (1, 1, 0, 0)
    enter(gallery, "SUSPENDED", by, reason="维修")
    assert counted(world.scope) == (1, 0, 1, 0)
    enter(gallery, "WITHDRAWN", by, reason="清退", document="阜科协〔2025〕3号")
    assert counted(world.scope) == (1, 0, 0, 1)


def test_ending_needs_a_reason_and_a_past_day(gallery, by):
    enter(gallery, "ACCEPTED", by)
    with pytest.raises(ValidationError) as refused:
        enter(gallery, "WITHDRAWN", by)
    assert set(refused.value.message_dict) == {"reason", "document"}
    with pytest.raises(ValidationError) as refused:
        enter(gallery, "OPERATING", by, on=dt.date(2025, 7, 2))
    assert set(refused.value.message_dict) == {"occurred_on"}


def test_only_the_latest_stage_is_taken_back(world, gallery, by):
    first, second = enter(gallery, "ACCEPTED", by), enter(gallery, "OPERATING", by)
    with pytest.raises(UserError):
        life.take_back_stage(stage_id=first.pk, reason="录错", reverse=by["scope"], **by)
    with pytest.raises(UserError):
        life.take_back_stage(stage_id=second.pk, reason="", reverse=by["scope"], **by)
    life.take_back_stage(stage_id=second.pk, reason="录错", reverse=by["scope"], **by)
    assert [one.state for one in queries.stages(gallery)] == [State.REVERSED, State.CONFIRMED]
    life.take_back_stage(stage_id=first.pk, reason="录错", reverse=by["scope"], **by)
    assert counted(world.scope) == (0, 0, 0, 0)


def test_the_draft_of_a_stage_is_discarded_without_a_trace_in_the_figures(world, gallery, by):
    draft = enter(gallery, "ACCEPTED", by, confirm=False)
    assert (draft.state, counted(world.scope)) == (State.DRAFT, (0, 0, 0, 0))
    life.take_back_stage(stage_id=draft.pk, reason="", reverse=by["scope"], **by)
    assert not queries.stages(gallery).exists()


def test_a_month_and_its_days_are_not_both_counted(gallery, by):
    month = visit(gallery, by, span="MONTH", headcount=400)
    assert month.occurred_on == dt.date(2025, 3, 31)
    with pytest.raises(ValidationError) as refused:
        visit(gallery, by)
    assert set(refused.value.message_dict) == {"occurred_on"}
    visit(gallery, by, on=dt.date(2025, 4, 2))
    with pytest.raises(ValidationError):
        visit(gallery, by, on=dt.date(2025, 4, 20), span="MONTH")
    with pytest.raises(UserError):
        visit(gallery, by, on=build.NOW.date(), span="MONTH")


def test_the_database_keeps_one_total_a_month(gallery, by):
    month = visit(gallery, by, span="MONTH")
    month.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        FacilityVisits.objects.bulk_create([month])


def test_a_head_count_needs_its_method(gallery, by):
    with pytest.raises(UserError) as refused:
        visit(gallery, by, method="")
    assert set(refused.value.fields) == {"method"}
    assert visit(gallery, by, headcount=None, method="").headcount is None


def hours(facility, by, *, weekdays=(2, 4), opens="09:00", closes="17:00", pause=("11:30", "14:00")):
    times = [dt.time.fromisoformat(one) if one else None for one in (opens, closes, *pause)]
    upkeep.set_hours(
        facility_id=facility.pk, weekdays=weekdays, opens=times[0], closes=times[1], pause_from=times[2],
        pause_to=times[3], **by,
    )  # fmt: skip


def change(facility, by, on=COMING, opens=None, closes=None):
    return upkeep.change_day(facility_id=facility.pk, on=on, opens=opens, closes=closes, reason="检修", **by)


def test_a_day_is_as_its_week_unless_it_is_changed(gallery, by):
    hours(gallery, by)
    say = lambda day: opening.on_day(day, queries.hours(gallery), queries.changed_days(gallery, COMING))  # noqa: E731 - asked thrice
    assert [say(COMING), say(COMING + dt.timedelta(days=1))] == ["09:00–11:30、14:00–17:00", "不开放"]
    made = change(gallery, by)
    assert say(COMING) == "不开放（检修）"
    change(gallery, by, opens=dt.time(8), closes=dt.time(10))
    assert say(COMING) == "08:00–10:00（检修）"
    upkeep.unchange_day(day_id=made.pk, **by)
    assert say(COMING) == "09:00–11:30、14:00–17:00"
    upkeep.close_weekdays(facility_id=gallery.pk, weekdays=[2], **by)
    assert say(COMING) == "不开放"


@pytest.mark.parametrize(
    ("times", "pause"),
    [
        (("17:00", "09:00"), ("", "")),
        (("09:00", "17:00"), ("11:30", "")),
        (("09:00", "17:00"), ("08:00", "10:00")),
    ],
)
def test_hours_in_the_wrong_order_are_refused_and_leave_the_old_ones(gallery, by, times, pause):
    hours(gallery, by)
    with pytest.raises(ValidationError):
        hours(gallery, by, opens=times[0], closes=times[1], pause=pause)
    assert OpenHours.objects.filter(facility=gallery, opens=dt.time(9)).count() == 2


def test_an_asset_goes_with_words_and_stays_on_the_list(gallery, by):
    add = {"number": "K-1", "name": "触摸屏", "quantity": 1, "value": None, "bought_on": None}
    asset = upkeep.add_asset(facility_id=gallery.pk, **add, **by)
    with pytest.raises(ValidationError):
        upkeep.add_asset(facility_id=gallery.pk, **add, **by)
    with pytest.raises(UserError) as refused:
        upkeep.move_asset(asset_id=asset.pk, state="MOVED", text="", **by)
    assert set(refused.value.fields) == {"text"}
    upkeep.move_asset(asset_id=asset.pk, state="MOVED", text="移交向阳社区", **by)
    assert [(one.state, one.note) for one in queries.assets(gallery)] == [("MOVED", "移交向阳社区")]


class Nobody:
    """A reader who is not signed in."""

    pk = None


def test_a_photograph_is_seen_by_strangers_only_where_it_is_public(world, gallery, by):
    kept = upkeep.add_photo(facility_id=gallery.pk, photo=picture(), caption="外景", is_public=False, **by)
    assert not photos.may_read(Nobody(), kept.file)
    same = upkeep.add_photo(facility_id=gallery.pk, photo=picture(), caption="外景", is_public=True, **by)
    assert (same.pk, photos.may_read(Nobody(), kept.file)) == (kept.pk, True)
    upkeep.remove_photo(photo_id=kept.pk, **by)
    assert not FacilityPhoto.objects.exists()


def test_nothing_is_done_outside_the_scope(world, gallery, by):
    other = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))}
    with pytest.raises(NotFound):
        enter(gallery, "ACCEPTED", other)
    with pytest.raises(NotFound):
        hours(gallery, other)
    day = change(gallery, by)
    with pytest.raises(NotFound):
        upkeep.unchange_day(day_id=day.pk, **other)
    assert OpenDay.objects.count() == 1


def test_half_a_point_and_a_point_abroad_are_refused(world):
    for point in ({"longitude": "115.8"}, {"longitude": "32.9", "latitude": "115.8"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_facility(world, "错点", **point)


@pytest.mark.parametrize("address", ["registry", "faults"])
def test_a_list_asks_the_database_as_often_for_three_as_for_one(world, staff, by, address):
    counts = []
    for names in (("甲",), ("乙", "丙")):
        for name in names:
            enter(a_facility(world, name), "ACCEPTED", by)
        staff.get(f"/work/facilities/{address}/")
        with CaptureQueriesContext(connection) as caught:
            assert staff.get(f"/work/facilities/{address}/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_the_registry_is_narrowed_sorted_and_taken_out(world, staff, by):
    enter(a_facility(world, "甲画廊"), "ACCEPTED", by)
    a_facility(world, "乙活动室", county=1, kind="RURAL_ROOM")
    home = "/work/facilities/registry/"
    asked = {
        "?kind=GALLERY": ["甲画廊"],
        "?county=341222": ["乙活动室"],
        "?stage=NONE": ["乙活动室"],
        "?stage=ACCEPTED": ["甲画廊"],
        "?title=PROVINCIAL_BASE": [],
        "?q=甲": ["甲画廊"],
        "?kind=nonsense&sort=-name": ["甲画廊", "乙活动室"],
    }
    for query, names in asked.items():
        page = staff.get(home + query).content.decode()
        assert [name for name in ("甲画廊", "乙活动室") if name in page] == names, query
    answer = staff.get(f"{home}?export=1&kind=GALLERY")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    answer.close()


def test_a_page_keeps_what_was_entered_and_says_what_is_wrong_beside_it(staff, gallery):
    address = f"/work/facilities/registry/{gallery.pk}/"
    answer = staff.post(
        address, {"act": "visits", "on": "2025-03-05", "headcount": "二十", "theme": "科学课"}
    )
    page = answer.content.decode()
    assert (answer.status_code, "科学课" in page, "id_visits_headcount_error" in page) == (422, True, True)
    assert (
        staff.post(
            address, {"act": "visits", "on": "2025年3月5日", "headcount": "２０", "method": "ROSTER"}
        ).status_code
        == 302
    )
    assert staff.post(address, {"act": "stage", "stage": "OPERATING", "on": "2025-03-05"}).status_code == 422
    assert staff.post(address, {"act": "no such act"}).status_code == 302
    assert FacilityVisits.objects.get().headcount == 20


def test_a_facility_page_shows_everything_about_it(world, staff, gallery, by):
    enter(gallery, "ACCEPTED", by)
    hours(gallery, by)
    visit(gallery, by)
    upkeep.add_photo(facility_id=gallery.pk, photo=picture(), caption="外景", is_public=True, **by)
    Asset.objects.create(association=world.association, facility=gallery, number="K-1", name="触摸屏")
    page = staff.get(f"/work/facilities/registry/{gallery.pk}/").content.decode()
    for words in ("验收建成", "09:00–11:30、14:00–17:00", "花名册", "外景", "触摸屏", "现在计入在用"):
        assert words in page
    assert "<svg" in staff.get(f"/work/facilities/registry/{gallery.pk}/label/").content.decode()
