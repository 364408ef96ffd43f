"""A firm's problem from the phone in the workshop to the firm's own word that it is solved, and the figure that moves by one."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.matching.models import Invitation, Problem, TextOpening
from kexie.contexts.matching.operations import expert_facts, experts
from kexie.contexts.matching.operations.experts import Profile
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "琥珀配方七号：压射速度2.8米每秒"


@pytest.fixture
def world(transactional_db):
    return build.world()


def signed_in(world, role: str, unit, name: str) -> str:
    """Return the session of a new account."""
    account, _password = access.create_account(
        association=world.association, username=role.lower(), display_name=name, unit=unit, person=None, actor=None,
        now=build.NOW,
    )  # fmt: skip
    account.must_change_password = False
    demo.give_second_factor(account, now=build.NOW)
    account.save()
    access.grant(account=account, role=role, unit=unit, actor=None, now=build.NOW)
    client = Client()
    client.force_login(account)
    return client.cookies["kexie_session"].value


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind=Kind.FIRM, name="虚构压铸厂",
        area=world.counties[0].area, actor=None, now=build.NOW,
    )  # fmt: skip


@pytest.fixture
def known(world):
    """Two experts who did such work."""
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    made = []
    for name in ("沐阳", "知远"):
        one = experts.register(profile=Profile(name=name, title="教授", skills="铝合金压铸气孔"), **by)
        expert_facts.give_consent(expert_id=one.pk, use="RECOMMEND", basis="PAPER", on=build.NOW.date(), **by)
        expert_facts.add_work(
            expert_id=one.pk,
            kind="CASE",
            title="压铸件内部气孔攻关",
            text="真空压铸降低气孔。",
            year=2022,
            **by,
        )
        made.append(one)
    return made


def act(page: Page, name: str, choose: str = "", **fields: str) -> None:
    """Open one of the acts unless it stands open, fill it in and carry it out."""
    box = (
        page.locator("details.exp-act")
        .filter(has=page.locator("summary").get_by_text(name, exact=True))
        .first
    )
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    if choose:
        box.get_by_label("专家").select_option(label=choose)
    for label, value in fields.items():
        box.get_by_label(label).fill(value)
    box.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def good(page: Page) -> None:
    """Nothing that axe or a narrow screen complains about."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def solved(world) -> object:
    today = timezone.localdate()
    return figures.value(
        Cell("matching.problems_solved", Period.until(today, since=dt.date(today.year, 1, 1))), world.scope
    )


def posts(phone: Page) -> None:
    """The firm posts its problem, at first without saying enough."""
    good(phone)
    phone.get_by_role("link", name="提出难题").first.click()
    phone.get_by_label("一句话说清问题").fill("铝压铸件内部气孔超标")
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("[aria-invalid=true]").first).to_be_visible()
    good(phone)
    phone.get_by_label("具体情况").first.fill("压铸后加工面露出气孔，废品率百分之八，希望降到百分之二。")
    phone.get_by_label("详细资料（保密）").fill(SECRET)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("天内审核").first).to_be_visible()
    good(phone)


def checks_and_invites(desk: Page) -> None:
    """The broker checks and publishes it, reads why the experts are suggested, and invites both."""
    good(desk)
    desk.get_by_role("link", name="铝压铸件内部气孔超标").click()
    expect(desk.get_by_text("作出保密承诺").first).to_be_visible()
    assert SECRET not in desk.content()
    act(desk, "审核通过")
    expect(desk.get_by_text("已审核通过。")).to_be_visible()
    act(desk, "发布")
    good(desk)
    desk.get_by_role("link", name="找专家").first.click()
    expect(desk.locator("mark", has_text="气孔").first).to_be_visible()
    good(desk)
    for box in desk.locator("input[name=experts]").all():
        box.check()
    desk.get_by_role("button", name="邀请").first.click()
    expect(desk.get_by_text("等待答复").first).to_be_visible()


def declines(open_page, known) -> None:
    first = Invitation.objects.get(expert=known[0])
    one = open_page(f"/invitations/{first.code}/", viewport=PHONE)
    good(one)
    one.locator("summary", has_text="不能参加").click()
    one.get_by_label("原因").fill("近期时间不够")
    one.get_by_role("button", name="谢绝").click()
    expect(one.get_by_text("您已谢绝")).to_be_visible()


def accepts_and_reads(open_page, known) -> None:
    """The other undertakes to keep it secret, and then reads the full text."""
    second = Invitation.objects.get(expert=known[1])
    other = open_page(f"/invitations/{second.code}/", viewport=PHONE)
    other.get_by_label("我作出以上保密承诺").check()
    other.get_by_role("button", name="同意参加").click()
    expect(other.get_by_text("您已同意参加")).to_be_visible()
    good(other)
    assert SECRET not in other.content()
    other.get_by_role("button", name="打开详细资料").click()
    expect(other.get_by_text(SECRET)).to_be_visible()
    good(other)
    assert TextOpening.objects.get().expert == known[1]


def works(visit: Page, known) -> None:
    """The broker logs visit, intention, agreement and work, in the firm's yard."""
    expect(visit.get_by_text("已匹配专家").first).to_be_visible()
    act(visit, "登记对接", choose=known[1].name, 说明="到厂看了模具")
    expect(visit.get_by_text("已登记对接。")).to_be_visible()
    act(visit, "登记意向", choose=known[1].name)
    act(visit, "登记签约", choose=known[1].name)
    act(visit, "开始攻关")
    expect(visit.get_by_text("已登记开始攻关。")).to_be_visible()
    good(visit)


def rejects_then_confirms(phone: Page, world) -> None:
    """The firm's word, the second time a good one."""
    before = solved(world)
    expect(phone.get_by_text("知远").first).to_be_visible()
    act(phone, "还没有解决", 还有什么没有解决="大件还有砂眼")
    expect(phone.get_by_text("大件还有砂眼")).to_be_visible()
    assert solved(world) == before
    act(phone, "确认已解决")
    expect(phone.get_by_text("已确认解决，谢谢。")).to_be_visible()
    expect(phone.get_by_role("heading", name="回访")).to_be_visible()
    good(phone)
    assert solved(world) == before + 1


def opens_the_figure(desk: Page) -> None:
    """The board's figure opens to the problem."""
    desk.goto("/work/problems/board/")
    good(desk)
    figure = desk.locator(".prb-figures li", has_text="已解决")
    expect(figure.locator(".prb-figure")).to_have_text("1")
    figure.get_by_role("link").click()
    expect(desk.get_by_role("link", name="铝压铸件内部气孔超标")).to_be_visible()
    desk.goto("/work/problems/follow-ups/")
    good(desk)


def test_from_the_workshop_to_the_firms_own_word(world, firm, known, open_page) -> None:
    firms = {"kexie_session": signed_in(world, "FIRM_CONTACT", firm, "周厂长")}
    desks = {"kexie_session": signed_in(world, "COORDINATOR", world.association, "市科协")}
    phone = open_page("/work/problems/", viewport=PHONE, cookies=firms)
    posts(phone)
    address = f"/work/problems/{Problem.objects.get().pk}/"
    desk = open_page("/work/problems/", viewport=DESK, cookies=desks)
    checks_and_invites(desk)
    declines(open_page, known)
    accepts_and_reads(open_page, known)
    works(open_page(address, viewport=PHONE, cookies=desks), known)
    phone.goto(address)
    rejects_then_confirms(phone, world)
    opens_the_figure(desk)
