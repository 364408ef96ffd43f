"""In a browser: an agreement whose promise was reminded of is renewed; a station is approved, evaluated, withdrawn, and counted."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.matching.models import Agreement, ServiceCarrier
from kexie.contexts.matching.operations import carriers, reminders
from kexie.contexts.matching.operations.carriers import Application
from kexie.contexts.matching.rules.carriers import conditions
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from kexie.platform.notify.models import Notice
from tests.e2e.conftest import DESK, PHONE, violations
from tests.museums.house import house

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def here(transactional_db):
    return house()


@pytest.fixture
def desk(here, open_page):
    """Open an address as the county's officer."""
    session = here.client("COUNTY_OFFICER").cookies["kexie_session"].value

    def opened(path: str, viewport=DESK) -> Page:
        return open_page(path, viewport=viewport, cookies={"kexie_session": session})

    return opened


def act(page: Page, name: str, **fields: str) -> None:
    """Open one of the page's acts unless it stands open, fill it in and carry it out."""
    box = page.locator("details.exp-act").filter(has=page.locator("summary").get_by_text(name, exact=True))
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    for label, value in fields.items():
        box.get_by_label(label).fill(value)
    box.get_by_role("button", name=name, exact=True).click()


def counted(here, *names: str) -> list[object]:
    until = Period.until(timezone.localdate())
    return [figures.value(Cell(f"matching.{name}", until), here.scope) for name in names]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_an_agreement_is_signed_reminded_of_and_renewed(here, desk, viewport) -> None:
    today = timezone.localdate()
    page = desk("/work/cooperation/agreements/", viewport)
    expect(page.get_by_text("还没有内容")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="登记协议").first.click()
    page.get_by_label("协议名称").fill("与食品学会合作协议")
    page.get_by_label("签订日期").fill(str(today - 300 * DAY))
    page.get_by_label("有效期至").fill(str(today + 20 * DAY))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("请写明合作单位").first).to_be_visible()
    expect(page.get_by_label("协议名称")).to_have_value("与食品学会合作协议")
    assert violations(page) == []
    page.get_by_label("合作方名称").fill("食品学会")
    page.get_by_role("button", name="登记", exact=True).click()
    act(page, "添加约定事项", 约定事项="派专家到企业服务", 应完成日期=str(today + 5 * DAY))
    expect(page.locator("#promises").get_by_text("派专家到企业服务")).to_be_visible()
    assert violations(page) == []

    assert reminders.remind_due(now=timezone.now()) == 2
    assert reminders.remind_due(now=timezone.now()) == 0
    assert set(Notice.objects.values_list("template", flat=True)) == {"agreement.due", "agreement.expiring"}

    page.get_by_role("link", name="办结", exact=True).click()
    page.get_by_label("办理情况").fill("来了两位专家")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator("#promises").get_by_text("已履行")).to_be_visible()
    page.get_by_role("link", name="续签", exact=True).click()
    page.get_by_label("有效期至").fill(str(today + 700 * DAY))
    page.get_by_role("button", name="登记续签").click()
    expect(page.get_by_role("heading", name="续签经过")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert counted(here, "agreements_signed", "agreements_in_force") == [2, 1]
    assert Agreement.objects.filter(renews__isnull=False).count() == 1


def test_a_station_is_approved_evaluated_and_withdrawn(here, desk) -> None:
    officer = here.world.account("COUNTY_OFFICER", here.museum.unit)
    county, now, today = officer.unit, timezone.now(), timezone.localdate()
    by = {"actor": officer, "now": now, "scope": here.scope}
    application = Application(name="园区海智工作站", kind="HOME_STATION", level="CITY", host=county)
    carriers.apply(application=application, on=today - 400 * DAY, unit=county, **by)
    one = ServiceCarrier.objects.get()
    *rest, last = conditions(one.kind, one.level)
    for condition in rest:
        value = condition.least
        carriers.show(carrier_id=one.pk, key=condition.key, evidence="见申报书", value=value, **by)
        carriers.check(carrier_id=one.pk, key=condition.key, is_met=True, **by)

    page = desk(f"/work/cooperation/carriers/{one.pk}/", PHONE)
    assert violations(page) == []
    act(page, "核查完毕", 日期=str(today - 390 * DAY))
    expect(page.get_by_text("这些条件还没有核查").first).to_be_visible()
    row = page.locator("#conditions li").filter(has_text=str(last.label))
    row.get_by_role("link", name="填材料").click()
    page.get_by_label("证明材料").fill("核对记录")
    page.get_by_role("button", name="保存", exact=True).click()
    row.get_by_role("link", name="核查", exact=True).click()
    page.get_by_role("button", name="登记核查结果").click()
    for name, ago in (("核查完毕", 390), ("批准", 380), ("建立运行", 370)):
        act(page, name, 日期=str(today - ago * DAY))
    assert counted(here, "carriers", "carriers_operating") == [1, 1]
    assert violations(page) == []

    page.get_by_role("link", name="年度评估").click()
    for label in ("需求对接", "专家服务", "成果", "管理保障", "示范带动"):
        page.get_by_label(label).fill("８")
    page.get_by_label("评估年度").fill(str(today.year))
    page.get_by_role("button", name="登记评估").click()
    expect(page.locator("#years").get_by_text("不合格", exact=True)).to_be_visible()
    assert counted(here, "carriers", "carriers_operating") == [1, 0]
    act(page, "撤销", 日期=str(today), 原因="整改无效")
    expect(page.get_by_text("已登记撤销。")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert counted(here, "carriers", "carriers_operating") == [1, 0]


def session(account) -> dict[str, str]:
    """Return the cookie of somebody signed in."""
    client = Client()
    client.force_login(account)
    return {"kexie_session": client.cookies["kexie_session"].value}


@pytest.fixture
def firm(here):
    """The session of a firm's account in the county."""
    county = here.museum.unit.parent
    unit = units.create_unit(
        association=county.association, parent=county, kind=Kind.FIRM, name="虚构压铸厂", area=county.area, actor=None,
        now=here.world.now,
    )  # fmt: skip
    return session(here.world.account("FIRM_CONTACT", unit))


@pytest.fixture
def county(here):
    """The session of the county's officer."""
    return session(here.world.account("COUNTY_OFFICER", here.museum.unit.parent))


def good(page: Page) -> None:
    """Nothing that axe or a narrow screen complains about."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def press(page: Page, name: str) -> None:
    """Press a button and wait for the whole answer."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def applies(page: Page) -> str:
    """The firm applies for a HOME station: at first with too few needs, then with enough; return the address."""
    good(page)
    with page.expect_navigation():
        page.get_by_role("link", name="申请建站").first.click()
    good(page)
    with page.expect_navigation():
        page.get_by_role("link", name="申请市级 海智工作站").click()
    good(page)
    page.get_by_label("服务领域").fill("铝合金压铸")
    for part in page.locator(".coop-part").all():
        part.get_by_label("证明材料").fill("见附件，可到三楼办公室核对")
    page.get_by_label("数值").fill("1")
    press(page, "提交申请")
    expect(page.get_by_text("这一条要求不少于2，现在填的是1").first).to_be_visible()
    expect(page.get_by_label("服务领域")).to_have_value("铝合金压铸")
    good(page)
    page.get_by_label("数值").fill("３")
    press(page, "提交申请")
    expect(page.get_by_text("已提交，科协受理后会通知您。").first).to_be_visible()
    good(page)
    return page.url


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_firm_applies_is_sent_back_corrects_and_has_its_station(county, firm, open_page, viewport) -> None:
    own = open_page("/work/cooperation/applications/", viewport=viewport, cookies=firm)
    address = applies(own)
    own.goto("/work/cooperation/applications/new/")
    expect(own.get_by_text("这一类已有一份申请在办")).to_be_visible()
    good(own)

    office = open_page("/work/cooperation/applications/", viewport=viewport, cookies=county)
    good(office)
    with office.expect_navigation():
        office.get_by_role("link", name="虚构压铸厂市级海智工作站").click()
    good(office)
    office.locator("details.exp-act summary", has_text="退回补正").click()
    office.get_by_label("要补正什么").fill("技术需求请写清工序")
    press(office, "退回补正")
    expect(office.get_by_text("已退回，等企业补正")).to_be_visible()
    good(office)

    own.goto(address)
    expect(own.get_by_text("技术需求请写清工序").first).to_be_visible()
    good(own)
    with own.expect_navigation():
        own.get_by_role("link", name="补正", exact=True).click()
    own.get_by_label("申请说明").fill("压铸工序：气孔、粘模、砂眼三项")
    press(own, "保存并提交")
    expect(own.get_by_text("已提交修改后的申请。")).to_be_visible()

    before = ServiceCarrier.objects.count()
    office.goto(address)
    press(office, "受理")
    with office.expect_navigation():
        office.get_by_role("link", name="打开服务载体").click()
    expect(office.get_by_text("已申请").first).to_be_visible()
    assert ServiceCarrier.objects.count() == before + 1
    good(office)
    own.goto(address)
    with own.expect_navigation():
        own.get_by_role("link", name="打开服务载体").click()
    good(own)
    assert {"application.returned", "application.accepted", "application.corrected"} <= set(
        Notice.objects.values_list("template", flat=True)
    )
