"""The scanner in a browser: a camera that sees a ticket, no network, two gates, a lost phone, and what it says."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kexie.config.browser import ARGUMENTS, chromium
from kexie.platform.capacity.models import Passage, Tally
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.tickets import token
from tests.e2e.conftest import PHONE, violations
from tests.museums.checkin import build
from tests.museums.checkin.build import Gate

pytestmark = pytest.mark.django_db(transaction=True)
_SIZE = (640, 480)


def show_camera(video: Path, text: str = "") -> None:
    """Write the film that the camera sees from its next start on: a QR code, or nothing but grey."""
    frame = Image.new("L", _SIZE, 128)
    if text:
        code = segno.make(text, error="m", micro=False)
        side = code.symbol_size(scale=8, border=4)[0]
        picture = Image.new("L", (side // 8,) * 2, 255)
        for y, row in enumerate(code.matrix):
            for x, module in enumerate(row):
                picture.putpixel((x + 4, y + 4), 0 if module else 255)
        picture = picture.resize((420, 420), Image.Resampling.NEAREST)
        frame.paste(picture, (110, 30))
    grey = b"\x80" * (_SIZE[0] * _SIZE[1] // 2)
    head = f"YUV4MPEG2 W{_SIZE[0]} H{_SIZE[1]} F10:1 Ip A1:1 C420jpeg\n".encode()
    video.write_bytes(head + (b"FRAME\n" + frame.tobytes() + grey) * 4)


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("camera") / "camera.y4m"


@pytest.fixture(scope="module")
def browser(video) -> Iterator[Browser]:
    """A browser whose camera is a film of ours."""
    show_camera(video)
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        found = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *fake])
        yield found
        found.close()


@pytest.fixture
def gate(tmp_path, settings, live_server, video) -> Gate:
    settings.KEXIE_HOME = tmp_path
    show_camera(video)
    now = timezone.localtime()
    return Gate(starts_at=max(now - dt.timedelta(minutes=5), now.replace(hour=0, minute=0, second=0)))


@pytest.fixture
def scanner(open_page, gate) -> Callable[..., Page]:
    """Pair a phone at a gate and return its page, once it has the list."""

    def paired(name: str = "1号门", **options: Any) -> Page:
        device, code = gate.device(name)
        page = open_page(f"/checkin/#pair={code}", **{"viewport": PHONE, **options})
        page.get_by_label("入口名称").fill(name)
        page.get_by_role("button", name="开始检票").click()
        expect(page.locator("#list")).to_contain_text("单", timeout=60_000)
        expect(page.locator("#net")).to_have_text("在线")
        page.device = device
        return page

    return paired


def answer(page: Page, title: str, *, within: int = 20_000) -> None:
    expect(page.locator("#answer-title")).to_have_text(title, timeout=within)
    expect(page.locator("#answer")).to_be_visible()


def enter(page: Page, text: str) -> None:
    """As a scanner with a cable: types, and ends with Enter."""
    page.locator("#entry").fill(text)
    page.locator("#entry").press("Enter")


def all_sent(page: Page) -> None:
    expect(page.locator("#queue")).to_have_text("已全部上传", timeout=60_000)


def test_a_party_comes_in_without_a_network_and_is_counted_once_it_is_back(scanner, gate, video):
    made = build.booking(gate.offer, *map(build.person, build.NAMES))
    page = scanner()
    page.evaluate("navigator.serviceWorker.ready")
    show_camera(video, build.ticket(made))
    page.context.set_offline(True)
    page.reload()
    answer(page, "5 人可入馆")
    expect(page.locator("#net")).to_have_text("离线")
    expect(page.locator("#answer-who")).to_have_text(f"{made.code} · 张*三、李*、王* · 入馆")
    page.get_by_role("button", name="少一人").click(click_count=2)
    page.get_by_role("button", name="放行 3 人").click()
    answer(page, "请进 3 人")
    expect(page.locator("#answer-text")).to_have_text("还可进 2 人。")
    expect(page.locator("#queue")).to_have_text("待传 1 条")
    expect(page.locator("#inside")).to_have_text("3")
    enter(page, build.ticket(made))
    answer(page, "还有 2 人可入馆")
    page.get_by_role("button", name="放行 2 人").click()
    answer(page, "请进 2 人")
    page.wait_for_timeout(3500)  # the camera still sees the code
    enter(page, build.ticket(made))
    answer(page, "已经入馆")
    assert Passage.objects.count() == 0
    page.context.set_offline(False)
    all_sent(page)
    made.refresh_from_db()
    assert made.admitted == 5
    assert Tally.objects.get().entered == 5
    expect(page.locator("#entered")).to_have_text("5")


def test_a_ticket_booked_after_the_list_is_known_by_its_signature(scanner, gate):
    page = scanner()
    page.context.set_offline(True)
    enter(page, build.ticket(build.booking(gate.offer, build.person("张三"))))
    answer(page, "请进 1 人")
    page.context.set_offline(False)
    all_sent(page)
    assert Passage.objects.get().kind == "TICKET"


def test_who_may_not_enter_is_told_why_in_large_words(scanner, gate):
    now = timezone.now()
    tomorrow, later = (
        build.offer(gate.museum, starts_at=now + dt.timedelta(days=1)),
        build.offer(gate.museum, starts_at=now + dt.timedelta(hours=2), hours=1),
    )
    cancelled = build.booking(gate.offer, build.person("张三"), state="CANCELLED", ended_at=now)
    held = build.booking(gate.offer, build.person("李四"), state="HELD", held_until=now)
    early = build.booking(later, build.person("王五"))
    good = build.booking(gate.offer, build.person("赵六"))
    page = scanner()
    text = build.ticket(good)
    elsewhere = token.issue(
        reservation_id=uuid.uuid4(), venue_id=uuid.uuid4(), starts_at=now, ends_at=now + dt.timedelta(hours=1), size=1
    )  # fmt: skip
    expected = {
        build.ticket(cancelled): "预约已取消",
        build.ticket(held): "预约没有完成",
        build.ticket(build.booking(tomorrow, build.person("孙七"))): "不是今天的票",
        elsewhere: "不是本馆的票",
        text[:-20] + ("A" if text[-20] != "A" else "B") + text[-19:]: "不是有效的票",
    }
    if timezone.localdate(later.ends_at) == timezone.localdate() and later.starts_at > now:
        expected[build.ticket(early)] = "还没到时间"
    for ticket, title in expected.items():
        enter(page, ticket)
        answer(page, title)
        page.get_by_role("button", name="下一位").click()
    enter(page, text)
    answer(page, "请进 1 人")
    enter(page, text)
    answer(page, "已经入馆")
    expect(page.locator("#answer-text")).to_contain_text("1号门")
    all_sent(page)
    assert Tally.objects.get().entered == 1


def test_a_supervisor_lets_in_with_a_reason(scanner, gate):
    made = build.booking(gate.offer, build.person("张三"), state="CANCELLED", ended_at=timezone.now())
    page = scanner()
    enter(page, build.ticket(made))
    answer(page, "预约已取消")
    page.get_by_role("button", name="值班人员放行").click()
    page.get_by_role("button", name="放行", exact=True).click()
    expect(page.locator("#reason-error")).to_have_text("请选择或写明放行原因。")
    page.get_by_label("其他原因").fill("家长已到场说明")
    page.get_by_role("button", name="放行", exact=True).click()
    answer(page, "请进 1 人")
    all_sent(page)
    let_in = Passage.objects.get(verdict="OVERRIDE")
    assert (let_in.reason, let_in.count) == ("家长已到场说明", 1)


def test_walk_ins_people_leaving_and_taking_back_without_a_network(scanner, gate):
    page = scanner()
    page.context.set_offline(True)
    page.get_by_role("button", name="散客").click()
    page.locator(".gate-way", has_text=re.compile("^3$")).click()
    page.get_by_role("button", name="儿童").click()
    expect(page.locator("#walkins-told")).to_have_text("儿童 3 人，已登记入馆。")
    page.get_by_placeholder("其他").fill("12")
    page.get_by_role("button", name="老年人（无手机）").click()
    expect(page.locator("#walkins-told")).to_have_text("老年人 12 人，已登记入馆。")
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("#walkins-told")).to_contain_text("已撤回")
    page.get_by_role("button", name="完成").click()
    page.get_by_role("button", name="离馆 +1").click()
    answer(page, "离馆 1 人")
    expect(page.locator("#inside")).to_have_text("2")
    page.context.set_offline(False)
    all_sent(page)
    tally = Tally.objects.get()
    assert (tally.entered, tally.left, tally.walk_ins) == (3, 1, 3)
    expect(page.locator("#inside")).to_have_text("2")


def test_two_gates_without_a_network_let_in_one_ticket_and_both_are_told(scanner, gate):
    made = build.booking(gate.offer, build.person("张三"))
    one, two = scanner("1号门"), scanner("2号门")
    for page in (one, two):
        page.context.set_offline(True)
        enter(page, build.ticket(made))
        answer(page, "请进 1 人")
    for page in (two, one):
        page.context.set_offline(False)
        all_sent(page)
    for page in (one, two):
        page.get_by_role("button", name="设置").click()
        page.get_by_role("button", name="立即同步").click()
        page.get_by_role("button", name="完成").click()
        expect(page.locator("#doubles")).to_contain_text(f"预约号 {made.code} 在 2号门", timeout=60_000)
    assert Tally.objects.get().entered == 1
    (double,) = passages.doubles(gate.museum.association_id, gate.offer.venue_id, gate.offer.day)
    assert double.device.gate == "2号门"


def test_whoever_has_no_phone_is_found_by_number_name_or_code(scanner, gate):
    people = [build.person("张小三"), build.person("张大三")]
    first, _second = (build.booking(gate.offer, one) for one in people)
    page = scanner()
    page.context.set_offline(True)
    enter(page, "张小三")
    expect(page.locator("#finding-told")).to_have_text("找到 2 单")
    page.get_by_role("button", name=first.code).click()
    answer(page, "请进 1 人")
    enter(page, people[1].number[-6:])
    answer(page, "请进 1 人")
    enter(page, first.code.upper())
    answer(page, "已经入馆")
    enter(page, "王五")
    expect(page.locator("#finding-told")).to_contain_text("今天的名单里没有")
    page.locator("#finding").get_by_role("button", name="关闭").click()
    enter(page, " ")
    expect(page.locator("#entry-error")).to_contain_text("请输入预约号")


def test_a_museum_that_is_full_lets_in_as_many_as_there_is_room_for(scanner, gate):
    gate.museum.instant_cap = 3
    gate.museum.save()
    made = build.booking(gate.offer, *map(build.person, build.NAMES))
    page = scanner()
    enter(page, build.ticket(made))
    page.get_by_role("button", name="放行 3 人").click()
    answer(page, "请进 3 人")
    enter(page, build.ticket(made))
    answer(page, "馆内已满")
    page.get_by_role("button", name="离馆 +1").click()
    answer(page, "离馆 1 人")
    enter(page, build.ticket(made))
    answer(page, "请进 1 人")


def test_a_lost_phone_empties_itself_at_its_next_contact(scanner, gate):
    build.booking(gate.offer, build.person("张三"))
    page = scanner()
    device = page.device
    device.refresh_from_db()
    devices.revoke(device=device, reason="手机丢失", actor=gate.staff, now=timezone.now())
    page.get_by_role("button", name="设置").click()
    page.get_by_role("button", name="立即同步").click()
    expect(page.locator("#pairing-told")).to_contain_text("已被停用", timeout=60_000)
    left = page.evaluate(
        """async () => {
          const db = await new Promise((done) => { const ask = indexedDB.open("kexie-checkin"); ask.onsuccess = () => done(ask.result); });
          const count = (name) => new Promise((done) => { const ask = db.transaction(name).objectStore(name).count(); ask.onsuccess = () => done(ask.result); });
          return [await count("keep"), await count("notes")];
        }"""
    )
    assert left == [0, 0]


def test_the_key_cannot_be_taken_out_and_nothing_lies_in_clear(scanner, gate):
    build.booking(gate.offer, build.person("张小三"))
    page = scanner()
    page.get_by_role("button", name="离馆 +1").click()
    kept = page.evaluate(
        """async () => {
          const db = await new Promise((done) => { const ask = indexedDB.open("kexie-checkin"); ask.onsuccess = () => done(ask.result); });
          const get = (name) => new Promise((done) => { const ask = db.transaction("keep").objectStore("keep").get(name); ask.onsuccess = () => done(ask.result); });
          const key = await get("key");
          return [key.extractable, new TextDecoder().decode(await get("list")).includes("张")];
        }"""
    )
    assert kept == [False, False]


def test_a_wrong_code_is_explained_beside_its_field(open_page, gate):
    page = open_page("/checkin/", viewport=PHONE)
    code = page.get_by_label("配对码")
    code.fill("abc")
    page.get_by_role("button", name="配对").click()
    expect(page.locator("#pairing-error")).to_have_text("请输入8位配对码。")
    code.fill("abcd2345")
    page.get_by_role("button", name="配对").click()
    expect(page.locator("#pairing-error")).to_contain_text("配对码不对或已过期")
    expect(code).to_have_value("abcd2345")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_every_screen_can_be_read_by_everybody(scanner, gate, viewport):
    made = build.booking(gate.offer, *map(build.person, build.NAMES))
    page = scanner(bypass_csp=True, viewport=viewport)
    assert violations(page) == []
    enter(page, build.ticket(made))
    answer(page, "5 人可入馆")
    assert violations(page) == []
    page.get_by_role("button", name="放行 5 人").click()
    answer(page, "请进 5 人")
    enter(page, build.ticket(made))
    answer(page, "已经入馆")
    assert violations(page) == []
    page.get_by_role("button", name="下一位").click()
    for opener, title in (("散客", "现场散客"), ("设置", "设置")):
        page.get_by_role("button", name=opener).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="完成").click()
