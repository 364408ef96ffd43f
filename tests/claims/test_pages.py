"""The checking page: giving a text, reading the findings, correcting a link."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kexie.foundation.access.models import Account
from kexie.platform.audit.models import Entry
from kexie.reporting.claims.models import CheckedText, Correction

pytestmark = pytest.mark.django_db
TEXT = "全市累计建设校园科技馆62个、科普画廊127个,总量居全省前列。"


@pytest.fixture
def officer(client, account):
    client.force_login(account)
    return client


def give(client, text=TEXT, **options):
    return client.post(reverse("claims:check"), {"text": text, "as_of": "2025-06-30", **options})


@pytest.fixture
def checked(officer):
    give(officer)
    return CheckedText.objects.get()


def address(name, checked, start=11, end=14):
    return reverse(f"claims:{name}", args=[checked.pk, start, end])


def test_a_text_is_kept_checked_and_shown(officer):
    response = give(officer)
    checked = CheckedText.objects.get()
    assert response.headers["Location"] == reverse("claims:text", args=[checked.pk])
    assert checked.counts == {"contradicted": 1, "supported": 1, "outside": 1}
    page = officer.get(response.headers["Location"]).content.decode()
    assert "claim--contradicted" in page
    assert "claim--supported" in page
    assert "claim--outside" in page
    assert "校园科技馆（累计）" in page
    assert reverse("figures:rows", args=["facilities.campus_museums"]) in page
    assert checked.title in officer.get(reverse("claims:check")).content.decode()


def test_the_same_text_again_is_the_same_text(officer, checked):
    give(officer, as_of="2024-12-31")
    assert [one.as_of for one in CheckedText.objects.all()] == [dt.date(2024, 12, 31)]


def test_a_file_is_read(officer):
    file = io.BytesIO(TEXT.encode("gb18030"))
    file.name = "总结.txt"
    give(officer, text="", file=file)
    assert [(one.title, one.text) for one in CheckedText.objects.all()] == [("总结", TEXT)]


@pytest.mark.parametrize(("text", "content"), [("", None), ("  \n", None), ("", b"%PDF-1.7")])
def test_what_cannot_be_checked_is_said(officer, text, content):
    options = {}
    if content:
        options["file"] = io.BytesIO(content)
        options["file"].name = "a.pdf"
    response = give(officer, text=text, **options)
    assert response.status_code == 422
    assert not CheckedText.objects.exists()


def test_markup_in_a_text_is_only_text(officer):
    give(officer, text="<script>alert(1)</script>建设校园科技馆61个。")
    page = officer.get(reverse("claims:text", args=[CheckedText.objects.get().pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_correction_is_kept_for_the_text(officer, checked):
    data = {"save": "1", "kind": "FIGURE", "measure": "facilities.galleries", "until": "2025-06-30"}
    response = officer.post(address("correct", checked), data)
    assert response.status_code == 302
    checked.refresh_from_db()
    assert checked.counts == {"contradicted": 1, "supported": 1, "outside": 1}
    page = officer.get(reverse("claims:text", args=[checked.pk])).content.decode()
    assert "人工选定指标“科普画廊（累计）”" in page
    assert Entry.objects.filter(action="claims.correct", subject_id=str(checked.pk)).count() == 1
    give(officer)
    assert Correction.objects.get().measure == "facilities.galleries"


@pytest.mark.parametrize(
    ("kind", "counts"),
    [("OUTSIDE", {"supported": 1, "outside": 2}), ("NO_CLAIM", {"supported": 1, "outside": 1})],
)
def test_a_claim_can_be_outside_or_none(officer, checked, kind, counts):
    officer.post(address("correct", checked), {"save": "1", "kind": kind, "source": "省科协通报"})
    checked.refresh_from_db()
    assert checked.counts == counts
    assert officer.get(address("correct", checked)).status_code == 200


def test_a_correction_can_be_undone(officer, checked):
    officer.post(address("correct", checked), {"save": "1", "kind": "NO_CLAIM"})
    officer.post(address("undo", checked))
    assert not Correction.objects.exists()


def test_choosing_a_measure_shows_its_dimensions(officer, checked):
    page = officer.post(
        address("correct", checked), {"choose": "1", "kind": "FIGURE", "measure": "workers.awards"}
    )
    assert page.status_code == 200
    assert "淮海科技奖" in page.content.decode()
    assert not Correction.objects.exists()


def test_a_figure_needs_its_measure(officer, checked):
    response = officer.post(address("correct", checked), {"save": "1", "kind": "FIGURE", "measure": ""})
    assert response.status_code == 422
    assert not Correction.objects.exists()


def test_there_must_be_a_claim(officer, checked):
    assert officer.get(address("correct", checked, 0, 2)).status_code == 404


def test_findings_as_a_workbook(officer, checked):
    response = officer.get(reverse("claims:export", args=[checked.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[1] for row in rows] == ["文中", "62个", "127个", "居全省前列"]
    assert [row[2] for row in rows[1:]] == ["不符", "相符", "台账以外"]


def test_checking_again_up_to_another_day(officer, checked):
    officer.post(reverse("claims:recheck", args=[checked.pk]), {"as_of": "2023-12-31"})
    checked.refresh_from_db()
    assert checked.as_of == dt.date(2023, 12, 31)
    assert checked.counts["contradicted"] == 2


def test_a_text_can_be_removed(officer, checked):
    officer.post(address("correct", checked), {"save": "1", "kind": "NO_CLAIM"})
    officer.post(reverse("claims:remove", args=[checked.pk]))
    assert not CheckedText.objects.exists()
    assert not Correction.objects.exists()
    assert Entry.objects.filter(action="claims.remove_text").count() == 1


def test_another_unit_sees_nothing_of_it(client, checked):
    client.force_login(Account.objects.get(username="county-officer"))
    assert client.get(reverse("claims:text", args=[checked.pk])).status_code == 404
    assert checked.title not in client.get(reverse("claims:check")).content.decode()


@pytest.mark.parametrize("username", ["pupil", "expert", "audit-administrator"])
def test_only_those_who_may_check_texts(client, scope, db, username):
    client.force_login(Account.objects.get(username=username))
    assert client.get(reverse("claims:check")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(officer, django_assert_max_num_queries, count):
    for number in range(count):
        give(officer, text=f"第{number}份。建设校园科技馆61个。")
    with django_assert_max_num_queries(12):
        officer.get(reverse("claims:check"))
