"""People out of files: tables however offices keep them, OpenAlex lists, ORCID records; twice the same file changes nothing."""

import io
import json

import pytest
from openpyxl import Workbook, load_workbook

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertImport, ExpertWork
from kexie.contexts.matching.operations import expert_imports as operations
from kexie.contexts.matching.operations import experts
from kexie.contexts.matching.operations.experts import Profile
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.rules import expert_sheet, orcid, people_files
from kexie.kernel import pinyin
from kexie.platform.imports import delimited
from tests.ledger import build
from tests.matching.conftest import TODAY

ORCID = "0000-0002-1825-0097"
AUTHOR = {
    "id": "https://openalex.org/A5023888391", "orcid": f"https://orcid.org/{ORCID}", "display_name": "Zhiyuan Wang",
    "display_name_alternatives": ["王知远", "Wang Z."], "last_known_institutions": [{"display_name": "Huaiying University"}],
    "topics": [{"display_name": "Weld seam tracking"}],
}  # fmt: skip
PAPER = {
    "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1234/Weld.5", "title": "Seam tracking by laser vision",
    "publication_year": 2021, "type": "article", "abstract_inverted_index": {"seams": [1], "Thin": [0], "wander": [2]},
    "authorships": [{"author": {"id": "https://openalex.org/A5023888391", "display_name": "Zhiyuan Wang"}}],
}  # fmt: skip
RECORD = f"""<?xml version="1.0" encoding="UTF-8"?>
<record:record path="/{ORCID}" xmlns:record="http://www.orcid.org/ns/record" xmlns:common="http://www.orcid.org/ns/common"
 xmlns:person="http://www.orcid.org/ns/person" xmlns:pd="http://www.orcid.org/ns/personal-details" xmlns:on="http://www.orcid.org/ns/other-name"
 xmlns:activities="http://www.orcid.org/ns/activities" xmlns:work="http://www.orcid.org/ns/work" xmlns:employment="http://www.orcid.org/ns/employment">
 <common:orcid-identifier><common:uri>https://orcid.org/{ORCID}</common:uri><common:path>{ORCID}</common:path></common:orcid-identifier>
 <person:person><person:name><pd:given-names>Zhiyuan</pd:given-names><pd:family-name>Wang</pd:family-name></person:name>
  <on:other-names><on:other-name><on:content>王知远</on:content></on:other-name></on:other-names></person:person>
 <activities:activities-summary><activities:employments><activities:affiliation-group><employment:employment-summary>
  <common:role-title>教授</common:role-title><common:organization><common:name>淮颍大学</common:name></common:organization>
  </employment:employment-summary></activities:affiliation-group></activities:employments>
  <activities:works><activities:group><common:external-ids><common:external-id><common:external-id-type>doi</common:external-id-type>
   <common:external-id-value>10.1234/WELD.5</common:external-id-value></common:external-id></common:external-ids>
   <work:work-summary put-code="77"><work:title><common:title>Seam tracking by laser vision</common:title></work:title>
   <work:type>journal-article</work:type><common:publication-date><common:year>2021</common:year></common:publication-date>
   </work:work-summary></activities:group></activities:works></activities:activities-summary>
</record:record>"""
RECORD_JSON = {
    "orcid-identifier": {"uri": f"https://orcid.org/{ORCID}", "path": ORCID},
    "person": {
        "name": {"given-names": {"value": "Zhiyuan"}, "family-name": {"value": "Wang"}, "credit-name": None},
        "other-names": {"other-name": [{"content": "王知远"}]}, "emails": {"email": [{"email": "w@example.org"}]},
    },
    "activities-summary": {
        "employments": {"affiliation-group": [{"summaries": [{"employment-summary": {
            "role-title": "教授", "organization": {"name": "淮颍大学"}, "end-date": None}}]}]},
        "works": {"group": [{
            "external-ids": {"external-id": [{"external-id-type": "doi", "external-id-value": "10.1234/WELD.5"}]},
            "work-summary": [{"put-code": 77, "title": {"title": {"value": "Seam tracking by laser vision"}},
                              "type": "journal-article", "publication-date": {"year": {"value": "2021"}}}]}]},
    },
}  # fmt: skip


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.fixture
def bring(by):
    """Take a file in and run it: `bring("a.json", content)`."""

    def brought(name, content, **options):
        if not isinstance(content, bytes):
            content = (
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            ).encode()
        job = operations.take_in(name=name, content=content, **options, **by)
        assert job.state == "READY", (job.problems, job.message)
        operations.start(import_id=job.pk, actor=by["actor"])
        return operations.run(import_id=job.pk, scope=by["scope"], now=by["now"])

    return brought


