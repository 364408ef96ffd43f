"""Pure rules: the standard for areas, rules in words, the four venues' rules as data, and trying rules on the past."""

import datetime as dt

import pytest
from django.utils import translation

from kexie.contexts.museums.models import BookingRules, Museum, SlotPattern
from kexie.contexts.museums.queries.dry_run import Why, dry_run
from kexie.contexts.museums.rules import areas, planning, wording
from kexie.kernel.ids import uuid7
from tests.museums.opening.build import NOW, SATURDAY, WEDNESDAY

# Rules of real venues (found on public pages), as data. Beside them stand the museum's caps and slot patterns.
QINGDAO = BookingRules(
    horizon_days=7, release_at=dt.time(12), max_party=4, max_orders_a_day=1, max_people_a_day=4, counts_children=True,
    no_shows=3, no_show_days=None, block_days=30,
)  # fmt: skip
XIXIA = BookingRules(no_shows=3, no_show_days=365, block_days=365, identity_window="DAY")
SCIENCE_MUSEUM_GROUPS = BookingRules(
    group_min=10, group_max=150, group_a_day=300, group_days_ahead=1, group_needs_approval=True
)
MEMORIAL_HALL = BookingRules(
    cancel_minutes=10, cancels_a_day=2, cancels_a_week=4, cancels_a_month=6, cancels_a_year=12, max_moves=1,
    no_shows=2, no_show_days=120, block_days=120,
)  # fmt: skip


def test_the_standard_for_a_museum_of_7250_square_metres():
    assert (areas.at_once(7250), areas.a_year(7250), areas.exhibits(7250)) == (
        (1450, 1812),
        (217_500, 435_000),
        (242, 483),
    )
    found = areas.norms(7250, instant_cap=1600, visits=371_000, exhibit_count=268)
    assert [norm.note for norm in found] == ["", "", ""]
    assert found[0].sentence == "同时在馆 1450–1812 人；现行设定 1600 人"


def test_what_lies_outside_the_standard_is_noted_not_refused():
    high, low, missing = (areas.norms(1000, instant_cap=cap)[0].note for cap in (300, 100, None))
    assert (high, low, missing) == (
        "高于标准上限，请核对面积或说明理由。",
        "低于标准下限，可能是有意从严。",
        "尚未设定",
    )
    assert areas.norms(None, instant_cap=100) == []


def test_defaults_in_words():
    assert wording.in_words(BookingRules()) == [
        "可提前7天预约，每天12:00放出新一天的名额。",
        "停止入场前都可以预约。",
        "每单最多5人（含儿童）。",
        "同一账号同一参观日最多1单、合计5人。",
        "实名预约，同一证件同一天在本馆只能预约一次。",
        "未满14岁的儿童须由成人一同预约并陪同入馆。",
        "预约时段开始前30分钟起可以入馆。",
        "开场前1小时可以取消或改签。每单最多改签1次。",
        "预约后整单无人到馆为爽约。365天内爽约满3次，30天内不能预约；可以申诉。",
        "选定时段后为您保留名额10分钟；候补有名额时保留30分钟，过时让给下一位。",
        "老年人、残疾人、现役军人、消防救援人员、孕妇可走优先通道，不用手机也可到服务台领票。",
    ]


def test_who_may_come_in_only_on_time_is_told_so():
    said = wording.in_words(BookingRules(early_minutes=0))
    assert "请在预约时段开始后入馆，不能提前。" in said
    assert "预约时段开始前2小时起可以入馆。" in wording.in_words(BookingRules(early_minutes=120))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (QINGDAO, ["可提前7天预约，每天12:00放出新一天的名额。", "每单最多4人（含儿童）。", "预约后整单无人到馆为爽约。累计爽约满3次，30天内不能预约；可以申诉。"]),
        (XIXIA, ["预约后整单无人到馆为爽约。365天内爽约满3次，365天内不能预约；可以申诉。"]),
        (MEMORIAL_HALL, ["开场前10分钟可以取消或改签。每单最多改签1次。", "同一账号最多取消：每天2次、每周4次、每月6次、每年12次。", "预约后整单无人到馆为爽约。120天内爽约满2次，120天内不能预约；可以申诉。"]),
    ],
)  # fmt: skip
def test_the_venues_rules_are_data_and_read_as_they_are(rules, said):
    assert set(said) <= set(wording.in_words(rules))


def test_the_rules_of_groups_are_data_too():
    assert wording.group_words(SCIENCE_MUSEUM_GROUPS) == [
        "10人以上可按团队预约，每批最多150人。",
        "至少提前1天、最早提前30天申请。",
        "每天接待团队合计最多300人。",
        "须提交实名名单，由本馆审核。",
    ]


