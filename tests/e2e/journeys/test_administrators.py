"""Three administrators who each see their own part; who guesses passwords is locked out."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import People, assert_open_to_all, sign_in


def test_an_administrator_needs_a_second_factor_and_sees_no_records(people: People) -> None:
    page = people.member("system-administrator")
    _give_code(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/work/" in page.url
    page.goto("/work/accounts/")
    expect(page.get_by_role("heading", name="账号", level=1)).to_be_visible()
    assert_open_to_all(page)
    for closed in ("/work/records/rural.trainings/", "/work/audit/", "/work/grants/", "/work/dashboard/"):
        assert (closed, page.goto(closed).status) == (closed, 403)
    page.goto("/account/")
    expect(page.get_by_role("heading", name="已登录的设备")).to_be_visible()
    expect(page.locator("#sessions")).to_contain_text("本机")
    assert_open_to_all(page)


def test_the_auditor_reads_the_log_and_nothing_else(people: People) -> None:
    page = people.member("audit-administrator")
    _give_code(page)
    page.goto("/work/audit/")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert_open_to_all(page)
    for closed in ("/work/records/rural.trainings/", "/work/accounts/"):
        assert (closed, page.goto(closed).status) == (closed, 403)


def test_five_wrong_passwords_lock_the_account(people: People) -> None:
    page = people.visitor("/sign-in/")
    assert_open_to_all(page)
    for _attempt in range(5):
        sign_in(page, "tutor", "wrong")
        expect(page.get_by_text(re.compile("不正确")).first).to_be_visible()
    sign_in(page, "tutor")
    expect(page.get_by_text("已暂停登录").first).to_be_visible()
    assert "/sign-in/" in page.url


def test_one_can_end_ones_session_elsewhere(people: People) -> None:
    lost = people.member("science-worker")
    page = people.member("science-worker", "/account/")
    page.locator("#sessions").get_by_role("button", name="退出").first.click()
    expect(page.locator("#sessions").get_by_role("button", name="退出")).to_have_count(0)
    lost.goto("/work/")
    assert "/sign-in/" in lost.url


def _give_code(page: Page) -> None:
    expect(page.get_by_role("heading", name="动态口令", level=1)).to_be_visible()
    shown = page.get_by_text("此账号当前的动态口令是").inner_text()
    page.get_by_label("动态口令").fill(re.search(r"\d{6}", shown)[0])
    page.get_by_role("button", name="完成登录").click()
    expect(page.get_by_role("heading", name="动态口令", level=1)).to_have_count(0)
