"""A draw in a browser: the promise read and a party entered on a phone, the result checked by whoever likes."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import expect

from kexie.contexts.museums.operations import draws
from kexie.foundation.visitors import tokens
from kexie.platform.capacity.models import Offer, Pool
from tests.e2e.conftest import DESK, PHONE, violations
from tests.museums.booking_pages.conftest import NOW, SATURDAY, House, open_house

DRAWN = NOW + dt.timedelta(hours=20)


@pytest.fixture
def house(transactional_db) -> Iterator[House]:
    yield from open_house()


@pytest.fixture
def draw(house):
    house.rules(uses_lottery=True)
    house.generate()
    slot = house.slot(SATURDAY)
    Offer.objects.filter(pk=slot.offer_id).update(opens_at=DRAWN)
    Pool.objects.filter(offer=slot.offer_id, channel="").update(capacity=3, wanted=3)
    slot.offer.refresh_from_db()
    return draws.lay_out(slot=slot, now=NOW)


def best(seed: bytes, entry: dict) -> str:
    """The score of an entry as the page explains it, computed with nothing of ours."""
    lots = range(1, entry["lots"] + 1)
    return max(hmac.new(seed, f"{entry['number']}:{n}".encode(), hashlib.sha256).hexdigest() for n in lots)


def test_a_party_enters_and_anybody_repeats_the_draw(house, draw, open_page) -> None:
    path = f"{house.path}book/{draw.slot_id}/draw/"
    cookies = {"kexie_visitor": tokens.issue(house.visitor, now=NOW)}
    page = open_page(path, viewport=PHONE, cookies=cookies)
    promised = page.locator("code.hash").first.inner_text()
    page.get_by_label("几人").fill("9")
    page.get_by_role("button", name="登记抽签").click()
    expect(page.locator("[aria-invalid=true]")).to_have_value("9")
    assert violations(page) == []
    page.get_by_label("几人").fill("2")
    page.get_by_role("button", name="登记抽签").click()
    expect(page.get_by_text("已登记抽签，结果会短信通知您。")).to_be_visible()
    assert violations(page) == []
    for n, size in enumerate((1, 2, 3)):
        draws.enter(draw=draw, visitor_id=house.someone(f"1380000010{n}").pk, size=size, actor=None, now=NOW)
    with time_machine.travel(DRAWN, tick=False):
        draws.hold_draw(draw=draw, now=DRAWN)
        page.reload()
        expect(page.get_by_text("中签", exact=False).first).to_be_visible()
        for viewport in (PHONE, DESK):
            anyone = open_page(path, viewport=viewport)
            assert violations(anyone) == []
            assert anyone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        told = anyone.locator("code.hash").all_inner_texts()
        numbers = anyone.locator("#result tbody td:nth-child(2)").all_inner_texts()
        answer = anyone.request.get(
            anyone.get_by_role("link", name="下载核对数据（JSON）").get_attribute("href")
        )
    proof = answer.json()
    seed = bytes.fromhex(proof["seed"])
    assert told == [promised, proof["seed"]]
    assert hashlib.sha256(seed).hexdigest() == promised
    assert numbers == [one["number"] for one in proof["entries"]]
    scores = [best(seed, one) for one in proof["entries"]]
    assert scores == sorted(scores, reverse=True) == [one["score"] for one in proof["entries"]]
