"""Returns: who files what, filling, checking, sending, approving, locking; the pages and files."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kexie.kernel.errors import Conflict, Forbidden
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger import operations as ledger
from kexie.platform.audit.models import Entry
from kexie.reporting.returns import checks, editions, operations, queries
from kexie.reporting.returns.models import Part, Return, Value
from kexie.reporting.returns.operations import ChangedMeanwhile, ReturnRefused
from kexie.reporting.returns.states import TRANSITIONS
from tests.returns.conftest import NOW

EDITION = "kx-2024"


def act(name, filed, by, **more):
    version = Return.objects.get(pk=filed.pk).version
    return getattr(operations, name)(return_id=filed.pk, seen=version, **more, **by)


def filled(world, by, unit=None, edition=EDITION):
    made = operations.begin(edition=edition, unit=unit or world.association, **by)
    return act("fill", made, by)


def complete(filed, by):
    for item in editions.edition(filed.edition).items():
        if item.outside:
            act("declare", filed, by, key=item.key, number=Decimal(1), source="决算", person="李会计")
    return act("check", filed, by)


def number(filed, key="ekx_lectures"):
    return filed.values.get(key=key).number


def test_every_stage_is_reached():
    reached, edge = {"DRAFT"}, ["DRAFT"]
    while edge:
        new = TRANSITIONS[edge.pop()] - reached
        reached |= new
        edge += new
    assert reached == set(TRANSITIONS) == set(Return.Stage)


def test_a_museum_files_its_own_and_the_parent_the_rest(world, by, lecture):
    museum, county = world.museums[0], world.counties[0]
    for unit in (museum, museum, county, world.association):
        lecture(unit)
    operations.assign(edition=EDITION, unit=museum, filer=museum, **by)
    own, rest = filled(world, by, museum), filled(world, by)
    assert (number(own), number(rest)) == (2, 2)
    item = editions.edition(EDITION).item("ekx_lectures")
    rows = queries.opened(rest, item)
    assert {row.unit_id for row in rows} == {county.pk, world.association.pk}
    assert rows.aggregate(total=Sum("contribution"))["total"] == number(rest)


def test_every_value_filled_from_rollups_is_what_the_rows_give(world, by, lecture):
    first = lecture(world.museums[0], headcount=30)
    lecture(world.counties[1], mode="ONLINE", headcount=None, method="")
    lecture(world.association, day=dt.date(2023, 2, 3))
    later = {**by, "now": NOW + dt.timedelta(days=1)}
    ledger.reverse(record=first, reason="重复", **later)
    lecture(world.museums[1], now=later["now"])
    operations.assign(edition=EDITION, unit=world.museums[1], filer=world.museums[1], **by)
    filed = filled(world, by)
    scope, given = queries.frozen_scope(filed), queries.values(filed)
    assert given["ekx_lectures"].number == 2
    for item in editions.edition(EDITION).items():
        if item.measure:
            cell, value = queries.cell(filed, item), given[item.key]
            measure = registry.measure(item.measure)
            assert (value.raw, value.rows) == (
                measure.value(cell, scope),
                measure.rows(cell, scope).count(),
            ), item.key


def test_an_overlap_is_refused_by_operation_and_database(world, by):
    museum = world.museums[0]
    operations.assign(edition=EDITION, unit=museum, filer=museum, **by)
    with pytest.raises(Conflict) as refused:
        operations.assign(edition=EDITION, unit=museum, filer=world.counties[0], **by)
    assert set(refused.value.fields) == {"unit"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(
            association=world.association, edition=EDITION, unit=museum, filer=world.association
        )


def test_records_that_fall_to_nobody_are_shown(world, by, lecture):
    lecture(world.counties[0])
    lecture(world.counties[1])
    county = world.counties[0]
    operations.assign(edition=EDITION, unit=county, filer=county, **by)
    found = queries.to_nobody(world.association.pk, editions.edition(EDITION))
    assert {unit for unit, _label, _count in found} == {world.counties[1]}
    assert ("科普讲座", 1) in {(label, count) for _unit, label, count in found}


def test_values_come_from_figures_and_stay_as_they_were_known(world, by, lecture):
    record = lecture(world.association)
    filed = filled(world, by)
    value = filed.values.get(key="ekx_lectures")
    assert (value.number, value.rows, len(value.digest)) == (1, 1, 64)
    with pytest.raises(ReturnRefused):
        act("declare", filed, by, key="ekx_lectures", number=Decimal(9), source="估", person="某")
    later = {**by, "now": by["now"].replace(month=8)}
    world.reverse(record, now=later["now"])
    assert [row.pk for row in queries.opened(filed, editions.edition(EDITION).item("ekx_lectures"))] == [
        record.pk
    ]
    assert number(act("fill", filed, later)) == 0


def test_outside_values_have_source_and_person_and_survive_filling(world, by):
    filed = filled(world, by)
    with pytest.raises(ReturnRefused) as refused:
        act("declare", filed, by, key="ak_staff", number=Decimal(12), source="", person="")
    assert set(refused.value.fields) == {"source", "person"}
    with pytest.raises(ReturnRefused):
        act("declare", filed, by, key="ak_staff", number=Decimal("1.5"), source="编制文件", person="王某")
    act("declare", filed, by, key="ak_staff", number=Decimal(12), source="编制文件", person="王某")
    act("fill", filed, by)
    assert number(filed, "ak_staff") == 12
    with pytest.raises(IntegrityError), transaction.atomic():
        Value.objects.filter(key="ak_staff").update(source="")


def test_checks_stand_beside_their_item(world, by):
    filed = filled(world, by)
    with pytest.raises(ReturnRefused):
        act("check", filed, by)
    act("declare", filed, by, key="gkx_floor", number=Decimal(5), source="竣工文件", person="王某")
    act("declare", filed, by, key="gkx_halls", number=Decimal(9), source="竣工文件", person="王某")
    found = checks.findings(editions.edition(EDITION), queries.values(filed), {})
    assert [one.must for one in found["gkx_halls"]] == ["fix", "fix"]
    act("declare", filed, by, key="gkx_halls", number=Decimal(4), source="竣工文件", person="王某")
    assert complete(filed, by).stage == "CHECKED"


def test_a_large_change_and_a_plan_demand_a_note(world, by):
    before = filled(world, by)
    act("declare", before, by, key="ak_staff", number=Decimal(20), source="编制文件", person="王某")
    filed = filled(world, by, edition="kx-2025")
    for amount, told in ((26, 0), (27, 1)):
        act("declare", filed, by, key="ak_staff", number=Decimal(amount), source="编制文件", person="王某")
        found = checks.findings(editions.edition("kx-2025"), queries.values(filed), queries.last_year(filed))
        assert len(found.get("ak_staff", [])) == told
    act("explain", filed, by, key="ak_staff", note="增设一个部")
    found = checks.findings(editions.edition("kx-2025"), queries.values(filed), queries.last_year(filed))
    assert "ak_staff" not in found


def test_from_check_to_lock_with_a_way_back(world, by):
    filed = filled(world, by, world.counties[0])
    complete(filed, by)
    act("send", filed, by)
    with pytest.raises(ReturnRefused):
        act("fill", filed, by)
    with pytest.raises(ReturnRefused) as refused:
        act("send_back", filed, by, reason="")
    assert set(refused.value.fields) == {"reason"}
    assert act("send_back", filed, by, reason="附表不全").reason == "附表不全"
    act("fill", filed, by)
    act("check", filed, by)
    act("send", filed, by)
    assert act("approve", filed, by).stage == "COUNTY_APPROVED"
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))}
    with pytest.raises(Forbidden):
        act("approve", filed, county)
    assert act("approve", filed, by).stage == "CITY_APPROVED"
    assert act("lock", filed, by).stage == "LOCKED"
    with pytest.raises(DatabaseError), transaction.atomic():
        filed.values.update(note="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        Return.objects.filter(pk=filed.pk).update(stage="DRAFT")
    moves = Entry.objects.filter(action="returns.move").count()
    assert moves == 10


def test_two_people_at_once_are_told(world, by):
    filed = filled(world, by)
    given = {"return_id": filed.pk, "seen": filed.version, "key": "ak_staff", "number": Decimal(1)}
    operations.declare(**given, source="编制文件", person="王某", **by)
    with pytest.raises(ChangedMeanwhile):
        operations.declare(**given, source="编制文件", person="李某", **by)


def test_shares_of_a_sent_return_do_not_change_and_a_changed_share_is_filled_anew(world, by):
    filed = filled(world, by)
    museum = world.museums[0]
    operations.assign(edition=EDITION, unit=museum, filer=museum, **by)
    with pytest.raises(ReturnRefused):
        complete(filed, by)
    act("fill", filed, by)
    act("check", filed, by)
    act("send", filed, by)
    with pytest.raises(ReturnRefused):
        operations.assign(edition=EDITION, unit=world.museums[1], filer=world.museums[1], **by)


def test_gaps_name_what_is_missing_and_who_does_it(world, by):
    filed = filled(world, by)
    found = {(one.item.key, one.owner) for one in queries.gaps([filed]) if one.item}
    assert ("ak_staff", f"{world.association} 办公室") in found


def test_the_workbook_has_the_form_s_layout(world, by, lecture):
    lecture(world.association)
    filed = filled(world, by)
    book = load_workbook(io.BytesIO(_file(filed, "xlsx")))
    assert book.sheetnames == ["AK", "CKX", "EKX", "FKX", "GKX", "IKX", "JKX", "KKX"]
    page = book["EKX"]
    assert (page["A1"].value, page["A2"].value) == ("科学技术普及活动", "表号：表5")
    assert [cell.value for cell in page[6]][2:5] == ["其中：专家科普报告会", "次", 1]
    assert "填报单位（盖章）：" in [row[0].value for row in page.iter_rows()]


def _file(filed, kind):
    from kexie.reporting.returns import papers

    return {"xlsx": papers.workbook, "csv": papers.as_csv, "json": papers.as_json}[kind](filed)


def test_a_platform_can_read_the_files(world, by):
    filed = filled(world, by, edition="kp-2024")
    act("declare", filed, by, key="raised_gift", number=None, source="决算", person="王某")
    rows = list(csv.DictReader(io.StringIO(_file(filed, "csv").decode("utf-8-sig"))))
    items = json.loads(_file(filed, "json"))["items"]
    assert [row["value"] for row in rows if row["key"] == "raised_gift"] == ["-"]
    assert [row["key"] for row in rows] == [row["key"] for row in items]


def test_the_list_has_the_same_statements_for_one_and_three(world, by, staff):
    staff.get(reverse("returns:list"))  # what only a first visit asks
    counts = []
    for unit in (world.association, *world.counties):
        operations.begin(edition=EDITION, unit=unit, **by)
        with CaptureQueriesContext(connection) as seen:
            page = staff.get(reverse("returns:list"))
        assert page.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_pages_show_the_return_and_refuse_beside_the_field(world, by, staff, lecture):
    lecture(world.association)
    filed = filled(world, by)
    page = staff.get(reverse("returns:one", args=[filed.pk]), {"sheet": "EKX"}).content.decode()
    assert "其中：专家科普报告会" in page
    item = reverse("returns:item", args=[filed.pk, "ekx_lectures"])
    assert "科普讲座" in staff.get(item).content.decode()
    given = {
        "act": "declare",
        "seen": filed.version,
        "number": "１２",
        "source": "",
        "person": "",
        "status": "ACTUAL",
    }
    outside = reverse("returns:item", args=[filed.pk, "ak_staff"])
    answer = staff.post(outside, given)
    assert answer.status_code == 422
    assert "请填写。" in answer.content.decode()
    answer = staff.post(outside, {**given, "source": "编制文件", "person": "王某", "status": "ACTUAL"})
    assert (answer.status_code, number(filed, "ak_staff")) == (302, 12)
    for name in ("gaps", "units", "editions"):
        assert staff.get(reverse(f"returns:{name}"), {"edition": EDITION}).status_code == 200
    assert "填报单位（盖章）" in staff.get(reverse("returns:print", args=[filed.pk])).content.decode()
    sent = staff.get(reverse("returns:file", args=[filed.pk, "xlsx"]))
    assert load_workbook(io.BytesIO(sent.content)).sheetnames[0] == "AK"
    export = staff.get(reverse("returns:list"), {"export": "1"})
    assert load_workbook(io.BytesIO(b"".join(export.streaming_content))).active.max_row == 2


def test_a_return_beside_last_year_s_shows_what_demands_a_note_first(world, by, staff, lecture):
    before = filled(world, by)
    act("declare", before, by, key="ak_staff", number=Decimal(20), source="编制文件", person="王某")
    act("declare", before, by, key="ak_towns", number=Decimal(30), source="编制文件", person="王某")
    now = filled(world, by, edition="kx-2025")
    for key, number in (("ak_staff", 40), ("ak_towns", 31)):
        act("declare", now, by, key=key, number=Decimal(number), source="编制文件", person="王某")
    page = staff.get(reverse("returns:changes", args=[now.pk]))
    first, *rest = [[str(cell.value) for cell in row.cells] for row in page.context["table"].rows]
    assert [first[0], *first[2:]] == ["机关人数", "40", "+20", "+100.0%", "变化较大，请写说明"]
    assert "街道科协、乡镇科协" in {row[0] for row in rest}
    act("explain", now, by, key="ak_staff", note="增设一个部")
    page = staff.get(reverse("returns:changes", args=[now.pk]), {"state": "noted"})
    assert [str(row.cells[5].value) for row in page.context["table"].rows] == ["增设一个部"]
    assert page.context["open"] == 0


def test_a_locked_return_gives_last_year_s_numbers_whatever_came_later(world, by, lecture):
    record = lecture(world.association)
    filed = filled(world, by)
    told = _file(filed, "json")
    world.reverse(record, now=by["now"].replace(month=9))
    lecture(world.association, day=record.occurred_on, title="补报的讲座", now=by["now"].replace(month=9))
    assert _file(Return.objects.get(pk=filed.pk), "json") == told
    edition, scope = editions.edition(EDITION), queries.frozen_scope(filed)
    for value in filed.values.filter(is_outside=False):
        again = figures.figure(queries.cell(filed, edition.item(value.key)), scope, now=by["now"])
        assert (again.value, again.rows) == (value.raw, value.rows), value.key