def test_names_of_one_person_share_a_spelling_whatever_order_and_script():
    for other in ("Wang Zhiyuan", "Zhiyuan WANG", "WANG Zhi-Yuan", "Zhi-yuan Wang", "王 知远"):
        assert pinyin.spellings("王知远") & pinyin.spellings(other), other
    assert pinyin.spellings("吕绿") & pinyin.spellings("Lyu Lü")
    assert pinyin.spellings("单田芳") & pinyin.spellings("Tianfang Shan")
    assert pinyin.spellings("欧阳明") & pinyin.spellings("Ming Ouyang")
    assert not pinyin.spellings("王知远") & pinyin.spellings("李知远")
    assert not pinyin.spellings("王知远") & pinyin.spellings("Wang Zhi")


def test_a_table_comes_in_by_any_columns_and_nobody_is_verified_or_has_agreed(world, bring):
    content = book(
        ["专家名册"], ["序号", "专家姓名*", "所在单位", "职称", "专业领域", "外语", "手机", "主要成果"],
        [1, "王知远", "淮颍大学", "教授", "机械工程、430", "中文、英语", "138 0013 8000", "专利：一种焊缝跟踪方法（2021）\n焊缝机理"],
    )  # fmt: skip
    job = bring("名册.xlsx", content)
    one = Expert.objects.get()
    assert (job.new, job.works, one.disciplines, one.languages) == (1, 2, ["460", "430"], ["ZH", "EN"])
    assert (one.verified_on, one.confirmed_on, one.masked_phone) == (None, None, "138****8000")
    assert not ExpertConsent.objects.exists()
    assert list(register.askable(world.scope, today=TODAY)) == []
    assert one.origins["title"] == {
        "source": "WORKBOOK",
        "batch": job.code,
        "on": build.NOW.date().isoformat(),
    }
    works = set(ExpertWork.objects.values_list("kind", "title", "year", "source", "imported"))
    assert works == {
        ("PATENT", "一种焊缝跟踪方法", 2021, "WORKBOOK", job.pk),
        ("PAPER", "焊缝机理", None, "WORKBOOK", job.pk),
    }


def test_every_wrong_cell_is_named_and_nothing_comes_in(by):
    rows = (
        ["姓名", "单位", "学科", "ORCID", "邮箱", "海智专家", "学会"],
        ["", "淮颍大学"],
        ["甲", "淮颍大学", "炼金术", "0000-0002-1825-0098", "没有", "也许"],
        ["乙", "某国大学", "", "", "", "是"],
        ["丙", "厂", "", "", "", "", "没有的学会"],
        ["丙", "厂"],
    )
    job = operations.take_in(name="名册.xlsx", content=book(*rows), **by)
    assert job.state == "FAULTY"
    assert [one["cell"] for one in job.problems] == ["A2", "C3", "D3", "E3", "F3", "B4", "A6", "G5"]
    with pytest.raises(operations.ImportRefused):
        operations.start(import_id=job.pk, actor=by["actor"])
    assert not Expert.objects.exists()


