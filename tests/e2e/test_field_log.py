"""A crew's phone in a browser: a trip of three stops without a network, sent, confirmed, put right; two phones; a lost phone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.touring.models import CaravanStop, CaravanTrip, FieldNote, FieldPhone
from kexie.contexts.touring.operations import phones
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build
from tests.touring.test_caravan_requests import sign_in
from tests.touring.test_fleet import a_driver, a_van

pytestmark = pytest.mark.django_db(transaction=True)
# Keystroke-level model (Card, Moran and Newell 1980): seconds to point and tap, to press a key, to make up one's mind.
TAP, KEY, MIND = 1.1, 0.28, 1.35
MOST_SECONDS = 90


class Typing:
    """Uses the page as a thumb does, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.keys, self.steps = page, 0, 0, 0

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.taps += 1
        self.steps += 1

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.taps += 1
        self.keys += len(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.taps += 2

    @property
    def seconds(self) -> float:
        return self.taps * TAP + self.keys * KEY + self.steps * MIND


@pytest.fixture
def world(transactional_db, client):
    made = build.world()
    sign_in(made, client)
    made.client = client
    return made


@pytest.fixture
def van(world):
    made = a_van(world, initial_km=900)
    a_driver(world, made)
    return made


@pytest.fixture
def paired(world, van, open_page):
    """Pair a phone and return its page once it has taken along what it needs."""

    def go(name: str = "甲机", viewport=PHONE) -> Page:
        by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
        _made, code = phones.add(name=name, **by)
        page = open_page(f"/field/#pair={code}", viewport=viewport)
        expect(page.locator("#state")).to_have_text("已全部上传")
        expect(page.locator("#van option")).to_have_count(2)
        page.evaluate("navigator.serviceWorker.ready")
        return page

    return go


def trip(page: Page, counts=("１２０", "80", "200"), out: str = "1000", back: str = "1060") -> Typing:
    thumb = Typing(page)
    thumb.choose("驾驶员", "甲")
    thumb.type("出车里程表（公里）", out)
    thumb.tap("出车")
    for turn, count in enumerate(counts):
        thumb.type("学校、村或广场", f"第{turn + 1}小学")
        thumb.tap("到达")
        if turn == 0:
            thumb.choose("计数方法", "计数器")
            thumb.choose("主要对象", "中小学生")
        thumb.type("人次", count)
        thumb.tap("记下人次")
        thumb.tap("离开这一站")
    thumb.type("返回里程表（公里）", back)
    thumb.tap("收车")
    return thumb


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_trip_without_a_network_becomes_figures(
    world, paired, open_page, viewport, record_property
) -> None:
    page = paired(viewport=viewport)
    assert violations(page) == []
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("button", name="出车", exact=True)).to_be_visible()
    thumb = trip(page)
    record_property("typing", f"{thumb.taps} taps, {thumb.keys} keys, {thumb.seconds:.0f} s")
    assert thumb.seconds <= MOST_SECONDS
    expect(page.locator("#state")).to_contain_text("离线，待传 11 条")
    assert violations(page) == []
    assert not FieldNote.objects.exists()

    page.context.set_offline(False)
    expect(page.locator("#state")).to_have_text("已全部上传", timeout=60_000)
    stops = list(CaravanStop.objects.order_by("spot"))
    assert [one.headcount for one in stops] == [120, 80, 200]
    by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
    ledger.confirm(records=[CaravanTrip.objects.get(), *stops], **by)
    assert visits(world) == 400
    ledger.reverse(record=stops[1], reason="人次录错", **by)
    assert visits(world) == 320


def visits(world):
    today = timezone.localdate()
    period = Period.until(today, since=today - dt.timedelta(days=1))
    return figures.value(Cell("touring.caravan_visits", period), world.scope)


def test_two_phones_differ_and_somebody_settles_it_at_the_desk(world, paired, open_page) -> None:
    first, second = paired(), paired("乙机")
    second.context.set_offline(True)
    trip(second, counts=("95",), back="1060")
    first.context.set_offline(True)
    trip(first, counts=("80",), back="1060")
    for page in (first, second):
        page.context.set_offline(False)
        expect(page.locator("#state")).to_have_text("已全部上传", timeout=60_000)
    session = world.client.cookies["kexie_session"].value
    page = open_page("/work/touring/fleet/field/", cookies={"kexie_session": session})
    page.get_by_role("link", name=str(timezone.localdate())).click()
    expect(page.get_by_text("两台手机说法不同，请核定")).to_be_visible()
    assert violations(page) == []
    label = "人次 第1小学：以甲机的“80（计数器）”为准"
    page.locator("summary").get_by_text(label).click()
    page.get_by_role("button", name=label).click()
    expect(page.get_by_text("未采用")).to_be_visible()
    assert (CaravanStop.objects.get().headcount, FieldNote.objects.count()) == (80, 10)