def test_qingdaos_half_days_differ_on_workdays_and_rest_days():
    half_days = [
        SlotPattern(weekdays="34567", day_kind=kind, capacity=capacity, starts_at=dt.time(9), ends_at=dt.time(12, 30), last_entry_at=dt.time(12), valid_from=dt.date(2025, 1, 1))
        for kind, capacity in (("WORKDAY", 2000), ("REST", 3000))
    ]  # fmt: skip
    on = {
        day: [one.capacity for one in half_days if planning.applies(one, day)]
        for day in (WEDNESDAY, SATURDAY)
    }
    assert on == {WEDNESDAY: [2000], SATURDAY: [3000]}


def test_xixias_caps_of_the_day_and_at_once_are_the_museums():
    xixia = Museum(daily_cap=700, instant_cap=400, opens_at=dt.time(9), closes_at=dt.time(17))
    assert [one.capacity for one in planning.defaults(xixia, WEDNESDAY)] == [350, 350]


def test_a_release_at_noon_for_the_afternoon_of_the_same_day():
    pattern = SlotPattern(
        starts_at=dt.time(13), ends_at=dt.time(16), last_entry_at=dt.time(15), valid_from=WEDNESDAY
    )
    times = planning.pattern_times(pattern, WEDNESDAY, BookingRules(horizon_days=0))
    assert times.opens_at == planning.at(WEDNESDAY, dt.time(12))


def test_minutes_in_words():
    assert [wording.minutes_in_words(n) for n in (30, 60, 90, 120, 1440)] == [
        "30分钟",
        "1小时",
        "90分钟",
        "2小时",
        "1天",
    ]


def test_everything_reads_in_english():
    with translation.override("en"):
        lines = wording.in_words(MEMORIAL_HALL) + wording.group_words(SCIENCE_MUSEUM_GROUPS)
    assert not [
        line
        for line in lines
        if any("一" <= letter <= "鿿" for letter in line.replace(MEMORIAL_HALL.priority_note, ""))
    ]


def test_patterns_that_meet_are_told(place):
    first, second = place.pattern(), place.pattern("重叠", 11, 14, capacity=200, public=150, group=100)
    found = planning.warnings(second, place.museum, [first])
    assert len(found) == 3
    assert planning.overlaps([first, second]) == [(first, second)]


# --- trying rules on the past ---------------------------------------------------------------------------------


def tried(place, rules):
    return dry_run(place.museum, rules, days=30, now=NOW + dt.timedelta(days=1))


def test_what_rules_would_have_refused_by_reason(place):
    place.pattern()
    place.generate()
    slot, holder = place.slot(WEDNESDAY), uuid7()
    for size in (2, 5, 3):
        place.take(slot, size, holder_id=holder)
    place.take(slot, 20, channel="GROUP")
    found = tried(
        place, BookingRules(max_party=4, max_orders_a_day=1, max_people_a_day=4, group_days_ahead=3)
    )
    assert (found.bookings, found.people, found.refused, found.refused_people) == (4, 30, 3, 28)
    assert dict(found.reasons) == {Why.PARTY: 1, Why.ORDERS: 2, Why.PEOPLE: 2, Why.GROUP_TIME: 1}
    assert (
        tried(
            place,
            BookingRules(max_party=20, max_orders_a_day=None, max_people_a_day=None, group_days_ahead=0),
        ).refused
        == 0
    )


def test_missed_visits_would_have_blocked(place):
    place.pattern()
    place.generate()
    holder = uuid7()
    missed = [place.take(place.slot(WEDNESDAY), 1, holder_id=holder) for _n in range(2)]
    for one in missed:
        type(one).objects.filter(pk=one.pk).update(
            state="NO_SHOW", ended_at=NOW, day=dt.date(2025, 6, 20), made_at=NOW - dt.timedelta(days=20)
        )
    place.take(place.slot(SATURDAY), 1, holder_id=holder)
    lenient, strict = BookingRules(no_shows=3, horizon_days=60), BookingRules(no_shows=2, horizon_days=60)
    assert (tried(place, lenient).reasons[Why.BLOCKED], tried(place, strict).reasons[Why.BLOCKED]) == (0, 1)


def test_cancelling_late_is_counted_apart(place):
    place.pattern()
    place.generate()
    reservation = place.take(place.slot(WEDNESDAY), 1)
    ended = place.slot(WEDNESDAY).offer.starts_at - dt.timedelta(minutes=30)
    type(reservation).objects.filter(pk=reservation.pk).update(
        state="CANCELLED", ended_at=ended, end_reason="VISITOR"
    )
    found = tried(place, BookingRules(cancel_minutes=60, horizon_days=30))
    assert (found.cancellations, found.refused, dict(found.reasons)) == (1, 0, {Why.CANCEL: 1})
