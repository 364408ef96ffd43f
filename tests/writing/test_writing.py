"""Templates looked through, documents made from them, and numbers that stay."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from docx import Document

from kexie.kernel.periods import Period
from kexie.ledger import operations as ledger
from kexie.platform.files import content
from kexie.platform.tasks import run_pending
from kexie.reporting.writing import operations, queries
from kexie.reporting.writing.checking import WrongTemplate
from kexie.reporting.writing.demo import word
from kexie.reporting.writing.models import WrittenDocument
from kexie.reporting.writing.operations import WrongStage
from kexie.reporting.writing.states import TRANSITIONS, Stage
from tests.writing.conftest import NOW

LECTURES = '数("governance.lectures")'


def words_of(document):
    return [one.text for one in opened(document).paragraphs if one.text.strip()]


def opened(document):
    return Document(io.BytesIO(content.read(document.file.digest)))


def wrong(template, *lines):
    with pytest.raises(WrongTemplate) as refused:
        template(*lines)
    return [str(one) for one in refused.value.problems]


def test_every_stage_is_reached():
    reached, edge = {"RUNNING"}, ["RUNNING"]
    while edge:
        new = TRANSITIONS[edge.pop()] - reached
        reached |= new
        edge += new
    assert reached == set(TRANSITIONS) == set(Stage)


@pytest.mark.parametrize(
    "case",
    [
        (13, "", "13场次"),
        (13, " | 余", "10余场次"),
        (10, " | 余", "10场次"),
        (13, " | 超", "超10场次"),
        (19, " | 近", "近20场次"),
        (3, " | 万", "3场次"),
    ],
)
def test_numbers_in_words_that_are_true(template, made, lecture, case):
    count, tag, said = case
    lecture(count)
    document = made(template(f"全年举办讲座{{{{ {LECTURES}{tag} }}}}。"))
    assert words_of(document) == ["总结", f"全年举办讲座{said}。"]


def test_curly_quotes_and_wide_marks_of_word_are_understood(template, made, lecture):
    lecture(2)
    document = made(template("讲座{{ 数（“governance.lectures”，期＝“本期”） ｜ 余 }}。"))
    assert words_of(document)[1] == "讲座2场次。"


def test_a_measure_may_be_named_by_its_label_and_a_tag_be_torn_by_word(template, made, lecture, world, by):
    lecture(2)
    document = Document()
    paragraph = document.add_paragraph("讲座{{ 数(")
    paragraph.add_run('"governance.').bold = True
    paragraph.add_run('lectures") }}。')
    file = io.BytesIO()
    document.save(file)
    one = operations.add_template(
        file=ContentFile(file.getvalue()), name="撕开", kind="REPORT", unit=world.association, **by
    )
    assert words_of(made(one)) == ["讲座2场次。"]


def test_comparisons_follow_the_numbers(template, made, lecture):
    lecture(4)
    lecture(5, day=dt.date(2023, 3, 1))
    one = template('讲座{{ 比("governance.lectures") }}。')
    assert words_of(made(one))[1] == "讲座比上年下降20%。"
    assert words_of(made(one, Period.year(2023)))[1] == "讲座上年没有可比的数。"
    half = Period(dt.date(2024, 1, 1), dt.date(2024, 7, 1))
    assert words_of(made(one, half))[1] == "讲座比上年同期下降20%。"


def test_tables_repeat_their_row_and_add_up(template, made, lecture, world):
    lecture(2, unit=world.counties[0])
    lecture(1)
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for cells in (
        ('{%tr for 行 in 表("governance.lectures", 按="单位") %}', ""),
        ("{{ 行.名称 }}", "{{ 行.数 }}"),
        ("{%tr endfor %}", ""),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    one = operations.add_template(
        file=ContentFile(file.getvalue()), name="表", kind="REPORT", unit=world.association,
        actor=world.account, now=NOW, scope=world.scope,
    )  # fmt: skip
    (made_table,) = opened(made(one)).tables
    rows = {row.cells[0].text: row.cells[1].text for row in made_table.rows}
    assert rows == {world.counties[0].name: "2", world.association.name: "1"}


def test_charts_are_pictures(template, made, lecture):
    lecture(2)
    document = opened(made(template('{{ 图("governance.lectures", 按="月") }}')))
    assert len(document.inline_shapes) == 1


def test_every_wrong_place_is_named(template):
    found = wrong(
        template,
        '讲座{{ 数("governance.lecture") }}。',
        "没有错的一段。",
        "{{ 讲座 }}",
        '{{ 数("governance.lectures", 期="去年") }}',
        '{{ 数("governance.lectures", 地区="没有县") }}',
        '{{ 数("governance.lectures") | 大概 }}',
        '{% for 行 in 表("governance.lectures") %}',
        "{{ 数(",
    )
    places = [one.partition("“")[0] for one in found]
    assert places == ["第2段", "第4段", "第5段", "第6段", "第7段", "第9段", ""]
    assert "governance.lectures" in found[0]
    assert "endfor" in found[-1]


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 数.__class__ }}",
        "{{ ().__class__.__mro__ }}",
        "{{ 单位.__init__.__globals__ }}",
        '{% include "x" %}',
        "{% set a = 1 %}",
        "{{ 1 + 1 }}",
        '{{ 数("governance." ~ "lectures") }}',
        "{{ lipsum() }}",
        "{% for a in range(9999) %}{% endfor %}",
        "{%r if 1 %}",
    ],
)
def test_nothing_else_can_be_said(template, tag):
    assert wrong(template, tag)


def test_nothing_else_can_be_said_in_a_text_box_or_property_either(template, made, world, by):
    document = Document()
    document.add_paragraph("正文")
    document.core_properties.title = "{{ ().__class__ }}"
    file = io.BytesIO()
    document.save(file)
    one = operations.add_template(
        file=ContentFile(file.getvalue()), name="属性", kind="REPORT", unit=world.association, **by
    )
    assert made(one).stage == Stage.FAILED


def test_a_changed_template_is_a_further_version(template, made):
    first = template("第一版。")
    document = made(first)
    second = template("第二版。")
    assert (first.version, second.version) == (1, 2)
    assert [one.pk for one in queries.templates(_scope(first))] == [second.pk]
    assert document.template_id == first.pk


def _scope(one):
    from kexie.kernel.scope import Scope

    return Scope(association_id=one.association_id)


def test_last_years_report_keeps_last_years_numbers(template, made, lecture, by):
    first, *_rest = lecture(12)
    document = made(template(f"讲座{{{{ {LECTURES} | 余 }}}}，共{{{{ {LECTURES} }}}}。"))
    later = NOW + dt.timedelta(days=300)
    ledger.reverse(record=first, reason="重复登记", actor=by["actor"], now=later, scope=by["scope"])
    again = operations.remake(document=document, **{**by, "now": later})
    while operations.advance(document_id=again.pk, now=later):
        pass
    again.refresh_from_db()
    assert words_of(document) == words_of(again) == ["总结", "讲座10余场次，共12场次。"]
    fresh = operations.begin(
        template=document.template,
        title="新",
        period=Period.year(2024),
        words={},
        form={},
        **{**by, "now": later},
    )
    while operations.advance(document_id=fresh.pk, now=later):
        pass
    fresh.refresh_from_db()
    assert words_of(fresh)[1] == "讲座10余场次，共11场次。"


def test_the_appendix_leads_from_each_number_to_its_figure(template, made, lecture):
    lecture(12)
    form = {"appendix": True, "base": "https://kexie.example/", "organ": "演示市科协文件"}
    document = opened(
        made(template(f'讲座{{{{ {LECTURES} | 余 }}}}，{{{{ 比("governance.lectures") }}}}。'), form=form)
    )
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[1] for row in rows] == ["文中", "10余场次", "上年没有可比的数"]
    assert rows[1][4] == "12场次（12条记录）"
    assert rows[1][3] == "2024-01-01至2024-12-31"
    assert len(document.inline_shapes) == 2
    assert document.paragraphs[0].text == "演示市科协文件"


def test_words_are_filled_in(template, made):
    document = made(template('{{ 填("收信单位") }}：', kind="LETTER"), words={"收信单位": "某某大学<&>"})
    assert words_of(document)[1] == "某某大学<&>："


def test_it_can_be_stopped_and_goes_on(template, by, lecture):
    lecture(2)
    one = template(f'{{{{ {LECTURES} }}}}{{{{ 比("governance.lectures") }}}}')
    document = operations.begin(template=one, title="总结", period=Period.year(2024), words={}, form={}, **by)
    assert operations.advance(document_id=document.pk, now=NOW)
    operations.cancel(document=document, actor=by["actor"], now=NOW)
    assert not operations.advance(document_id=document.pk, now=NOW)
    document.refresh_from_db()
    assert (document.stage, document.done, document.total) == ("CANCELLED", 1, 2)
    with pytest.raises(WrongStage):
        operations.cancel(document=document, actor=by["actor"], now=NOW)
    operations.resume(document=document, actor=by["actor"], now=NOW)
    while operations.advance(document_id=document.pk, now=NOW):
        pass
    document.refresh_from_db()
    assert document.stage == Stage.DONE


def test_from_template_to_file_in_the_browser(staff, world, lecture):
    lecture(12)
    file = ContentFile(
        word(("总结", f"讲座{{{{ {LECTURES} | 余 }}}}。", '{{ 填("结语") }}')), name="总结.docx"
    )
    sent = {"name": "总结", "kind": "REPORT", "unit": str(world.association.pk), "file": file}
    answer = staff.post(reverse("writing:new_template"), sent, follow=True)
    page = answer.redirect_chain[-1][0]
    shown = staff.get(f"{page}?since=2024-01-01&until=2024-12-31").content.decode()
    assert "10余场次</a>" in shown
    assert "〔结语〕" in shown
    made = {
        "act": "make",
        "title": "2024年总结",
        "since": "2024-01-01",
        "until": "2024-12-31",
        "word_0": "完。",
    }
    assert staff.post(page, {**made, "until": "2023-01-01"}).status_code == 422
    at = staff.post(page, made)["Location"]
    assert staff.get(at)["Refresh"] == "3"
    run_pending()
    done = staff.get(at)
    assert "Refresh" not in done
    assert "LibreOffice" in done.content.decode()
    document = WrittenDocument.objects.get()
    assert words_of(document)[1:] == ["讲座10余场次。", "完。"]
    sent_back = staff.get(reverse("writing:file", kwargs={"pk": document.pk, "kind": "docx"}))
    assert b"".join(sent_back.streaming_content) == content.read(document.file.digest)
    assert staff.get(reverse("writing:file", kwargs={"pk": document.pk, "kind": "pdf"})).status_code == 404


def test_wrong_places_stand_beside_the_file(staff, world):
    file = ContentFile(word(("总结", '{{ 数("a") }}', '{{ 数("b") }}')), name="总结.docx")
    sent = {"name": "总结", "kind": "REPORT", "unit": str(world.association.pk), "file": file}
    answer = staff.post(reverse("writing:new_template"), sent)
    assert answer.status_code == 422
    assert [error.partition("“")[0] for error in answer.context["form"].errors["file"]] == ["第2段", "第3段"]
    assert answer.context["form"]["name"].value() == "总结"


@pytest.mark.parametrize("item_count", [1, 3])
def test_lists_ask_the_database_equally_often(
    staff, template, made, item_count, django_assert_max_num_queries
):
    for number in range(item_count):
        made(template("正文。", name=f"模板{number}"))
    for name in ("list", "templates"):
        with django_assert_max_num_queries(16):
            assert staff.get(reverse(f"writing:{name}")).status_code == 200


def test_lists_are_taken_out(staff, template, made):
    from openpyxl import load_workbook

    made(template("正文。"))
    answer = staff.get(reverse("writing:list") + "?export=1")
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[1][:2] == ("工作总结", "总结")


def test_the_numbers_are_paged_filtered_and_taken_out(staff):
    from openpyxl import load_workbook

    page = staff.get(reverse("writing:numbers"))
    assert page.context["page"].paginator.num_pages > 1
    few = staff.get(reverse("writing:numbers"), {"context": "museums", "q": "参观", "sort": "-label"})
    labels = [str(row.cells[0].value) for row in few.context["table"].rows]
    assert "科技馆参观人次" in labels
    assert labels == sorted(labels, reverse=True)
    sent = staff.get(reverse("writing:numbers"), {"context": "museums", "export": "1"})
    rows = list(load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active.values)
    assert {row[3].partition(".")[0] for row in rows[1:]} == {'{{ 数("museums'}
    nothing = staff.get(reverse("writing:numbers"), {"q": "没有这样的词"}).content.decode()
    assert "没有这样的指标" in nothing
    assert "看全部" in nothing


@pytest.fixture
def later(monkeypatch):
    moment = NOW + dt.timedelta(days=300)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.mark.parametrize("chosen", ["release", "day"])
@pytest.mark.usefixtures("later")
def test_a_document_as_known_at_a_release_or_on_a_day_keeps_those_numbers_and_leads_there(
    staff, template, lecture, by, chosen
):
    from kexie.reporting.releases import operations as closing

    first, *_rest = lecture(12)
    release = closing.close(unit=by["actor"].unit, period=Period.year(2024), **by)
    while closing.advance(release_id=release.pk, now=NOW):
        pass
    closing.publish(release=release, **by)
    later = NOW + dt.timedelta(days=300)
    ledger.reverse(record=first, reason="重复登记", actor=by["actor"], now=later, scope=by["scope"])
    one = template(f"讲座{{{{ {LECTURES} }}}}。")
    sent = {"act": "make", "title": "重开", "since": "2024-01-01", "until": "2024-12-31", "appendix": "on"}
    moment = {"release": str(release.pk)} if chosen == "release" else {"known_on": "2025-07-01"}
    page = reverse("writing:template", args=[one.pk])
    refused = staff.post(page, {**sent, "release": str(release.pk), "known_on": "2025-07-01"})
    assert "只选一个" in refused.content.decode()
    assert "还没有到" in staff.post(page, {**sent, "known_on": "2026-12-01"}).content.decode()
    at = staff.post(page, {**sent, **moment})["Location"]
    run_pending()
    document = WrittenDocument.objects.get(title="重开")
    assert words_of(document)[1] == "讲座12场次。"
    (source,) = staff.get(at).context["table"].rows
    published = reverse("published:one", args=[release.pk])
    assert (source.cells[0].href == published) is (chosen == "release")
    again = operations.remake(document=document, **{**by, "now": later})
    while operations.advance(document_id=again.pk, now=later):
        pass
    answers = [list(one.answers.order_by("ask").values_list("ask", "data")) for one in (document, again)]
    assert answers[0] == answers[1]
    assert opened(document).element.xml == opened(WrittenDocument.objects.get(pk=again.pk)).element.xml


def test_rows_by_a_dimension_bear_labels_and_labels_narrow(template, made, lecture, world, by):
    lecture(2, mode="ONLINE")
    lecture(1)
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for cells in (
        ('{%tr for 行 in 表("governance.lectures", 按="方式") %}', ""),
        ("{{ 行.名称 }}", "{{ 行.数 }}"),
        ("{%tr endfor %}", ""),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_paragraph('线上{{ 数("governance.lectures", 方式="线上") }}。')
    file = io.BytesIO()
    document.save(file)
    one = operations.add_template(
        file=ContentFile(file.getvalue()), name="分类", kind="REPORT", unit=world.association, **by
    )
    done = made(one)
    (rows,) = opened(done).tables
    assert {row.cells[0].text: row.cells[1].text for row in rows.rows} == {"线上": "2", "线下": "1"}
    assert "线上2场次。" in words_of(done)


def test_the_imprint_stands_below_two_rules_at_the_foot(template, made):
    form = {"copies": "省科协，市委宣传部", "issuer": "市科协办公室", "issued_on": "2025-01-08"}
    document = opened(made(template("正文。"), form=form))
    (table,) = document.tables
    assert [row.cells[0].text for row in table.rows] == [
        "抄送：省科协，市委宣传部。",
        "市科协办公室\t2025年1月8日印发",
    ]
    assert document.paragraphs[-1].text == "正文。"
    assert not opened(made(template("正文。"), form={})).tables


def test_minutes_take_what_the_meeting_s_record_says(staff, template, world, by):
    from kexie.contexts.governance.models import LearningMeeting

    meeting = LearningMeeting(
        association=world.association, unit=world.association, area=world.association.area,
        occurred_on=dt.date(2025, 3, 6), meeting_kind="PARTY_GROUP", title="党组第三次会议", headcount=9,
        method="ROSTER", resolutions="一是抓好落实。",
    )  # fmt: skip
    ledger.record_many(records=[meeting], **by)
    one = template(
        '{{ 填("时间") }}召开{{ 填("会议名称") }}，{{ 填("出席人数") }}参加。', '{{ 填("会议议定") }}', '{{ 填("主持人") }}',
        kind="MINUTES",
    )  # fmt: skip
    page = reverse("writing:template", args=[one.pk])
    shown = staff.get(page, {"since": "2025-01-01", "until": "2025-06-30", "meeting": str(meeting.pk)})
    assert "2025年3月6日召开党组第三次会议，9人参加。" in shown.content.decode()
    (make,) = [each["form"] for each in shown.context["acts"] if each["act"].key == "make"]
    given = {field.label: field.value() for field in make if field.name.startswith("word_")}
    assert given == {
        "时间": "2025年3月6日", "会议名称": "党组第三次会议", "出席人数": "9人", "会议议定": "一是抓好落实。", "主持人": "",
    }  # fmt: skip
