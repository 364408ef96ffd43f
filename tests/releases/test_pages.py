"""Pages of releases: closing with what is missing, progress, publishing, restatements, other cities' files."""

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from kexie.foundation.access.models import Grant
from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from kexie.reporting.releases import documents, gaps, keys, operations
from kexie.reporting.releases.models import LoadedRelease, Release
from tests.ledger import build
from tests.releases.conftest import CLOSED_AT, LATER, YEAR, closed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def asked(world, **more):
    return {"unit": world.association.code, "first": "2024-01-01", "last": "2024-12-31", **more}


def test_what_is_missing_is_listed_with_owners(world):
    ledger.draft(
        record=world.activity(dt.date(2024, 5, 1)), actor=world.account, now=LATER, scope=world.scope
    )
    ledger.draft(
        record=world.activity(dt.date(2025, 5, 1)), actor=world.account, now=LATER, scope=world.scope
    )
    found = gaps.gaps(world.scope, world.association, YEAR)
    drafts = [(one.unit, one.count, one.owner) for one in found if "草稿" in str(one.what)]
    assert drafts == [(world.museums[0], 1, f"{world.museums[0]} 测试员")]
    below = {one.unit for one in found if "没有结账" in str(one.what)}
    assert below == set(world.counties)
    county = gaps.gaps(world.scope, world.counties[1], YEAR)
    assert county == []


def test_gaps_cost_the_same_statements_for_one_and_three(world):
    counts = []
    for day in (1, 2, 3):
        record = world.activity(dt.date(2024, 5, day), unit=world.museums[day % 2])
        ledger.draft(record=record, actor=world.account, now=LATER, scope=world.scope)
        with CaptureQueriesContext(connection) as seen:
            gaps.gaps(world.scope, world.association, YEAR)
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_a_period_is_closed_from_the_page_and_once_only(world, staff):
    page = staff.get(reverse("releases:close"), asked(world)).content.decode()
    assert "仍然结账" in page
    first = staff.post(reverse("releases:close"), asked(world))
    assert first.status_code == 302
    release = Release.objects.get()
    assert "正在后台结账" in staff.get(first["Location"]).content.decode()
    second = staff.post(reverse("releases:close"), asked(world, reason="再结"))
    assert second.status_code == 422
    assert "请先完成或继续上一次" in second.content.decode()
    one = reverse("releases:one", args=[release.pk])
    assert staff.post(one, {"act": "cancel"}).status_code == 302
    assert "继续结账" in staff.get(one).content.decode()
    assert staff.post(one, {"act": "resume"}).status_code == 302
    while operations.advance(release_id=release.pk, now=LATER):
        pass
    assert staff.post(one, {"act": "publish"}).status_code == 302
    again = staff.post(one, {"act": "publish"}, follow=True)
    assert "情况已经变了" in again.content.decode()


def test_days_the_wrong_way_round_and_a_revision_without_reason_are_refused_beside_the_field(
    world, staff, release
):
    page = staff.get(reverse("releases:close"), asked(world, last="2023-12-31")).content.decode()
    assert "最后一天不能早于第一天" in page
    assert "2023-12-31" in page
    refused = staff.post(reverse("releases:close"), asked(world))
    assert refused.status_code == 422
    assert "请写明原因" in refused.content.decode()


def test_the_page_shows_the_file_and_its_credentials(world, staff, release):
    page = staff.get(reverse("releases:one", args=[release.pk])).content.decode()
    found = documents.read(release.document)
    for shown in (
        found["signature"],
        found["public_key"],
        found["log"]["root"],
        documents.digest(release.document),
    ):
        assert shown in page
    file = staff.get(reverse("releases:file", args=[release.pk]))
    assert file.content == release.document.encode()


