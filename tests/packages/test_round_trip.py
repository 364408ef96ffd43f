"""A package goes out, is worked in as people do, comes back; nothing enters twice."""

# ruff: noqa: DTZ001 - the cells of a sheet know no time zone

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from kexie.contexts.rural.models import Training
from kexie.workbench.packages.models import Line, PackageRow
from tests.packages.conftest import (
    COLUMNS,
    FIRST,
    SHEET,
    County,
    content,
    edited,
    live,
    new_row,
    verdicts,
    write,
)


def test_a_package_checks_in_the_sheet_and_keeps_its_keys_hidden(county: County) -> None:
    record = county.training()
    book = load_workbook(io.BytesIO(content(county.package())))
    sheet = book[SHEET]
    assert [cell.value for cell in sheet[FIRST]][2:9:3] == [
        "颍州区科协",
        "小麦赤霉病防治培训",
        dt.datetime(2026, 1, 10),
    ]
    row = PackageRow.objects.get()
    assert (sheet["A4"].value, sheet["B4"].value, row.record_id) == (row.key, row.version, record.pk)
    assert sheet.column_dimensions["A"].hidden
    assert book["_kexie"].sheet_state == "veryHidden"
    assert book.security.lockStructure
    assert not sheet.protection.sheet
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    kinds = {COLUMNS[ord(at[0]) - ord("A")]: rule.type for at, rule in rules.items()}
    assert (kinds["method"], kinds["occurred_on"], kinds["headcount"], kinds["title"]) == (
        "list",
        "date",
        "whole",
        "textLength",
    )
    names = rules["R4"].formula1
    area = book.defined_names[names].attr_text
    title, cells = area.replace("$", "").split("!")
    assert [row[0].value for row in book[title.strip("'")][cells]][:3] == ["闸机/核销", "预约签到", "花名册"]
    assert len(sheet.conditional_formatting) == 2


def test_new_changed_and_untouched_rows_come_in_once(county: County) -> None:
    county.training()
    county.training("玉米机收减损培训", headcount=80)
    package = county.package()

    def work(sheet) -> None:
        sheet.insert_rows(5)
        new_row(sheet, 5, occurred_on="２０２６年２月３日", headcount="４５")
        write(sheet, 6, headcount=85)

    merge = county.hand_in(edited(package, work))
    assert verdicts(merge) == [(4, "SAME"), (5, "NEW"), (6, "CHANGED")]
    assert live() == [("小麦赤霉病防治培训", 60), ("玉米机收减损培训", 80)]
    assert county.merge(merge).state == "MERGED"
    after = [("小麦赤霉病防治培训", 60), ("玉米机收减损培训", 85), ("大棚蔬菜技术培训", 45)]
    assert live() == after

    def saved_by_another(sheet) -> None:
        work(sheet)
        sheet["Z1"] = "另存"

    again = county.hand_in(edited(package, saved_by_another))
    assert again.pk != merge.pk
    assert (county.merge(again).state, {one for _n, one in verdicts(again)}) == ("MERGED", {"SAME"})
    assert live() == after


def test_the_same_file_finds_its_own_merge(county: County) -> None:
    filled = edited(county.package(), lambda sheet: new_row(sheet, FIRST))
    assert county.hand_in(filled).pk == county.hand_in(filled).pk


def test_two_copies_filled_on_two_computers_bring_the_same_row_once(county: County) -> None:
    package = county.package()
    one = county.hand_in(edited(package, lambda sheet: new_row(sheet, FIRST)))

    def other(sheet) -> None:
        new_row(sheet, 9)
        new_row(sheet, 10, "花生高产培训")

    two = county.hand_in(edited(package, other))
    county.merge(one)
    county.merge(two)  # compared before the first came in
    assert live() == [("大棚蔬菜技术培训", 45), ("花生高产培训", 45)]


def test_sorted_rows_moved_columns_and_an_added_one_are_read_by_key_and_heading(county: County) -> None:
    for title in ("甲培训", "乙培训", "丙培训"):
        county.training(title)

    def work(sheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=6)]
        head, body = rows[0], sorted(rows[1:], key=lambda row: row[5])
        for number, row in enumerate([head, *body], 3):
            moved = [*row[5:], "经办人", *row[:5]]
            for index, value in enumerate(moved, 1):
                sheet.cell(number, index).value = value
        sheet.cell(4, 12, 61)  # the head count stands before the title now

    merge = county.hand_in(edited(county.package(), work))
    assert sorted(one for _n, one in verdicts(merge)) == ["CHANGED", "SAME", "SAME"]