def test_text_tables_are_read_in_either_encoding_and_unknown_columns_can_be_chosen(by):
    written = "谁;哪里\n王知远;淮颍大学\n"
    assert [row.values for row in delimited.rows(written.encode("gb18030"))] == [
        ("谁", "哪里"),
        ("王知远", "淮颍大学"),
    ]
    job = operations.take_in(name="名册.csv", content=written.encode("gb18030"), **by)
    assert (job.state, job.labels) == ("FAULTY", ["谁", "哪里"])
    job = operations.choose_columns(
        import_id=job.pk, columns={"name": 1, "employer": 2, "title": 0}, actor=by["actor"], scope=by["scope"]
    )
    assert (job.state, job.total, job.preview[0]["employer"]) == ("READY", 1, "淮颍大学")
    with pytest.raises(operations.ImportRefused):
        operations.choose_columns(
            import_id=job.pk, columns={"name": 1, "employer": 1}, actor=by["actor"], scope=by["scope"]
        )


@pytest.mark.parametrize("form", ["list", "lines", "pages", "inside"])
def test_openalex_lists_come_in_every_form_they_are_kept_in(bring, form):
    content = {
        "list": [AUTHOR, PAPER], "lines": "\n".join(map(json.dumps, (AUTHOR, PAPER))), "pages": {"results": [AUTHOR], "works": [PAPER]},
        "inside": {**AUTHOR, "works": [PAPER]},
    }[form]  # fmt: skip
    bring("authors.jsonl", content)
    one, work = Expert.objects.get(), ExpertWork.objects.get()
    assert (one.name, one.other_names, one.employer) == (
        "王知远",
        "Zhiyuan Wang、Wang Z.",
        "Huaiying University",
    )
    assert (one.orcid, one.openalex) == (ORCID, "A5023888391")
    assert (work.source, work.source_id, work.text, work.year) == (
        "OPENALEX",
        "10.1234/weld.5",
        "Thin seams wander",
        2021,
    )


@pytest.mark.parametrize(("name", "content"), [("a.xml", RECORD), ("a.json", RECORD_JSON)])
def test_orcid_records_say_the_same_in_both_forms(bring, name, content):
    bring(name, content)
    one, work = Expert.objects.get(), ExpertWork.objects.get()
    assert (one.name, one.other_names, one.employer, one.title, one.orcid) == (
        "王知远",
        "Zhiyuan Wang",
        "淮颍大学",
        "教授",
        ORCID,
    )
    assert (work.title, work.source_id, work.year, work.source) == (
        "Seam tracking by laser vision",
        "10.1234/weld.5",
        2021,
        "ORCID",
    )
    assert one.email is None


def test_a_hostile_or_broken_file_is_refused_by_name(by):
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "x"><!ENTITY b SYSTEM "file:///etc/passwd">]><record>&b;</record>'
    with pytest.raises(people_files.NotRead):
        orcid.from_xml(bomb.encode())
    assert operations.take_in(name="a.xml", content=b"<record", **by).state == "FAULTY"
    job = operations.take_in(name="a.jsonl", content=(json.dumps(AUTHOR) + "\n{oops\n").encode(), **by)
    assert (job.state, job.problems[0]["cell"]) == ("FAULTY", "第2行")
    assert operations.take_in(name="a.json", content=b"[]", **by).message == "文件里没有找到专家。"
    for name, content in (("a.pdf", b"%PDF"), ("a.json", b"")):
        with pytest.raises(operations.ImportRefused):
            operations.take_in(name=name, content=content, **by)


def test_the_same_file_again_changes_nothing_and_shows_what_differs(by, bring):
    bring("a.json", [AUTHOR, PAPER])
    one = Expert.objects.get()
    experts.change(
        expert_id=one.pk, profile=Profile(name="王知远", employer="淮颍大学", openalex="A5023888391"), **by
    )
    before = Expert.objects.values().get()
    job = bring("b.xml", RECORD)
    assert (job.new, job.works, Expert.objects.count(), ExpertWork.objects.count()) == (0, 0, 1, 1)
    after = Expert.objects.get()
    assert (after.employer, after.title, after.orcid) == ("淮颍大学", "教授", ORCID)
    assert (after.origins["title"]["source"], "employer" in after.origins) == ("ORCID", False)
    assert before["title"] == ""
    again = bring("a.json", [AUTHOR, PAPER])
    last = bring("a.json", [AUTHOR, PAPER])
    assert (last.new, last.filled, last.works) == (0, 0, 0)
    assert {(line["field"], line["here"], line["there"]) for line in again.differences} >= {
        ("employer", "淮颍大学", "Huaiying University")
    }
    assert again.differences == last.differences
    place = [line["field"] for line in last.differences].index("employer")
    assert operations.take_over(import_id=last.pk, chosen=[place], **by) == 1
    assert Expert.objects.get().employer == "Huaiying University"


