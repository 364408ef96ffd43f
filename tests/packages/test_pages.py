"""The pages of packages: from making one to its merge, with as many statements for three as for one."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.workbench.packages.models import Line, Merge, Package
from tests.packages.conftest import FIRST, TYPE, County, edited, live, new_row, write
from tests.workbench.conftest import read


@pytest.fixture
def client(county: County):
    return county.desk.client("COUNTY_OFFICER", county.unit)


def test_a_package_is_made_filled_handed_in_settled_and_merged(county: County, client) -> None:
    record = county.training()
    answer = client.post(
        "/work/packages/new/",
        {
            "unit": county.unit.code, "first": "2026-01-01", "last": "2026-12-31", "valid_until": "2199-01-01",
            "type_keys": [TYPE], "with_records": "on",
        },
    )  # fmt: skip
    package = Package.objects.get()
    assert answer.url == f"/work/packages/{package.code}/"
    assert (package.state, package.row_count) == ("OUT", 1)
    handed_out = read(client.get(f"{answer.url}file.xlsx"))
    county.correct(record, headcount=70)

    def work(sheet) -> None:
        write(sheet, FIRST, headcount=65)
        new_row(sheet, 5)

    upload = SimpleUploadedFile("工作包.xlsx", edited(handed_out, work))
    page = client.post("/work/packages/hand-in/", {"file": upload, "then": "confirm"}).url
    merge = Merge.objects.get()
    shown = client.get(page).context["counts"]
    assert [shown[one] for one in ("total", "open", "entering", "CONFLICT", "NEW")] == [2, 1, 1, 1, 1]
    line = Line.objects.get(merge=merge, verdict="CONFLICT")
    client.post(f"{page}rows/{line.pk}/", {"decision": "TAKE", "field-headcount": "theirs"})
    client.post(page, {"act": "run"})
    merge.refresh_from_db()
    assert (merge.state, live()) == ("MERGED", [("小麦赤霉病防治培训", 70), ("大棚蔬菜技术培训", 45)])
    assert client.post(page, {"act": "undo", "reason": ""}).status_code == 422
    client.post(page, {"act": "undo", "reason": "交错了文件"})
    assert live() == [("小麦赤霉病防治培训", 70)]
    assert read(client.get(f"{page}receipt.xlsx"))[:2] == b"PK"


def test_wrong_input_says_what_to_do(county: County, client) -> None:
    answer = client.post(
        "/work/packages/new/", {"unit": county.unit.code, "first": "2026-02-01", "last": "2026-01-01"}
    )
    assert answer.status_code == 422
    assert {"last", "valid_until", "type_keys"} <= answer.context["form"].errors.keys()
    wrong = SimpleUploadedFile("表.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    answer = client.post("/work/packages/hand-in/", {"file": wrong, "then": "confirm"})
    assert answer.status_code == 422
    assert "旧版 Excel" in answer.content.decode()


@pytest.mark.parametrize("path", ["/work/packages/", "/work/packages/returned/", "merge"])
def test_lists_take_the_same_statements_for_three_rows_as_for_one(county: County, client, path: str) -> None:
    def count() -> int:
        merge = Merge.objects.earliest("started_at")
        at = f"/work/packages/returned/{merge.pk}/?kind=NEW" if path == "merge" else path
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(at).status_code == 200
        return len(seen)

    merge = county.hand_in(edited(county.package(), lambda sheet: new_row(sheet, FIRST)))
    count()
    before = count()
    for number in range(2):
        county.hand_in(edited(county.package(), lambda sheet, n=number: new_row(sheet, FIRST, f"培训{n}")))
        Line.objects.create(
            association=county.desk.city.association,
            merge=merge,
            type_key=TYPE,
            number=90 + number,
            verdict="NEW",
        )
    assert count() == before
