"""A visitor signs in on a phone, adds the family, and finds everything again; every page passes axe."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from kexie.foundation.visitors import operations, tokens
from kexie.foundation.visitors.web import cookie
from kexie.kernel import codes
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from tests.e2e.conftest import DESK, PHONE, violations
from tests.foundation.conftest import build_city

pytestmark = pytest.mark.django_db(transaction=True)
ADULT = codes.synthetic_resident_id(1, birth_date=dt.date(1990, 5, 6), is_male=True)
CHILD = codes.synthetic_resident_id(2, birth_date=dt.date(2020, 2, 29), is_male=False)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_from_the_number_to_a_family_of_two(open_page) -> None:
    build_city(is_demo=True)
    page = open_page("/my/companions/", viewport=PHONE)
    page.get_by_label("手机号码").fill("138 0013 8000")
    press(page, "获取验证码")
    assert violations(page) == []
    code = re.search(r"验证码(\d{6})，", page.get_by_role("main").inner_text())[1]
    page.get_by_label("验证码").fill(code)
    press(page, "登录")
    page.get_by_role("link", name="添加同行人").click()
    page.get_by_label("姓名").fill("张小三")
    page.get_by_label("证件号码").fill(ADULT)
    assert page.get_by_label("出生日期").is_hidden()
    page.get_by_label("这是我本人").check()
    press(page, "保存")
    page.get_by_role("link", name="添加同行人").click()
    page.get_by_label("姓名").fill("李小花")
    page.get_by_label("证件号码").fill(CHILD)
    press(page, "保存")
    assert violations(page) == []
    page.get_by_label("父亲或母亲").check()
    page.get_by_label("我已阅读并同意").check()
    press(page, "同意并保存")
    names = page.locator(".ruled__title").all_inner_texts()
    page.get_by_role("link", name="移除李*花").click()
    press(page, "移除")
    press(page, "恢复")
    assert (names, page.locator(".ruled__title").all_inner_texts()) == (["张*三", "李*花"],) * 2


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_a_visitor_passes_axe(open_page, viewport) -> None:
    city, now = build_city(is_demo=True), timezone.now()
    visitor = operations.ensure(association=city.association, phone="13800138000", now=now)
    kept = operations.add_companion(
        visitor=visitor, name="李小花", document="RESIDENT_ID", number=CHILD, relation="PARENT", now=now
    )
    notify.send(
        association_id=city.association.pk,
        to=Recipient(visitor_id=visitor.pk),
        template="appeal.decided",
        values={"museum": "阜阳市科技馆", "outcome": "恢复预约"},
        href="/museums/",
        now=now,
    )
    token = {cookie.NAME: tokens.issue(visitor, now=now)}
    found = {}
    for address in ("", "companions/", f"companions/{kept.pk}/", f"companions/{kept.pk}/remove/", "notices/", "data/", "data/export/", "data/delete/"):  # fmt: skip
        page = open_page(f"/my/{address}", viewport=viewport, cookies=token)
        found[address] = (
            violations(page),
            page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
        )
    assert {address: seen for address, seen in found.items() if seen != ([], True)} == {}
