"""What people do to packages that cannot be merged, or only after a word: refused with what to do instead."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from kexie.kernel.errors import NotFound
from kexie.platform.imports.reading import SheetRefused
from kexie.workbench.packages import operations, queries, receipts
from kexie.workbench.packages.models import Line
from tests.foundation.conftest import NOW
from tests.packages.conftest import (
    FIRST,
    SHEET,
    County,
    content,
    edited,
    live,
    new_row,
    saved,
    verdicts,
    write,
)


def problems(merge) -> list[tuple[str, str]]:
    lines = Line.objects.filter(merge=merge, verdict="ERROR").order_by("number")
    return [(one["cell"], one["message"]) for line in lines for one in line.problems]


def test_faulty_cells_are_named_and_put_right_on_the_page(county: County) -> None:
    def work(sheet) -> None:
        new_row(sheet, FIRST, headcount="四十五", method="数的")
        new_row(sheet, 5, occurred_on=dt.date(2025, 12, 31))
        new_row(sheet, 6, "花生高产培训", headcount="=40+5")

    merge = county.hand_in(edited(county.package(), work))
    assert [cell for cell, _message in problems(merge)] == ["Q4", "R4", "I5", "Q6"]
    assert problems(merge)[-1][1].startswith("公式没有计算结果")
    line = Line.objects.get(merge=merge, number=FIRST)
    by = {"actor": county.officer, "now": NOW, "scope": county.scope}
    mended = operations.mend(line=line, cells={"headcount": "45", "method": "花名册"}, as_new=False, **by)
    assert (mended.verdict, mended.number) == ("NEW", FIRST)
    county.decide(merge, "LEAVE", verdict="ERROR")
    assert county.merge(merge).state == "MERGED"
    assert live() == [("大棚蔬菜技术培训", 45)]
    with receipts.write(queries.lines(county.scope, merge)) as file:
        sheet = load_workbook(file).active
    told = [(row[1].value, row[3].value, row[5].value) for row in sheet.iter_rows(min_row=2)]
    assert told == [(4, "新增", "已新建"), (5, "有错误", "未动"), (6, "有错误", "未动")]


def test_a_changed_key_is_refused_and_may_be_taken_as_a_new_row(county: County) -> None:
    county.training()
    county.training("玉米机收减损培训")

    def work(sheet) -> None:
        write(sheet, 4, key="0123456789abcdef", title="花生高产培训")
        write(sheet, 5, version="f" * 16, headcount=1)

    merge = county.hand_in(edited(county.package(), work))
    assert [cell for cell, _message in problems(merge)] == ["第4行", "第5行"]
    line = Line.objects.get(merge=merge, number=4)
    by = {"actor": county.officer, "now": NOW, "scope": county.scope}
    assert operations.mend(line=line, cells={}, as_new=True, **by).verdict == "NEW"


def test_the_manifest_must_be_ours_and_of_a_unit_in_scope(county: County) -> None:
    package = county.package()

    def forged(book) -> None:
        book["_kexie"]["A1"].value = book["_kexie"]["A1"].value.replace(package.code, "AAAAAAAAAA")

    def elsewhere(book) -> None:
        said = book["_kexie"]["A1"].value
        book["_kexie"]["A1"].value = said.replace(str(package.association_id), str(package.pk))

    def copied(book) -> None:
        del book["_kexie"]

    for spoil, told in ((forged, "清单被改动过"), (elsewhere, "不能并入这里"), (copied, "不是工作包")):
        book = load_workbook(io.BytesIO(content(package)))
        spoil(book)
        with pytest.raises(SheetRefused, match=told):
            county.hand_in(saved(book))
    other = County(county.desk, county.desk.city.yingdong)
    with pytest.raises(SheetRefused, match="不属于您管理的单位"):
        other.hand_in(content(package))
    with pytest.raises(NotFound):
        queries.package(other.scope, package.code)


def test_extra_and_lost_sheets_are_told(county: County) -> None:
    book = load_workbook(io.BytesIO(content(county.package(types=("rural.trainings", "rural.promotions")))))
    book.create_sheet("草稿")["A1"] = "随手记"
    new_row(book[SHEET], FIRST)
    del book["新品种新技术推广"]
    merge = county.hand_in(saved(book))
    assert [one[:10] for one in merge.notes] == ["文件里没有“新品种新", "这些工作表不属于工作"]
    assert verdicts(merge) == [(FIRST, "NEW")]


def test_a_stopped_check_goes_on_from_the_beginning(county: County) -> None:
    filled = edited(county.package(), lambda sheet: new_row(sheet, FIRST))
    merge = county.hand_in(filled)
    by = {"actor": county.officer, "now": NOW, "scope": county.scope}
    operations.stop(merge=merge, **by)
    merge.refresh_from_db()
    assert merge.state == "CANCELLED"
    assert operations.begin_again(merge=merge, now=NOW, scope=county.scope)
    assert operations.check(merge=merge).state == "READY"
    assert verdicts(merge) == [(FIRST, "NEW")]
