"""A visitor's kept tickets: readable without a network, gone with the next visitor and after signing out."""

import time

import pytest
from playwright.sync_api import expect

from kexie.platform.tickets import qr
from kexie.platform.tickets.web.views import to_keep
from tests.architecture.access_rows import World
from tests.e2e.conftest import PHONE, violations

pytestmark = pytest.mark.django_db(transaction=True)
_KEEP = """(ticket) => new Promise((done) => {
  const ask = indexedDB.open("kexie-tickets", 1);
  ask.onsuccess = () => {
    const change = ask.result.transaction("tickets", "readwrite");
    change.objectStore("tickets").put(ticket);
    change.oncomplete = () => { ask.result.close(); done(); };
  };
})"""


def test_tickets_open_without_a_network_and_go_when_one_signs_out(open_page, settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    World()
    page = open_page("/my/tickets/", viewport=PHONE, bypass_csp=True)
    expect(page.locator(".kept__none")).to_contain_text("没有保存入馆票")
    now = int(time.time() * 1000)
    kept = {
        "owner": "a",
        "title": "阜阳市科技馆",
        "when": "11月28日 09:00–11:00",
        "size": 5,
        "drawing": qr.svg("KX1.A"),
    }
    page.evaluate(_KEEP, to_keep(**kept, code="k7m2p9xq", ends_at_ms=now + 3_600_000))
    page.evaluate(_KEEP, to_keep(**kept, code="oldoldol", ends_at_ms=now - 2 * 86_400_000))
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".kept__number")).to_have_text(["k7m2p9xq"])
    expect(page.get_by_role("img", name="预约号 k7m2p9xq")).to_be_visible()
    assert violations(page) == []
    page.context.set_offline(False)
    page.goto("/my/sign-in/")
    page.wait_for_timeout(500)
    page.goto("/my/tickets/")
    expect(page.locator(".kept__none")).to_be_visible()
