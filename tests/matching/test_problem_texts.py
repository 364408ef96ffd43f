"""Problems as people really type and paste them, through the firm's own form: kept, shown and found, or refused beside the field."""

import pytest

from kexie.contexts.matching.models import Problem
from kexie.contexts.matching.operations import finding, problems
from tests.matching.conftest import TODAY
from tests.matching.test_problems import _at, firm, firm_by  # noqa: F401 - fixtures

GOOD = "压铸后加工面露出气孔，废品率百分之八，希望降到百分之二。"
# As Word hands it over: no-break and full-width spaces, tabs, bullets, curly quotes, soft hyphens, zero-width and control marks.
WORD = (
    "\ufeff一、现状\r\n\u00a0\u3000\u2022\t压铸件\u201c气孔\u201d\u2014\u2014废\u200b品率８％\x0b\r\n"
    "\uf0b7\u2003试过\u2018真空\u2019压\u00ad铸\x07\r\n\r\n\r\n\u25cf 希望降到２％\u2028以下\u2026\r\n"
)


@pytest.fixture
def form(client, firm_by):  # noqa: F811
    client.force_login(firm_by["actor"])

    def sent(name, summary, **more):
        return client.post(
            "/work/problems/new/",
            {
                "name": name,
                "summary": summary,
                "full": "",
                "industry": "",
                "confidentiality": "VERIFIED",
                **more,
            },
        )

    return sent


def errors(answer) -> set[str]:
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


@pytest.mark.parametrize(
    ("name", "summary", "beside"),
    [
        ("", "", {"name", "summary"}),
        ("铝压铸件内部气孔", "", {"summary"}),
        ("气孔", GOOD, {"name"}),
        ("铝压铸件内部气孔", "气孔", {"summary"}),
        (" \u3000\u200b\u00a0 ", "\u200b\u200b\u3000\r\n\r\n\u00a0", {"name", "summary"}),
        ("\x00\x01\x02\x07", "\x00" * 40, {"name", "summary"}),
    ],
    ids=["nothing", "no summary", "one word", "one word below", "blanks", "control marks"],
)
def test_too_little_is_refused_beside_the_field_and_what_was_typed_stays(form, name, summary, beside):
    answer = form(name, summary)
    assert errors(answer) == beside
    if name.strip() and "\x00" not in name:
        assert answer.context["form"]["name"].value() == name
    assert Problem.objects.count() == 0


def test_twenty_thousand_characters_are_kept_whole_where_there_is_room_and_refused_where_not(form, by, enter):
    enter("懂气孔的", skills="压铸气孔")
    much = ("压铸件气孔多，试过真空压铸。" * 1500)[:20_000]
    answer = form("铝压铸件内部气孔超标", much)
    if answer.status_code == 422:
        assert errors(answer) == {"summary"}
        assert answer.context["form"]["summary"].value() == much
        answer = form("铝压铸件内部气孔超标", GOOD, full=much)
    assert answer.status_code == 302
    one = Problem.objects.get()
    problems.accept(problem_id=one.pk, on=TODAY, **by)
    assert [found.expert.name for found in finding.propose(problem_id=one.pk, **by).suggested] == ["懂气孔的"]


@pytest.mark.parametrize(
    "case",
    [
        (
            "Porosity in aluminium die castings",
            "Eight percent scrap after machining; vacuum did not help.",
            "英文的",
        ),
        (
            "ADC12 压铸件 porosity 超标",
            "T6 heat treatment 后 die casting 表面起泡，scrap rate 8%。",
            "中文的",
        ),
        ("铝压铸件“气孔”超标——急", WORD, "中文的"),
    ],
    ids=["English", "mixed", "Word"],
)
def test_other_languages_and_pasted_text_are_kept_shown_and_found(form, client, by, enter, case):
    name, summary, expert = case
    enter("英文的", skills="Porosity of die castings, vacuum die casting")
    enter("中文的", skills="压铸件气孔")
    answer = form(name, summary)
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    one = Problem.objects.get()
    assert not {mark for mark in "\ufeff\u200b\u00ad\x07\x0b\r" if mark in one.name + one.summary}
    page = client.get(f"/work/problems/{one.pk}/")
    assert page.status_code == 200
    problems.accept(problem_id=one.pk, on=TODAY, **by)
    found = finding.propose(problem_id=one.pk, **by).suggested
    assert found[0].expert.name == expert
    assert found[0].phrases or found[0].evidence
