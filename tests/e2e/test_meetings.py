"""A meeting of forty problems and sixty experts: timetabled, signed in at the door, changed when an expert cancels in the morning."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.matching.models import (
    Expert,
    Meeting,
    MeetingExpert,
    MeetingProblem,
    MeetingTalk,
    Problem,
)
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.ids import short_code
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEMS, EXPERTS = 40, 60
TOPICS = ("齿轮热处理变形", "铝压铸件气孔", "面粉结块", "焊缝偏移", "废水脱盐")


@pytest.fixture
def world(transactional_db):
    return build.world()


@pytest.fixture
def staff(world):
    """The coordinator's session."""
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    world.account.unit, world.account.must_change_password = world.association, False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client = Client()
    client.force_login(world.account)
    return {"kexie_session": client.cookies["kexie_session"].value}


@pytest.fixture
def meeting(world):
    """Tomorrow's, with everybody on the list and nothing planned."""
    made = operations.add(
        name="四十对六十对接会", on=timezone.localdate() + dt.timedelta(days=1), place="会展中心", starts_at=dt.time(9),
        minutes=25, gap=5, slots=6, tables=20, pause_after=3, pause_minutes=60, in_a_row=3, seconds=30, event=None, note="",
        actor=world.account, now=timezone.now(), scope=world.scope,
    )  # fmt: skip
    tenant, county = {"association": world.association}, world.counties[0]
    firms = Unit.objects.bulk_create(
        Unit(
            **tenant, parent=county, kind=Kind.FIRM, name=f"第{at}厂", area=county.area, code=(code := short_code(8)),
            path=f"{county.path}{code}/",
        )
        for at in range(PROBLEMS)
    )  # fmt: skip
    problems = Problem.objects.bulk_create(
        Problem(
            **tenant, unit=county, area=county.area, number=f"2026-{at:03}", firm=firm, name=f"{TOPICS[at % 5]}{at}",
            summary=TOPICS[at % 5],
        )
        for at, firm in enumerate(firms)
    )  # fmt: skip
    experts = Expert.objects.bulk_create(
        Expert(**tenant, unit=world.association, name=f"专家{at:02}", skills=TOPICS[at % 5])
        for at in range(EXPERTS)
    )
    here = {**tenant, "meeting": made, "last_slot": made.slots, "most": 3}
    MeetingProblem.objects.bulk_create(
        MeetingProblem(**here, problem=one, code=f"p{at:03}") for at, one in enumerate(problems)
    )
    MeetingExpert.objects.bulk_create(
        MeetingExpert(**here, expert=one, code=f"e{at:03}") for at, one in enumerate(experts)
    )
    return made


def good(page: Page) -> None:
    """Nothing that axe or a narrow screen complains about."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def press(page: Page, name: str) -> None:
    """Press the button of an act and wait for the whole answer."""
    box = page.locator("details.exp-act").filter(has=page.locator("summary").get_by_text(name, exact=True))
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    with page.expect_navigation():
        box.get_by_role("button", name=name, exact=True).click()


def plan(page: Page, meeting: Meeting) -> set[tuple[object, object, int, int]]:
    """Have the timetable computed from the meeting's page; return who sits with whom, when and where."""
    press(page, "排时间表")
    # What the worker's task calls; the worker's own loop does not run beside the browser's.
    operations.compute(meeting_id=meeting.pk, now=timezone.now())
    page.goto(f"/work/meetings/{meeting.pk}/")
    meeting.refresh_from_db()
    assert meeting.plan == Meeting.Plan.READY
    return set(MeetingTalk.objects.values_list("problem", "expert", "slot", "table"))


def holds(places: set[tuple[object, object, int, int]]) -> None:
    """Nobody is at two tables at once, no table taken twice, no two meet twice, nobody has more than three talks."""
    for one in (0, 1, 3):
        assert len({(place[one], place[2]) for place in places}) == len(places)
        if one != 3:
            assert (
                max(sum(place[one] == who for place in places) for who in {place[one] for place in places})
                <= 3
            )
    assert len({place[:2] for place in places}) == len(places)


def test_forty_problems_and_sixty_experts_are_timetabled_and_an_expert_cancels(
    meeting, staff, open_page
) -> None:
    desk = open_page(f"/work/meetings/{meeting.pk}/", viewport=DESK, cookies=staff)
    before = plan(desk, meeting)
    holds(before)
    assert {place[0] for place in before} == {row.pk for row in queries.problems(meeting)}
    expect(desk.locator(".meet-cell")).to_have_count(len(before))
    good(desk)

    gone = MeetingExpert.objects.get(pk=next(iter(before))[1])
    phone = open_page(f"/work/meetings/{meeting.pk}/parts/{gone.pk}/", viewport=PHONE, cookies=staff)
    good(phone)
    phone.locator("details.exp-act summary", has_text="登记退出").click()
    phone.get_by_label("原因").fill("早上发烧")
    with phone.expect_navigation():
        phone.get_by_role("button", name="登记退出", exact=True).click()
    expect(phone.get_by_text("早上发烧")).to_be_visible()

    desk.goto(f"/work/meetings/{meeting.pk}/")
    expect(desk.locator(".meet-out").first).to_be_visible()
    after = plan(desk, meeting)
    holds(after)
    kept = {place for place in before if place[1] != gone.pk}
    assert {place[:3] for place in kept} <= {place[:3] for place in after}
    assert gone.pk not in {place[1] for place in after}
    expect(desk.locator(".meet-out")).to_have_count(0)
    phone.goto(f"/work/meetings/{meeting.pk}/")
    good(phone)


def test_the_door_signs_in_by_a_code_once_however_it_is_typed(meeting, staff, open_page) -> None:
    door = open_page(f"/work/meetings/{meeting.pk}/door/", viewport=PHONE, cookies=staff)
    good(door)
    door.get_by_label("签到码或专家手机号码").fill("Ｅ００７")
    press(door, "签到")
    expect(door.get_by_text("专家07签到成功。")).to_be_visible()
    door.get_by_label("签到码或专家手机号码").fill("e007")
    press(door, "签到")
    expect(door.get_by_text("已经签到过。")).to_be_visible()
    good(door)
