"""A title is renewed in a browser: the keeper is reminded and applies, the county recommends, the city gives it again."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.facilities.models import Accreditation, TitleApplication, TitleRound
from kexie.contexts.facilities.operations import reminders
from kexie.contexts.facilities.rules.questions import CRITERIA
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from tests.e2e.conftest import PHONE, violations
from tests.facilities.test_rounds import ANSWERS, a_round, a_site, give
from tests.ledger import build

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(transactional_db):
    return build.world()


def session_of(world, role, unit) -> dict[str, str]:
    now = timezone.now()
    account, _password = access.create_account(
        association=world.association,
        username=role.lower(),
        display_name=role,
        unit=unit,
        actor=None,
        now=now,
    )
    account.must_change_password = False
    demo.give_second_factor(account, now=now)
    account.save()
    access.grant(account=account, role=role, unit=unit, actor=None, now=now)
    client = Client()
    client.force_login(account)
    return {"kexie_session": client.cookies["kexie_session"].value}


def act(page: Page, label: str) -> None:
    """Unfold an act, and carry it out as it stands."""
    box = page.locator("details").filter(has=page.locator("summary", has_text=label))
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    box.get_by_role("button", name=label, exact=True).click()


def apply(keeper: Page) -> TitleApplication:
    """Go from the reminder to an application that is sent."""
    assert violations(keeper) == []
    keeper.get_by_role("link", name="科普称号快到期").click()
    expect(keeper.get_by_text("还有30天")).to_be_visible()
    assert violations(keeper) == []
    keeper.get_by_role("button", name="申报再认定", exact=True).click()
    expect(keeper.get_by_text("已建立申报")).to_be_visible()
    one = TitleApplication.objects.get()
    TitleApplication.objects.filter(pk=one.pk).update(answers=ANSWERS)
    keeper.reload()
    assert violations(keeper) == []
    keeper.get_by_role("button", name="提交给县区科协").click()
    expect(keeper.get_by_text("待县区审核").first).to_be_visible()
    return one


def decide(city: Page, found: TitleRound) -> None:
    """Score, decide and show the name."""
    city.locator("summary", has_text="评审打分").click()
    for criterion in CRITERIA:
        city.get_by_label(str(criterion.label)).fill(str(criterion.most))
    city.get_by_label("没有去现场").check()
    assert violations(city) == []
    city.get_by_role("button", name="评审打分").click()
    act(city, "拟认定")
    expect(city.get_by_text("已列为拟认定")).to_be_visible()
    city.goto(f"/work/facilities/rounds/{found.pk}/")
    assert violations(city) == []
    act(city, "公示")
    expect(city.get_by_text("已排定公示")).to_be_visible()


def test_renewed_through_county_and_city(world, open_page) -> None:
    now, today = timezone.now(), timezone.localdate()
    by = {"actor": world.account, "now": now, "scope": world.scope}
    site = a_site(world)
    give(world, site.host, "CITY_BASE", by, valid_to=today + 30 * DAY)
    found = a_round(
        world, by, closes_on=today + 10 * DAY, recommends_until=today + 20 * DAY,
        valid_to=today + 1500 * DAY, public_days=1,
    )  # fmt: skip
    sessions = {
        "keeper": session_of(world, "FACILITY_KEEPER", site.host),
        "county": session_of(world, "COUNTY_OFFICER", world.counties[0]),
        "city": session_of(world, "POPULARISATION_DEPARTMENT", world.association),
    }
    reminders.remind_due(now=now)

    keeper = open_page("/work/inbox/", cookies=sessions["keeper"], viewport=PHONE)
    one = apply(keeper)

    county = open_page("/work/facilities/titles/ending/?renewal=SUBMITTED", cookies=sessions["county"])
    assert violations(county) == []
    county.get_by_role("link", name="向阳小学").click()
    county.get_by_role("link", name=str(found)).click()
    assert violations(county) == []
    county.get_by_role("button", name="推荐", exact=True).click()
    expect(county.get_by_text("推荐第1位")).to_be_visible()

    address = f"/work/facilities/applications/{one.pk}/"
    city = open_page(address, cookies=sessions["city"])
    decide(city, found)
    # The day on which the names are shown goes by.
    TitleRound.objects.filter(pk=found.pk).update(public_from=today - DAY, public_to=today - DAY)
    city.goto(address)
    city.get_by_label("文号或证书编号").fill("阜科协〔2026〕9号")
    assert violations(city) == []
    city.get_by_role("button", name="认定", exact=True).click()
    expect(city.get_by_text("已认定，登记到称号名册")).to_be_visible()
    given = Accreditation.objects.get(certificate_no="阜科协〔2026〕9号")
    assert (given.state, given.valid_to) == ("CONFIRMED", today + 1500 * DAY)

    keeper.goto("/work/inbox/")
    expect(keeper.get_by_text("称号申报有结果")).to_be_visible()
    keeper.goto("/work/facilities/titles/ending/")
    expect(keeper.get_by_text("没有快到期的称号")).to_be_visible()
    assert violations(keeper) == []