def test_a_conflict_is_settled_by_a_person_field_by_field(county: County) -> None:
    record = county.training(note="")
    package = county.package()
    county.correct(record, headcount=70, subject="小麦")

    def work(sheet) -> None:
        write(sheet, FIRST, headcount=65, speaker="李老师")

    merge = county.hand_in(edited(package, work))
    line = Line.objects.get(merge=merge)
    assert (line.verdict, line.decision) == ("CONFLICT", "")
    told = {one["name"]: (one["base"], one["mine"], one["theirs"], one["conflict"]) for one in line.shown}
    assert told == {"headcount": ("60", "65", "70", True), "speaker": ("（空）", "李老师", "（空）", False)}
    assert county.merge(merge).state == "READY"
    assert live() == [("小麦赤霉病防治培训", 70)]
    county.decide(merge, "TAKE", verdict="CONFLICT")
    assert county.merge(merge).state == "MERGED"
    found = Training.objects.get(state="CONFIRMED")
    assert (found.headcount, found.speaker, found.subject) == (65, "李老师", "小麦")


def test_changes_that_do_not_meet_are_merged_without_asking(county: County) -> None:
    record = county.training()
    package = county.package()
    county.correct(record, subject="小麦")
    merge = county.hand_in(edited(package, lambda sheet: write(sheet, FIRST, headcount=65)))
    assert verdicts(merge) == [(4, "CHANGED")]
    county.merge(merge)
    found = Training.objects.get(state="CONFIRMED")
    assert (found.headcount, found.subject) == (65, "小麦")


def test_what_was_changed_after_the_preview_is_not_overwritten(county: County) -> None:
    record = county.training()
    merge = county.hand_in(edited(county.package(), lambda sheet: write(sheet, FIRST, headcount=65)))
    county.correct(record, headcount=90)
    assert county.merge(merge).state == "READY"
    assert live() == [("小麦赤霉病防治培训", 90)]
    line = Line.objects.get(merge=merge)
    assert (line.decision, line.outcome) == ("", "")


def test_a_row_deleted_in_the_sheet_is_asked_about_and_never_deleted_by_itself(county: County) -> None:
    county.training()
    merge = county.hand_in(edited(county.package(), lambda sheet: sheet.delete_rows(FIRST)))
    assert verdicts(merge) == [(-1, "MISSING")]
    assert county.merge(merge).state == "READY"
    assert live() == [("小麦赤霉病防治培训", 60)]
    county.decide(merge, "REVERSE")
    assert county.merge(merge).state == "MERGED"
    assert live() == []


@pytest.mark.parametrize(
    ("decision", "after"),
    [
        ("LEAVE", [("小麦赤霉病防治培训", 60)]),
        ("FIX", [("小麦赤霉病防治培训", 45)]),
        ("NEW", [("小麦赤霉病防治培训", 60), ("小麦赤霉病防治培训", 45)]),
    ],
)
def test_a_row_like_a_record_that_is_there_is_asked_about(county: County, decision: str, after: list) -> None:
    county.training()
    package = county.package(with_records=False)
    like = {"title": "小麦赤霉病防治培训 ", "occurred_on": dt.datetime(2026, 1, 10)}
    merge = county.hand_in(edited(package, lambda sheet: new_row(sheet, FIRST, **like)))
    assert verdicts(merge) == [(4, "LIKE")]
    county.decide(merge, decision)
    county.merge(merge)
    assert sorted(live()) == sorted(after)


def test_a_whole_merge_is_undone_and_may_come_again(county: County) -> None:
    county.training()
    county.training("玉米机收减损培训", headcount=80)
    package = county.package()

    def work(sheet) -> None:
        write(sheet, 4, headcount=61)
        sheet.delete_rows(5)
        new_row(sheet, 6)

    filled = edited(package, work)
    merge = county.hand_in(filled)
    county.decide(merge, "REVERSE", verdict="MISSING")
    assert county.merge(merge).state == "MERGED"
    assert live() == [("小麦赤霉病防治培训", 61), ("大棚蔬菜技术培训", 45)]
    assert county.undo(merge).state == "UNDONE"
    assert live() == [("小麦赤霉病防治培训", 60), ("玉米机收减损培训", 80)]
    again = county.hand_in(filled)
    assert verdicts(again) == [(-1, "MISSING"), (4, "CHANGED"), (6, "AGAIN")]
    county.decide(again, "NEW", verdict="AGAIN")
    county.decide(again, "LEAVE", verdict="MISSING")
    assert county.merge(again).state == "MERGED"
    assert live() == [("小麦赤霉病防治培训", 61), ("玉米机收减损培训", 80), ("大棚蔬菜技术培训", 45)]
