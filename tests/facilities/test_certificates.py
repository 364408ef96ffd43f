"""A title on paper, and the public page behind its code: valid, run out, taken back, entered by mistake."""

import datetime as dt

import pytest
from django.utils import timezone

from kexie.contexts.facilities.models import Accreditation, TitleEnd
from kexie.ledger import operations as ledger
from tests.facilities.test_titles import given, recorded
from tests.ledger import build

ONE = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def today():
    return timezone.localdate()


def paper(one):
    return f"/work/facilities/titles/{one.pk}/certificate/"


def check(one):
    return f"/facilities/titles/{one.pk}/"


def test_the_association_gives_certificates_of_its_own_titles_and_extracts_of_others(world, staff, today):
    for title, words, without in (
        ("CITY_BASE", "称号证书", "不代替"), ("PROVINCIAL_BASE", "称号登记证明", "称号证书</h1>"),
    ):  # fmt: skip
        one = given(world, title=title, batch="2026—2030", certificate_no="7号", valid_to=today)
        page = staff.get(paper(one)).content.decode()
        for said in (
            words,
            one.holder.name,
            "2026—2030",
            "7号",
            today.isoformat(),
            "<svg",
            "data-print",
            f"http://testserver{check(one)}",
        ):
            assert said in page, said
        assert without not in page
        assert "cert__void" not in page


def test_the_public_page_says_what_is_true_today(world, client, staff, today):
    good = given(world, valid_to=today)
    over = given(world, title="CITY_BASE", valid_to=today - ONE)
    ended = given(world, title="DEMO_BASE", valid_to=today + 90 * ONE)
    recorded(world, TitleEnd, today, accreditation=ended, kind="REVOKED", reason="弄虚作假的内部说明")
    for one, words in (
        (good, "在有效期内"), (over, "这次认定不再有效"), (ended, f"从 {today} 起终止：撤销"),
    ):  # fmt: skip
        page = client.get(check(one)).content.decode()
        assert words in page
        assert (one.holder.name in page, "内部说明" in page) == (True, False)
    for one, words in ((over, "已到期"), (ended, "撤销")):
        assert f'cert__void">{words}' in staff.get(paper(one)).content.decode()


def test_what_was_taken_out_of_the_register_proves_nothing_and_a_draft_is_not_shown(world, client, today):
    wrong, draft = given(world), given(world, 1, state="DRAFT")
    ledger.reverse(
        record=Accreditation.objects.get(pk=wrong.pk), reason="录错", actor=world.account, now=build.NOW, scope=world.scope
    )  # fmt: skip
    page = client.get(check(wrong)).content.decode()
    assert ("已经撤回" in page, wrong.holder.name in page) == (True, False)
    assert client.get(check(draft)).status_code == 404