def test_verified_fields_are_never_filled_by_a_file(by, bring, enter):
    one = enter("王知远", orcid=ORCID)
    experts.verify(expert_id=one.pk, on=TODAY, **by)
    job = bring("b.xml", RECORD)
    assert (Expert.objects.get().title, {line["field"] for line in job.differences}) == (
        "",
        {"title", "employer"},
    )


def test_namesakes_with_other_numbers_stay_two_people(bring, enter):
    enter("王知远", employer="Huaiying University", orcid="0000-0002-1694-233X")
    job = bring("a.json", [AUTHOR])
    assert (job.new, Expert.objects.count()) == (1, 2)


def test_lists_of_experts_from_overseas_lose_employer_and_region(bring):
    bring("a.json", [AUTHOR, PAPER], is_home=True)
    one = Expert.objects.get()
    assert (one.is_home, one.employer, one.region, one.title, one.about) == (True, "", "", "", "")
    again = bring("a.json", [AUTHOR, PAPER], is_home=False)
    assert (Expert.objects.get().employer, [line["field"] for line in again.differences]) == ("", [])


def test_what_stops_on_the_way_goes_on_where_it_stopped(by):
    rows = [["姓名", "单位"], *([f"专家{at}", "淮颍大学"] for at in range(7))]
    job = operations.take_in(name="a.xlsx", content=book(*rows), **by)
    operations.start(import_id=job.pk, actor=by["actor"])
    people, _wrong = operations._read(job, by["scope"])
    operations._step(job.pk, people, scope=by["scope"], now=by["now"], step=3)
    operations.stop(import_id=job.pk, actor=by["actor"])
    stopped = operations.run(import_id=job.pk, scope=by["scope"], now=by["now"], step=3)
    assert (stopped.state, stopped.done, Expert.objects.count()) == ("STOPPED", 3, 3)
    operations.start(import_id=job.pk, actor=by["actor"])
    done = operations.run(import_id=job.pk, scope=by["scope"], now=by["now"], step=3)
    assert (done.state, done.done, done.new, Expert.objects.count()) == ("DONE", 7, 7, 7)


def test_files_are_sealed_and_dropped_after_a_month(by, bring):
    job = bring("a.json", [AUTHOR])
    assert "王知远".encode() not in bytes(ExpertImport.objects.get().sealed)
    assert operations.forget_files(now=by["now"]) == 0
    assert operations.forget_files(now=by["now"] + operations.KEPT * 2) == 1
    kept = ExpertImport.objects.get()
    assert (kept.open(), kept.preview, kept.new) == (b"", [], job.new)


def test_an_import_in_the_browser(staff):
    template = load_workbook(io.BytesIO(b"".join(staff.get("/work/experts/import/template/"))))
    assert [cell.value for cell in template["填写"][1]] == list(expert_sheet.LABELS.values())
    assert staff.post("/work/experts/import/", {}).status_code == 422
    file = io.BytesIO(book(["姓名", "单位"], ["王知远", "淮颍大学"]))
    file.name = "名册.xlsx"
    made = staff.post("/work/experts/import/", {"file": file})
    assert (staff.get(made.url).context["job"].new, Expert.objects.count()) == (1, 0)
    assert staff.post(made.url, {"act": "run"}).status_code == 302
    assert "导入完成" in staff.get(made.url).content.decode()
    assert Expert.objects.get().name == "王知远"
    assert "名册.xlsx" in staff.get("/work/experts/import/").content.decode()