def test_a_reversal_after_closing_shows_as_a_restatement_with_its_rows(world, staff, release):
    reverse_me, changes = world.records[0], reverse("releases:changes", args=[release.pk])
    assert "没有订正" in staff.get(changes).content.decode()
    world.reverse(reverse_me, now=LATER)
    page = staff.get(changes, {"measure": "ledger.test_sum"})
    shown = [[str(cell.value) for cell in row.cells] for row in page.context["changes"].rows]
    assert ["人次", "419", "316", "−103", "1"] in shown
    (row,) = page.context["table"].rows
    assert [str(cell.value) for cell in row.cells][4:] == ["103", "", "−103", "冲销：人次录错"]
    sheet = load_workbook(io.BytesIO(b"".join(staff.get(changes, {"export": "1"}).streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) - 1 == page.context["rows"]


def test_a_revised_release_keeps_the_first(world, staff, release):
    world.reverse(world.records[0], now=LATER - dt.timedelta(hours=1))
    revised = closed(world, reason="人次录错", now=LATER)
    page = staff.get(reverse("releases:one", args=[revised.pk])).content.decode()
    assert reverse("releases:one", args=[release.pk]) in page
    assert "第1次修订" in page
    first = staff.get(reverse("releases:one", args=[release.pk])).context["file"]
    assert (first["totals"]["ledger.test_sum"], revised.predecessor_id) == ("419", release.pk)


def test_only_published_releases_are_public(world, client, release, by):
    page = reverse("published:one", args=[release.pk])
    assert client.get(page).status_code == 404
    assert client.get(reverse("published:file", args=[release.pk])).status_code == 404
    operations.publish(release=release, **by)
    shown = client.get(page).content.decode()
    assert "verify_release.py" in shown
    assert client.get(reverse("published:file", args=[release.pk])).content == release.document.encode()
    assert str(world.association) in client.get(reverse("published:list")).content.decode()


def test_everybody_sees_what_was_restated_and_why_but_nobody_s_name_or_number(world, client, release, by):
    operations.publish(release=release, **by)
    page, changes = (reverse(f"published:{name}", args=[release.pk]) for name in ("one", "changes"))
    assert "没有补报或冲销" in client.get(page).content.decode()
    world.confirmed(dt.date(2024, 12, 1), headcount=50, speaker="王小明", note="王小明补来", now=LATER)
    ledger.reverse(
        record=world.records[0],
        reason="与 13912345678 核对，录错",
        actor=world.account,
        now=LATER,
        scope=world.scope,
    )
    shown = client.get(page, {"measure": "ledger.test_sum"})
    (line,) = [row for row in shown.context["restated"].rows if str(row.cells[0].value) == "人次"]
    assert [str(cell.value) for cell in line.cells[1:]] == ["419", "366", "−53", "2"]
    assert {
        (str(row.cells[-1].value), str(row.cells[-2].value)) for row in shown.context["effects"].rows
    } == {
        ("补报", "+50"),
        ("冲销：与 *** 核对，录错", "−103"),
    }
    found = client.get(changes).json()
    (sums,) = [one for one in found["measures"] if one["measure"] == "ledger.test_sum"]
    effects = [int(one["effect"]) for one in found["effects"] if one["measure"] == "ledger.test_sum"]
    assert int(sums["present"]) - int(sums["released"]) == int(sums["sum_of_effects"]) == sum(effects)
    for text in (shown.content.decode(), client.get(changes).content.decode()):
        assert "王小明" not in text
        assert "13912345678" not in text


def test_each_file_is_verified_and_named_and_the_good_ones_are_summed(world, staff, release):
    other = build.world("邻市科协")
    other.confirmed(dt.date(2024, 5, 5), headcount=1000)
    given = closed(other).document.encode()
    own = release.document.encode()
    part = operations.close(
        unit=other.counties[0], period=YEAR, scope=other.scope, actor=other.account, now=CLOSED_AT
    )
    while operations.advance(release_id=part.pk, now=CLOSED_AT):
        pass
    part.refresh_from_db()
    files = {
        "own.json": own,
        "other.json": given,
        "again.json": given,
        "altered.json": given.replace(b'"1000"', b'"1001"'),
        "cut.json": given[:-7],
        "photo.jpg": b"\xff\xd8",
        "part.json": part.document.encode(),
    }
    page = staff.post(
        reverse("releases:loaded"),
        {"uploads": [SimpleUploadedFile(name, data) for name, data in files.items()]},
    )
    outcomes = {name: (tone, str(words)) for name, tone, words in page.context["outcomes"]}
    assert {name: tone for name, (tone, _words) in outcomes.items()} == {
        "own.json": "", "other.json": "", "again.json": "warn", "altered.json": "bad", "cut.json": "bad",
        "photo.jpg": "bad", "part.json": "bad",
    }  # fmt: skip
    assert "signature" in outcomes["altered.json"][1]
    assert "自己的发布" in outcomes["part.json"][1]
    assert LoadedRelease.objects.count() == 2
    shown = staff.get(reverse("releases:loaded"), {"measure": "ledger.test_sum"})
    rows = [row for _area, table in shown.context["areas"] for row in table.rows]
    totals = {str(row.cells[0].value): str(row.cells[1].value) for row in rows}
    assert (totals["人次"], totals["名称"]) == ("1419 人次", "不能相加")
    assert dict(shown.context["chosen"].cities) == {"测试市科协": "419", "邻市科协": "1000"}
    book = load_workbook(
        io.BytesIO(b"".join(staff.get(reverse("releases:loaded"), {"export": "1"}).streaming_content))
    )
    rows = {row[0]: row[1:] for row in book.active.iter_rows(values_only=True)}
    assert rows["人次"][:1] == (1419,)
    taken = LoadedRelease.objects.get(origin=str(other.association.pk))
    staff.post(reverse("releases:loaded"), {"act": "remove", "row": taken.pk})
    assert LoadedRelease.objects.count() == 1


def test_another_content_of_a_loaded_version_is_refused(world, staff, release):
    body = json.loads(release.document)
    body.pop("signature")
    key = keys.newest(world.association)
    forged = documents.sign({**body, "reason": "另一份"}, key).encode()
    for name, data in (("own.json", release.document.encode()), ("forged.json", forged)):
        page = staff.post(reverse("releases:loaded"), {"uploads": [SimpleUploadedFile(name, data)]})
    assert "内容却不同" in str(page.context["outcomes"][0][2])


def test_the_sum_of_cities_is_offered_to_whoever_sees_all_alone(world, staff):
    there = f'href="{reverse("releases:loaded")}"'
    assert there in staff.get(reverse("releases:list")).content.decode()
    Grant.objects.filter(account=world.account).update(unit=world.counties[0])
    page = staff.get(reverse("releases:list"))
    assert (page.status_code, there in page.content.decode()) == (200, False)
    assert staff.get(reverse("releases:loaded")).status_code == 403


def test_the_list_has_the_same_statements_for_one_and_three(world, staff, by):
    staff.get(reverse("releases:list"))
    counts = []
    for month in (1, 2, 3):
        operations.close(unit=world.association, period=Period.month(2024, month), **by)
        with CaptureQueriesContext(connection) as seen:
            assert staff.get(reverse("releases:list")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2]
