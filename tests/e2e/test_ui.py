"""The look and its promises in a real browser: no barriers, no sideways scrolling, keys, dark, large type, no script."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.e2e.conftest import DESK, PHONE, violations
from tests.foundation.conftest import build_city, make_account
from tests.portal.conftest import TODAY, PublicCity

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "/ui-gallery/",
    "/ui-gallery/staff/",
    "/",
    "/museums/",
    "/activities/",
    "/facilities/",
    "/contests/",
    "/services/",
    "/services/problems/",
    "/site-map/",
    "/about/",
    "/no-such-page/",
)
LOOKS = {
    "light": {},
    "dark": {"kx_theme": "dark"},
    "large": {"kx_size": "large"},
}


@pytest.fixture
def city(transactional_db) -> PublicCity:
    built = build_city(is_demo=True)
    public = PublicCity(built, make_account(built, "COORDINATOR"))
    public.museum("东湖科技馆")
    public.museum("南湖科技馆", stage="BUILDING")
    public.activity("昆虫展", timezone.localdate() + dt.timedelta(days=2), kind="EXHIBITION")
    public.activity("科普报告会", TODAY - dt.timedelta(days=20))
    public.facility("柳沟村科普活动室")
    public.contest("2027年颍州区青少年科技创新大赛")
    return public


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_have_no_barriers_and_do_not_scroll_sideways(city, open_page, look, viewport):
    page = open_page(PAGES[0], cookies=LOOKS[look], viewport=viewport)
    for address in PAGES:
        page.goto(address)
        assert (address, violations(page)) == (address, [])
        assert (address, page.evaluate("document.documentElement.scrollWidth")) == (
            address,
            viewport["width"],
        )


def test_targets_on_phones_are_large_enough(city, open_page):
    page = open_page("/", viewport=PHONE)
    for address in ("/", "/activities/", "/facilities/", "/ui-gallery/"):
        page.goto(address)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a.button, button, select, .input, .mainnav__link, .mode, .chip, .pager__link, .brand")]
                .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)
                .map(one => one.className)"""
        )
        assert (address, small) == (address, [])


def test_the_look_is_kept_on_the_next_page(city, open_page):
    page = open_page("/")
    page.get_by_role("button", name="长辈版").click()
    page.get_by_role("button", name="深色").click()
    assert page.get_attribute("html", "class").split() == ["large", "theme-dark"]
    page.goto("/about/")
    assert set(page.get_attribute("html", "class").split()) == {"large", "theme-dark"}
    assert page.get_by_role("button", name="长辈版").get_attribute("aria-pressed") == "true"


def test_without_scripts_the_look_is_chosen_by_a_form(city, open_page):
    page = open_page("/about/", java_script_enabled=False)
    page.get_by_role("button", name="长辈版").click()
    assert page.url.endswith("/about/")
    assert page.get_attribute("html", "class") == "large"


def test_a_page_in_the_dark_is_dark_at_once_where_the_system_prefers_it(city, open_page):
    page = open_page("/about/", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 25, 31)"
    page.get_by_role("button", name="深色").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(248, 250, 246)"


def test_keys_search_walk_and_choose(open_page):
    page = open_page("/ui-gallery/staff/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.is-current").inner_text().split("\t")[1].strip() == "小麦赤霉病防治培训"
    page.keyboard.press("x")
    assert page.locator("[data-bulk-count]").inner_text() == "1"
    page.keyboard.press("k")
    assert "气象科普进校园" in page.locator("tr.is-current").inner_text()


def test_choosing_all_rows_shows_what_can_be_done_with_them(open_page):
    page = open_page("/ui-gallery/staff/")
    assert not page.locator(".bulk").is_visible()
    page.get_by_label("全选本页").check()
    assert page.locator(".bulk").is_visible()
    assert page.locator("[data-bulk-count]").inner_text() == "3"


def test_a_dialog_takes_and_gives_back_the_focus(open_page):
    page = open_page("/ui-gallery/")
    opener = page.locator("[data-dialog-open]")
    opener.click()
    assert page.get_by_role("dialog", name="冲销这条记录？").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert opener.evaluate("one => one === document.activeElement")


def test_the_skip_link_leads_past_the_navigation(city, open_page):
    page = open_page("/museums/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_at_200_percent_nothing_is_cut_off(city, open_page):
    # A zoom of 200 % on a 1280 px screen is a 640 px viewport.
    page = open_page("/", viewport={"width": 640, "height": 512})
    for address in ("/", "/activities/", "/ui-gallery/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 640


def test_paper_gets_the_content_without_the_frame(city, open_page):
    page = open_page("/museums/")
    page.emulate_media(media="print")
    assert not page.locator(".masthead").is_visible()
    assert page.locator(".print-head").is_visible()
    assert page.get_by_role("heading", name="科技馆", exact=True).is_visible()


def test_filters_wait_behind_one_button_on_phones_unless_one_is_set(city, open_page):
    page = open_page("/activities/", viewport=PHONE)
    kind = page.get_by_label("类型")
    assert not kind.is_visible()
    page.get_by_role("button", name="筛选").click()
    assert kind.is_visible()
    page.goto("/activities/?kind=LECTURE")
    assert page.get_by_label("类型").is_visible()


def test_without_scripts_no_filter_is_hidden(city, open_page):
    page = open_page("/activities/", viewport=PHONE, java_script_enabled=False)
    assert page.get_by_label("类型").is_visible()