def test_a_send_that_breaks_off_is_repeated_and_counts_once(paired) -> None:
    page = paired()
    broken = []

    def cut(route):
        # The server takes it in; the answer is lost on the way.
        route.fetch()
        broken.append(1)
        route.abort("internetdisconnected")

    page.route("**/field/api/notes", cut, times=1)
    trip(page, counts=("80",))
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#state")).to_have_text("已全部上传", timeout=60_000)
    assert (len(broken), FieldNote.objects.count(), CaravanTrip.objects.count()) == (1, 5, 1)


def test_strange_numbers_are_asked_about_and_a_note_can_be_taken_back(paired) -> None:
    page = paired()
    page.get_by_label("出车里程表（公里）").fill("800")
    page.get_by_role("button", name="出车", exact=True).click()
    expect(page.locator("#start-error")).to_contain_text("低于")
    page.locator("#start-word").fill("换过里程表")
    page.get_by_role("button", name="出车", exact=True).click()
    page.get_by_label("学校、村或广场").fill("一小")
    page.get_by_role("button", name="到达", exact=True).click()
    page.get_by_label("人次", exact=True).fill("-5")
    page.get_by_label("计数方法").select_option(label="主办方估计")
    page.get_by_label("主要对象").select_option(label="中小学生")
    page.get_by_role("button", name="记下人次").click()
    expect(page.locator("#count-error")).to_contain_text("不能是负数")
    page.get_by_label("人次", exact=True).fill("90000")
    page.get_by_role("button", name="记下人次").click()
    expect(page.locator("#count-error")).to_contain_text("再按一次")
    page.get_by_role("button", name="记下人次").click()
    page.get_by_role("button", name="撤回 人次 90000").click()
    expect(page.locator("#notes .field-undone")).to_have_count(1)
    page.get_by_label("返回里程表（公里）").fill("3900")
    page.get_by_role("button", name="收车", exact=True).click()
    expect(page.locator("#end-error")).to_contain_text("3100")


# The next note takes two seconds to be encrypted, and whatever is encrypted after it does not.
SLOW_ONCE = """() => {
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
    crypto.subtle.encrypt = async (...given) => {
        crypto.subtle.encrypt = encrypt;
        await new Promise((done) => setTimeout(done, 2000));
        return encrypt(...given);
    };
}"""


def test_a_note_written_while_the_phone_tidies_up_is_shown_and_sent(paired) -> None:
    page = paired()
    page.get_by_label("出车里程表（公里）").fill("1000")
    page.get_by_role("button", name="出车", exact=True).click()
    expect(page.locator("#state")).to_have_text("已全部上传")
    page.evaluate(SLOW_ONCE)
    page.get_by_label("学校、村或广场").fill("一小")
    page.get_by_role("button", name="到达", exact=True).click()
    with page.expect_response("**/field/api/pack"):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("button", name="撤回 到达 一小")).to_be_visible()
    expect(page.locator("#state")).to_have_text("已全部上传")
    assert FieldNote.objects.count() == 2


def test_a_phone_taken_away_empties_itself(world, paired) -> None:
    page = paired()
    by = {"actor": world.account, "now": timezone.now(), "scope": world.scope}
    phones.revoke(phone_id=FieldPhone.objects.get().pk, **by)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#pairing-error")).to_contain_text("已被停用")
    page.reload()
    expect(page.get_by_role("button", name="配对", exact=True)).to_be_visible()
    assert violations(page) == []


def test_an_earlier_stop_chosen_to_be_counted_stays_chosen_while_notes_are_sent(paired) -> None:
    page = paired()
    thumb = Typing(page)
    thumb.type("出车里程表（公里）", "1000")
    thumb.tap("出车")
    for spot in ("一小", "二小"):
        thumb.type("学校、村或广场", spot)
        thumb.tap("到达")
        if spot == "一小":
            thumb.tap("离开这一站")
    expect(page.locator("#at option")).to_have_count(2)
    page.locator("#at").select_option(label="一小")
    with page.expect_response("**/field/api/pack"):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#state")).to_have_text("已全部上传")
    thumb.choose("计数方法", "计数器")
    thumb.choose("主要对象", "中小学生")
    thumb.type("人次", "85")
    thumb.tap("记下人次")
    expect(page.locator("#at option").first).to_have_text("一小 · 85")
    thumb.tap("离开这一站")
    expect(page.get_by_role("button", name="撤回 离开 二小")).to_be_visible()
