"""Facilities near to where the browser is: position given, refused, not to be had, too slow; it never leaves the browser."""

import pytest
from playwright.sync_api import expect

from kexie.contexts.facilities.models import Facility
from kexie.contexts.facilities.operations import life
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build

pytestmark = pytest.mark.django_db(transaction=True)
HERE = {"longitude": 115.81, "latitude": 32.90}


@pytest.fixture
def sites(transactional_db):
    world = build.world()
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    unit = world.counties[0]
    for name, longitude in (("远处画廊", 116.2), ("近处画廊", 115.82)):
        made = Facility.objects.create(
            association=world.association, unit=unit, area=unit.area, name=name, kind="GALLERY",
            longitude=longitude, latitude=32.90,
        )  # fmt: skip
        life.enter_stage(
            facility_id=made.pk, stage="ACCEPTED", on=build.NOW.date(), reason="", confirm=world.scope, **by
        )


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_position_that_is_given_orders_the_list_and_goes_nowhere(sites, open_page, viewport) -> None:
    page = open_page("/facilities/near/", viewport=viewport, geolocation=HERE, permissions=["geolocation"])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-near-status]")).to_have_text("离您最近的设施")
    expect(page.locator("[data-near-list] h2")).to_have_text(["近处画廊", "远处画廊"])
    expect(page.locator("[data-near-list] .ruled__side").first).to_have_text("约900米")
    assert [one for one in asked if "/static/" not in one] == []
    assert violations(page) == []


def test_a_position_that_is_refused(sites, open_page) -> None:
    page = open_page("/facilities/near/", viewport=PHONE)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-near-status]")).to_contain_text("浏览器没有允许使用位置")
    expect(page.get_by_role("button", name="用我的位置")).to_be_enabled()
    assert violations(page) == []
    # Allowed afterwards, the same button works.
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(HERE)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-near-list] h2").first).to_have_text("近处画廊")


def test_a_position_that_is_not_to_be_had(sites, open_page) -> None:
    page = open_page("/facilities/near/", viewport=PHONE, permissions=["geolocation"])
    page.context.set_geolocation(None)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-near-status]")).to_contain_text("手机的定位可能关着")


# What a browser answers once its patience is over: its timer cannot be hurried, so it is told to be over at once.
LATE = """
    const ask = Geolocation.prototype.getCurrentPosition;
    Geolocation.prototype.getCurrentPosition = function (found, refused, options) {
        return ask.call(this, found, refused, { ...options, timeout: 0, maximumAge: 0 });
    };
"""


def test_a_position_that_takes_too_long(sites, open_page) -> None:
    page = open_page("/", viewport=PHONE, permissions=["geolocation"], geolocation=HERE)
    page.add_init_script(LATE)
    page.goto("/facilities/near/")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-near-status]")).to_contain_text("15秒内没有取到位置")
    expect(page.get_by_role("button", name="用我的位置")).to_be_enabled()
