"""A crew's phone is paired from the desk's screen, changes its place, is let go; codes that do not work say why."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.touring.models import FieldNote, FieldPhone
from kexie.contexts.touring.operations import phones
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build
from tests.touring.test_caravan_requests import sign_in
from tests.touring.test_fleet import a_van

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, client):
    made = build.world()
    sign_in(made, client)
    made.client = client
    a_van(made, initial_km=900)
    return made


@pytest.fixture
def desk(world, open_page):
    """Return the page on which the code of a new phone stands."""

    def go(viewport=DESK) -> Page:
        session = {"kexie_session": world.client.cookies["kexie_session"].value}
        page = open_page("/work/touring/fleet/phones/new/", viewport=viewport, cookies=session)
        page.get_by_label("手机名称").fill("一号车手机")
        with page.expect_navigation():
            page.get_by_role("button", name="添加并显示二维码").click()
        return page

    return go


def code_on(page: Page) -> str:
    return page.locator(".pairing__code").inner_text().strip()


def paired(page: Page) -> Page:
    expect(page.locator("#state")).to_have_text("已全部上传")
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_dispatcher_shows_a_code_and_the_crew_scans_it(desk, open_page, viewport) -> None:
    page = desk(viewport)
    expect(page.get_by_role("img", name="配对二维码")).to_be_visible()
    assert violations(page) == []
    asked = []
    phone = open_page("/mode-none/")
    phone.on("request", lambda request: asked.append(request.url))
    code = code_on(page)
    phone.goto(f"/field/#pair={code}")
    paired(phone)
    assert [one for one in asked if code in one.partition("#")[0]] == []
    assert phone.url.endswith("/field/")
    expect(page.get_by_text("配对成功，可以出车了")).to_be_visible()
    assert violations(page) == []

    with page.expect_navigation():
        page.get_by_role("link", name="一号车手机").click()
    with page.expect_navigation():
        page.get_by_role("button", name="换一台手机配对").click()
    new = open_page(f"/field/#pair={code_on(page)}", viewport=PHONE)
    paired(new)
    # What the old phone notes meanwhile is not lost: it says what happened and keeps it.
    phone.get_by_label("出车里程表（公里）").fill("1000")
    phone.get_by_role("button", name="出车", exact=True).click()
    expect(phone.locator("#pairing-error")).to_contain_text("没有上传的 1 条还在这台手机上")
    assert violations(phone) == []
    phone.reload()
    expect(phone.get_by_role("button", name="配对", exact=True)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="现场手机").first.click()
    assert violations(page) == []


def test_codes_that_do_not_work_say_why(world, open_page) -> None:
    by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
    made, code = phones.add(name="甲机", **by)
    paired(open_page(f"/field/#pair={code}", viewport=PHONE))
    other = open_page(f"/field/#pair={code}", viewport=PHONE)
    expect(other.locator("#pairing-error")).to_contain_text("已经用过，只能用一次")
    late = phones.renew_code(phone_id=made.pk, **{**by, "now": timezone.now() - dt.timedelta(hours=1)})
    other.get_by_role("textbox", name="配对码").fill(late)
    other.get_by_role("button", name="配对", exact=True).click()
    expect(other.locator("#pairing-error")).to_contain_text("已过期")
    other.get_by_role("textbox", name="配对码").fill("")
    other.get_by_role("button", name="配对", exact=True).click()
    expect(other.locator("#pairing-error")).to_have_text("请填写8位配对码。")
    other.get_by_role("textbox", name="配对码").fill(phones.renew_code(phone_id=made.pk, **by).upper())
    other.get_by_role("button", name="配对", exact=True).click()
    paired(other)


def test_a_paired_phone_that_scans_another_code_is_asked(world, open_page) -> None:
    by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
    _made, code = phones.add(name="甲机", **by)
    page = paired(open_page(f"/field/#pair={code}", viewport=PHONE))
    _other, second = phones.add(name="乙机", **by)
    page.evaluate("code => { location.hash = `pair=${code}`; }", second)
    dialog = page.get_by_role("dialog", name="改用新的配对码？")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="不改用").click()
    expect(dialog).to_be_hidden()
    page.evaluate("code => { location.hash = `pair=${code}`; }", second)
    dialog.get_by_role("button", name="改用新的").click()
    expect(dialog).to_be_hidden()
    page.get_by_text("这台手机", exact=True).click()
    expect(page.locator("#paired")).to_contain_text("乙机")


def test_a_phone_lets_go_after_a_question_and_never_with_notes_unsent(world, open_page) -> None:
    by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
    _made, code = phones.add(name="甲机", **by)
    page = paired(open_page(f"/field/#pair={code}", viewport=PHONE))
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.get_by_label("出车里程表（公里）").fill("1000")
    page.get_by_role("button", name="出车", exact=True).click()
    expect(page.locator("#state")).to_contain_text("待传 1 条")
    page.get_by_text("这台手机", exact=True).click()
    page.get_by_role("button", name="解除配对").click()
    dialog = page.get_by_role("dialog", name="解除这台手机的配对？")
    dialog.get_by_role("button", name="清除并解除").click()
    expect(dialog).to_contain_text("还有 1 条没有上传")
    assert violations(page) == []
    page.context.set_offline(False)
    dialog.get_by_role("button", name="清除并解除").click()
    expect(page.locator("#pairing-error")).to_contain_text("已解除配对")
    assert (FieldNote.objects.count(), FieldPhone.objects.get().token_digest) == (1, "")


def test_taking_a_phone_away_at_the_desk_is_asked_about(desk) -> None:
    page = desk()
    with page.expect_navigation():
        page.get_by_role("link", name="一号车手机").click()
    page.locator("summary").get_by_text("停用这台手机").click()
    page.locator(".form__actions").get_by_role("button", name="停用这台手机").click()
    dialog = page.get_by_role("dialog", name="停用这台手机？")
    expect(dialog).to_contain_text("还没有上传的记录会丢失")
    assert violations(page) == []
    dialog.get_by_role("button", name="不办理").click()
    expect(dialog).to_be_hidden()
    page.locator(".form__actions").get_by_role("button", name="停用这台手机").click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="停用这台手机").click()
    expect(page.get_by_text("已停用").first).to_be_visible()
    assert FieldPhone.objects.get().revoked_at is not None
