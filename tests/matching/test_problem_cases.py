"""What is done about a problem beside its stages: what it is about, what is like it, questions, reminders, follow-ups, the board."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.matching.models import FollowUp, Problem, ProblemReminder, ProblemTerm
from kexie.contexts.matching.operations import casework, problems, terms
from kexie.contexts.matching.operations import problem_reminders as reminders
from kexie.contexts.matching.operations.casework import CaseRefused
from kexie.contexts.matching.operations.problems import Posting, ProblemRefused
from kexie.contexts.matching.operations.terms import Terms, TermsRefused
from kexie.contexts.matching.queries import board as boards
from kexie.contexts.matching.queries import likeness
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.queries import terms as held
from kexie.contexts.matching.rules import classifying
from kexie.contexts.matching.rules import problems as rules
from kexie.foundation.access import operations as access
from kexie.kernel import industries
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.conftest import TODAY
from tests.matching.test_problems import DAY, POSTING, _at, firm, firm_by, go, posted  # noqa: F401 - fixtures

NOW = build.NOW
# As it comes out of a word processor: smart quotes, no-break spaces, bullets, full-width letters.
PASTED = (
    "“压铸件”\u00a0内部\u3000气孔超标：\r\n•\t铝合金 ＡＤＣ１２，废品率８％\r\n\u2022 希望降到２％以下\u200b"
)


def proposed(title, body=""):
    found = classifying.propose(title, body)
    return {kind: [row.value for row in found if row.kind == kind] for kind in classifying.MOST}


# --- what it is about --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "body", "industry", "discipline"),
    [
        ("铝压铸件内部气孔超标", "铝合金压铸后加工面露出气孔。", "33", "450"),
        ("面制品放置三天后发硬", "面粉加酶制剂抗老化。", "14", "550"),
        ("Porosity in aluminum die casting", "Castings show porosity after machining.", "33", "450"),
        ("电池极片涂布不均 coating", "锂电池产线在线检测 sensor 漂移。", "38", "480"),
        (PASTED, PASTED, "33", "450"),
    ],
    ids=["chinese", "food", "english", "mixed", "pasted"],
)
def test_industry_and_discipline_come_from_the_words(title, body, industry, discipline):
    found = proposed(title, body)
    assert found["INDUSTRY"][0] == industry
    assert discipline in found["DISCIPLINE"]


def test_what_says_nothing_proposes_nothing_and_what_is_long_is_read():
    assert proposed("", "") == {"INDUSTRY": [], "DISCIPLINE": [], "KEYWORD": []}
    assert proposed("问题", "") == {"INDUSTRY": [], "DISCIPLINE": [], "KEYWORD": []}
    assert proposed("轴承磨损", "说明" * 9_990 + "齿轮减速机")["INDUSTRY"][0] == "34"
    assert proposed("铝铸件", "材料是ADC12，热处理T6")["KEYWORD"][0] == "ADC12"
    (first, *_rest) = classifying.propose("铝压铸件内部气孔超标", "铝合金")
    assert {"压铸", "气孔"} <= set(first.phrases)


def test_codes_of_industries():
    assert [industries.parse(one) for one in ("34", "C34", "C3451", "通用设备制造业", "99", "机器")] == [
        "34", "34", "34", "34", "", "",
    ]  # fmt: skip
    assert (industries.label("34"), len(industries.DIVISIONS)) == ("C34 通用设备制造业", 97)
    assert [industries.section(one) for one in ("05", "06", "43", "44", "97")] == ["A", "B", "C", "D", "T"]


def test_people_put_the_proposals_right_and_both_are_kept(posted, by, firm_by):  # noqa: F811
    before = held.terms(posted)
    assert {row.decision for row in before} == {""}
    industry = next(row for row in before if row.kind == "INDUSTRY")
    wrong = Terms(
        more_industry="没有的行业",
        more_disciplines="炼金术",
        keywords="、".join("一二三四五六七八九十甲乙丙丁戊己"),
    )
    with pytest.raises(TermsRefused) as refused:
        terms.decide(problem_id=posted.pk, terms=wrong, **by)
    assert set(refused.value.fields) == {"more_industry", "more_disciplines", "keywords"}
    asked = Terms(industries=[industry.value], more_disciplines="机械工程", keywords="气孔，真空压铸")
    terms.decide(problem_id=posted.pk, terms=asked, **by)
    rows = {(row.kind, row.value): row for row in held.terms(posted)}
    assert rows["DISCIPLINE", "460"].decision == "KEPT"
    assert (rows["INDUSTRY", industry.value].is_proposed, rows["INDUSTRY", industry.value].decided_by) == (
        True,
        by["actor"],
    )
    assert not rows["KEYWORD", "真空压铸"].is_proposed
    dropped = {pair for pair, row in rows.items() if row.decision == "DROPPED"}
    problems.change(problem_id=posted.pk, posting=POSTING, **firm_by)
    again = {(row.kind, row.value) for row in held.current(held.terms(posted))}
    assert dropped
    assert not dropped & again
    assert list(queries.of_division(Problem.objects.all(), industry.value)) == [posted]


def test_where_words_say_nothing_what_was_decided_for_the_likest_is_proposed(posted, firm, firm_by, by):  # noqa: F811
    said = Posting(name="新罐区呼吸口冒白烟", summary="早晨升温时呼吸口冒白烟，想知道怎么避免。")
    first = problems.post(posting=said, firm=firm, **firm_by)
    assert not [row for row in held.terms(first) if row.kind == "INDUSTRY"]
    terms.decide(problem_id=first.pk, terms=Terms(more_industry="C26"), **by)
    again = Posting(name="罐区呼吸口冒白烟", summary="夜里降温时呼吸口也冒白烟。")
    (proposal,) = (
        row
        for row in held.terms(problems.post(posting=again, firm=firm, **firm_by))
        if row.kind == "INDUSTRY"
    )
    assert (proposal.value, proposal.is_proposed, proposal.decision) == ("26", True, "")
    assert any("呼吸口" in phrase for phrase in proposal.phrases)


# --- what is like it ---------------------------------------------------------------------------------------------


def test_look_alikes_are_named_with_what_both_say(world, posted, by, firm, firm_by):  # noqa: F811
    found = likeness.alike("压铸件气孔超标", POSTING.summary, world.scope, today=TODAY)
    assert [(one.problem, one.may_be_the_same, one.in_sight) for one in found] == [(posted, True, True)]
    assert any("气孔" in phrase for phrase in found[0].phrases)
    assert likeness.alike("面粉结块", "粮库里结块", world.scope, today=TODAY) == []
    assert likeness.alike("", " ", world.scope, today=TODAY) == []
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    assert likeness.alike("压铸件气孔超标", POSTING.summary, elsewhere, today=TODAY) == []
    Problem.objects.update(confidentiality="PUBLIC")
    go(posted, by, "PUBLISHED")
    (public,) = likeness.alike(posted.name, "", elsewhere, today=TODAY)
    assert (public.in_sight, any("废品率" in phrase for phrase in public.phrases)) == (False, False)


def test_the_same_is_linked_once_and_undone(posted, firm, firm_by, by):  # noqa: F811
    again = problems.post(posting=POSTING, firm=firm, **firm_by)
    casework.link_same(problem_id=again.pk, other_id=posted.pk, **by)
    assert likeness.same_as(again).other == posted
    assert [row.problem for row in likeness.repeated_by(posted)] == [again]
    for pair in ((again, posted), (posted, again), (again, again)):
        with pytest.raises(CaseRefused):
            casework.link_same(problem_id=pair[0].pk, other_id=pair[1].pk, **by)
    casework.undo_same(problem_id=again.pk, **by)
    assert likeness.same_as(again) is None
    with pytest.raises(NotFound):
        casework.undo_same(problem_id=again.pk, **by)


def test_the_intake_asks_before_it_takes_the_same_again(client, posted, firm_by):  # noqa: F811
    client.force_login(firm_by["actor"])
    sent = {"name": POSTING.name, "summary": POSTING.summary, "confidentiality": "PUBLIC"}
    shown = client.post("/work/problems/new/", sent)
    assert (shown.status_code, Problem.objects.count()) == (422, 1)
    assert "2025-001" in shown.content.decode()
    assert 'name="sure"' in shown.content.decode()
    assert client.post("/work/problems/new/", {**sent, "sure": "on"}).status_code == 302
    assert Problem.objects.count() == 2


@pytest.mark.parametrize("words", ["", "坏", "说明。" * 6_700])
def test_words_that_are_nothing_too_short_or_too_long_stay_in_the_form(client, firm, firm_by, words):  # noqa: F811
    client.force_login(firm_by["actor"])
    shown = client.post(
        "/work/problems/new/", {"name": words[:50], "summary": words, "confidentiality": "PUBLIC"}
    )
    assert shown.status_code == 422
    assert words in shown.content.decode()
    assert not Problem.objects.exists()


def test_what_is_pasted_is_kept_readable(firm, firm_by, client):  # noqa: F811
    client.force_login(firm_by["actor"])
    client.post(
        "/work/problems/new/",
        {"name": PASTED.splitlines()[0], "summary": PASTED, "confidentiality": "PUBLIC"},
    )
    made = Problem.objects.get()
    assert made.name == "“压铸件” 内部 气孔超标："
    assert made.summary.splitlines()[1:] == ["• 铝合金 ADC12,废品率8%".replace(",", "，"), "• 希望降到2%以下"]


# --- questions ---------------------------------------------------------------------------------------------------


def test_sent_back_with_words_answered_and_the_clock_waits(world, posted, by, firm_by):  # noqa: F811
    def found(on):
        return queries.problem(world.scope, posted.pk, on)

    assert (found(TODAY).promised, found(TODAY).waits) == (TODAY + rules.CHECK_DAYS * DAY, False)
    with pytest.raises(CaseRefused):
        casework.send_back(problem_id=posted.pk, words=" ", **by)
    casework.send_back(problem_id=posted.pk, words="废品率是按件还是按重量？", **by)
    with pytest.raises(CaseRefused, match="退回过"):
        casework.send_back(problem_id=posted.pk, words="还有", **by)
    later = TODAY + 10 * DAY
    assert queries.tally(queries.problems(world.scope, later), later) == {
        "open": 1,
        "late": 0,
        "fresh": 1,
        "waits": 1,
    }
    assert [row.template for row in Notice.objects.filter(to_id=firm_by["actor"].pk)] == ["problem.returned"]
    casework.answer(problem_id=posted.pk, words="按件。", **{**firm_by, "now": NOW + 9 * DAY})
    assert [row.template for row in Notice.objects.filter(to_id=by["actor"].pk)] == ["problem.answered"]
    assert found(later).promised == TODAY + (9 + rules.CHECK_DAYS) * DAY
    with pytest.raises(NotFound):
        casework.answer(problem_id=posted.pk, words="再答", **firm_by)


def test_intention_stands_between_visit_and_agreement(posted, by, enter):  # noqa: F811
    expert = enter()
    go(posted, by, "PUBLISHED", "MATCHED", "VISITED", "INTENDED", "SIGNED", expert=expert)
    assert rules.PROMISED["INTENDED"] == 20


# --- reminders ---------------------------------------------------------------------------------------------------


def test_keepers_are_reminded_once_before_and_once_after(world, posted, by):  # noqa: F811
    access.grant(account=by["actor"], role="COUNTY_OFFICER", unit=world.counties[0], actor=None, now=NOW)
    templates = lambda: sorted(Notice.objects.values_list("template", flat=True))  # noqa: E731
    assert reminders.remind_due(now=NOW + DAY) == 0
    assert reminders.remind_due(now=NOW + 2 * DAY) == 1
    assert reminders.remind_due(now=NOW + 3 * DAY) == 0
    assert reminders.remind_due(now=NOW + 4 * DAY) == 1
    assert reminders.remind_due(now=NOW + 9 * DAY) == 0
    assert templates() == ["problem.late", "problem.soon"]
    problems.accept(problem_id=posted.pk, on=TODAY, **by)
    assert reminders.remind_due(now=NOW + 6 * DAY) == 1
    assert ProblemReminder.objects.filter(stage="CHECKED").count() == 1


def test_the_nearest_keepers_are_told_and_nobody_else(world, by):
    access.grant(account=by["actor"], role="COORDINATOR", unit=world.association, actor=None, now=NOW)
    assert reminders.keepers(world.counties[0]) == [by["actor"]]
    county, _password = access.create_account(
        association=world.association, username="county", display_name="县里的", unit=world.counties[0], person=None,
        actor=None, now=NOW,
    )  # fmt: skip
    access.grant(account=county, role="COUNTY_OFFICER", unit=world.counties[0], actor=None, now=NOW)
    assert reminders.keepers(world.counties[0]) == [county]
    assert reminders.keepers(world.counties[1]) == [by["actor"]]


# --- follow-ups --------------------------------------------------------------------------------------------------


@pytest.fixture
def solved(posted, by, firm_by, enter):  # noqa: F811
    go(posted, by, "PUBLISHED", "MATCHED", "VISITED", "WORKING", expert=enter())
    problems.firm_confirms(problem_id=posted.pk, on=TODAY, **firm_by)
    return posted


def test_three_follow_ups_are_made_and_asked_for_once(world, solved, by, firm_by):  # noqa: F811
    rows = list(FollowUp.objects.order_by("months"))
    assert [(row.months, row.due_on) for row in rows] == [
        (3, dt.date(2025, 10, 1)), (6, dt.date(2026, 1, 1)), (12, dt.date(2026, 7, 1)),
    ]  # fmt: skip
    assert rules.months_after(dt.date(2024, 11, 30), 3) == dt.date(2025, 2, 28)
    access.grant(account=by["actor"], role="COUNTY_OFFICER", unit=world.counties[0], actor=None, now=NOW)
    due = NOW + 92 * DAY
    assert [reminders.remind_due(now=due) for _again in range(2)] == [1, 0]
    said = {"follow_up_id": rows[0].pk, "on": due.date()}
    with pytest.raises(CaseRefused):
        casework.follow_up(result="HOLDS", said="", **said, **{**firm_by, "now": due})
    casework.follow_up(result="HOLDS", said="废品率稳定在2%", **said, **{**firm_by, "now": due})
    with pytest.raises(CaseRefused, match="登记过"):
        casework.follow_up(result="BACK", said="又来了", **said, **{**by, "now": due})
    assert queries.follow_ups(world.scope, due.date()).filter(done_on=None).count() == 2


def test_what_is_still_to_be_asked_stands_first(staff, solved, firm_by):  # noqa: F811
    first, second, _third = FollowUp.objects.order_by("months")
    due = NOW + 92 * DAY
    casework.follow_up(
        follow_up_id=first.pk, on=due.date(), result="HOLDS", said="一直管用", **{**firm_by, "now": due}
    )
    page = staff.get("/work/problems/follow-ups/").content.decode()
    assert page.index(second.due_on.isoformat()) < page.index(first.due_on.isoformat())
    page = staff.get("/work/problems/follow-ups/?sort=due_on").content.decode()
    assert page.index(first.due_on.isoformat()) < page.index(second.due_on.isoformat())


def test_what_was_solved_by_another_way_is_followed_up_too(solved):
    FollowUp.objects.all().delete()
    assert casework.plan_all_follow_ups() == 3
    assert casework.plan_all_follow_ups() == 0


# --- board and pages ---------------------------------------------------------------------------------------------


def test_the_board_counts_what_its_links_show(world, staff, solved, firm, firm_by):  # noqa: F811
    problems.post(
        posting=Posting(name="热处理变形大", summary="齿轮淬火后内孔变形超差。"), firm=firm, **firm_by
    )
    found = boards.board(world.scope, today=TODAY, year=2025)
    assert dict(found.reached) == {"COLLECTED": 1, "MATCHED": 1, "SIGNED": 0, "SOLVED": 1}
    assert (found.days_to_match, found.experts) == (0.0, 1)
    assert [(row.stage, row.count) for row in found.stages if row.count] == [(None, 1)]
    (county,) = found.keepers
    assert (county.name, county.open, county.late, county.reached["SOLVED"]) == (
        world.counties[0].name,
        1,
        0,
        1,
    )
    assert boards.board(world.scope, today=TODAY, year=2024).reached["SOLVED"] == 0
    page = staff.get("/work/problems/board/").content.decode()
    assert "?reached=SOLVED&amp;year=2025" in page
    assert "2025-001" in staff.get("/work/problems/?reached=SOLVED&year=2025").content.decode()
    assert "2025-001" not in staff.get("/work/problems/?reached=SOLVED&year=2024").content.decode()
    assert "2025-002" in staff.get("/work/problems/?current=NONE").content.decode()
    assert "王知远" in staff.get("/work/problems/board/experts/?year=2025").content.decode()
    book = load_workbook(io.BytesIO(b"".join(staff.get("/work/problems/board/?export=1").streaming_content)))
    assert [cell.value for cell in book.active[2]] == [county.name, 1, 0, 1, 1, 0, 1]


def test_pages_of_the_desk_and_what_they_refuse(staff, posted):  # noqa: F811
    page = f"/work/problems/{posted.pk}/"
    shown = staff.get(page).content.decode()
    assert "系统建议" in shown
    assert "依据" in shown
    wrong = staff.post(f"{page}terms/", {"more_disciplines": "炼金术", "keywords": "气孔"})
    assert (wrong.status_code, "炼金术" in wrong.content.decode()) == (422, True)
    assert staff.post(f"{page}terms/", {"more_disciplines": "460", "keywords": "气孔"}).status_code == 302
    assert ProblemTerm.objects.get(kind="DISCIPLINE", value="460").decision == "KEPT"
    assert staff.post(page, {"act": "send_back", "words": ""}).status_code == 422
    assert staff.post(page, {"act": "send_back", "words": "按件还是按重量？"}).status_code == 302
    assert (
        "按件还是按重量？"
        in staff.get("/work/problems/?progress=WAITS&q=气孔").content.decode()
        + staff.get(page).content.decode()
    )
    assert "2025-001" in staff.get("/work/problems/?progress=WAITS").content.decode()
    assert f"{rules.CHECK_DAYS}天内审核" in staff.get("/work/problems/new/").content.decode()
    with pytest.raises(ProblemRefused):
        problems.post(
            posting=Posting(name="", summary=""),
            firm=posted.firm,
            actor=None,
            now=NOW,
            scope=Scope(association_id=posted.association_id),
        )


def test_pages_ask_equally_often_for_one_and_for_three(staff, solved, firm_by, by, enter):  # noqa: F811
    pages = (
        "/work/problems/",
        "/work/problems/board/",
        "/work/problems/board/experts/",
        "/work/problems/follow-ups/",
    )

    def asked():
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries_of_page:
                assert staff.get(page).status_code == 200
            counts.append(len(queries_of_page))
        return counts

    asked()  # what is read once for the session
    before = asked()
    for name in ("轴承异响严重", "面粉结块返潮"):
        one = problems.post(
            posting=Posting(name=name, summary="废品率高，希望专家到厂看看。"), firm=solved.firm, **firm_by
        )
        go(one, by, "PUBLISHED", "MATCHED", "VISITED", "WORKING", expert=enter(name))
        problems.firm_confirms(problem_id=one.pk, on=TODAY, **firm_by)
    assert asked() == before


def test_a_firm_sees_no_board(client, posted, firm_by):  # noqa: F811
    client.force_login(firm_by["actor"])
    assert client.get("/work/problems/board/").status_code == 403
    page = client.get("/work/problems/").content.decode()
    assert "进度看板" not in page
