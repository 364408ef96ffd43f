"""Texts given back as Word documents with a comment at each finding."""

import io

from docx import Document

from kexie.reporting.claims.documents import text_of
from kexie.reporting.claims.marking import Remark, marked


def commented(data):
    """What the document says, and each comment with the text it stands at."""
    document = Document(io.BytesIO(data))
    body = document.element.body
    found = {}
    for comment in document.comments:
        start = body.xpath(f'.//w:commentRangeStart[@w:id="{comment.comment_id}"]')[0]
        end = body.xpath(f'.//w:commentRangeEnd[@w:id="{comment.comment_id}"]')[0]
        words, node = "", start.getnext()
        while node is not end:
            words += "".join(one.text or "" for one in node.iter() if one.tag.endswith("}t"))
            node = node.getnext()
        found[comment.text] = words
    return found


def word():
    document = Document()
    paragraph = document.add_paragraph("全市建设校园科技馆")
    paragraph.add_run("6").bold = True
    paragraph.add_run("2个，画廊127个。")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "场次", "共300场次"
    document.add_paragraph("结束120场。")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def at(text, words, said):
    start = text.index(words)
    return Remark(start, start + len(words), said)


def test_each_comment_stands_at_its_number():
    data = word()
    text = text_of(data)
    remarks = [
        at(text, "62个", "甲"),
        at(text, "127个", "乙"),
        at(text, "300场次", "丙"),
        at(text, "120场", "丁"),
    ]
    result = marked(text, remarks, word=data)
    assert commented(result) == {"甲": "62个", "乙": "127个", "丙": "300场次", "丁": "120场"}
    assert text_of(result) == text
    assert Document(io.BytesIO(result)).paragraphs[0].runs[1].bold


def test_a_plain_text_becomes_a_document():
    text = "第一行61个。\n\n第三行\t73个。"
    result = marked(text, [at(text, "61个", "甲"), at(text, "73个", "乙")])
    assert commented(result) == {"甲": "61个", "乙": "73个"}


def test_the_comments_that_a_document_has_stay_where_they_are():
    document = Document(io.BytesIO(word()))
    runs = document.paragraphs[0].runs
    document.add_comment(runs[:2], text="请核实", author="张三")
    file = io.BytesIO()
    document.save(file)
    data = file.getvalue()
    text = text_of(data)
    assert "请核实" not in text
    result = marked(text, [at(text, "62个", "甲"), at(text, "120场", "丁")], word=data)
    assert commented(result) == {"请核实": "全市建设校园科技馆6", "甲": "62个", "丁": "120场"}
    assert text_of(result) == text
    assert [one.author for one in Document(io.BytesIO(result)).comments if one.text == "请核实"] == ["张三"]
    again = marked(text_of(result), [at(text, "127个", "乙")], word=result)
    assert set(commented(again)) == {"请核实", "甲", "丁", "乙"}
