"""Experts are found for a problem by what they did, with reasons, without whoever is tied to its firm."""

import datetime as dt

import pytest

from kexie.contexts.matching.models import Expert, Problem, ProblemStage, Suggestion
from kexie.contexts.matching.operations import expert_facts, finding
from kexie.contexts.matching.operations.finding import OpinionRefused
from kexie.contexts.matching.queries import finding as queries
from kexie.contexts.matching.queries import finding_quality
from kexie.contexts.matching.rules import finding as rules
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.kernel.errors import NotFound
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.platform.audit.models import Entry
from kexie.platform.matching.fusing import floored
from tests.ledger import build


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind="FIRM", name="阜阳澄宇新材料有限公司",
        area=Area.objects.get(code="341221"), actor=None, now=build.NOW,
    )  # fmt: skip


@pytest.fixture
def post(world, firm):
    """Post a problem: `post("焊缝跟踪偏差大")`."""

    def posted(
        name="薄板焊接焊缝跟踪偏差大", summary="机器人焊接薄板时焊缝偏移半毫米以上，返工多。", **given
    ):
        return Problem.objects.create(
            association=world.association, unit=world.counties[0], area=firm.area, firm=firm, name=name,
            number=f"2025-{Problem.objects.count() + 1:03}", summary=summary, **given,
        )  # fmt: skip

    return posted


@pytest.fixture
def stage(world, by):
    """Record a confirmed stage of a problem: `stage(problem, "MATCHED", dt.date(2025, 3, 1), expert)`."""

    def staged(problem, state, day, expert=None, **given):
        row = ProblemStage(
            association=world.association, unit=problem.unit, area=problem.area, occurred_on=day,
            problem=problem, stage=state, expert=expert, **given,
        )  # fmt: skip
        return ledger.confirm(records=[ledger.draft(record=row, **by)], **by)[0]

    return staged


@pytest.fixture
def welder(enter, by):
    made = enter("焊缝的", skills="焊缝跟踪", title="教授")
    expert_facts.add_work(
        expert_id=made.pk,
        kind="CASE",
        title="某车厢厂焊缝跟踪攻关",
        text="激光视觉补偿薄板焊缝偏移。",
        year=2021,
        **by,
    )
    return made


def proposed(problem, by, **given):
    found = finding.propose(problem_id=problem.pk, **{**by, **given})
    return found, [one.expert.name for one in found.suggested]


def test_the_list_says_why_who_is_left_out_and_why(welder, enter, post, by):
    enter("面粉的", skills="面制品抗老化")
    enter("没同意的", skills="焊缝跟踪", agreed=False)
    enter("在岗的", skills="焊缝跟踪", employer="阜阳澄宇新材料股份有限公司")
    found, names = proposed(post(), by)
    assert names == ["焊缝的", "面粉的"]
    best = found.suggested[0]
    assert "焊缝跟踪" in best.phrases
    assert (best.load, best.is_full) == (0, False)
    case = next(one for one in best.evidence if one.kind == "解决过的问题")
    assert (case.year, [piece.text for piece in case.title if piece.is_marked]) == (2021, ["焊缝跟踪"])
    assert [(who.name, why) for who, why in found.excluded] == [
        ("在岗的", "同一单位：阜阳澄宇新材料有限公司")
    ]
    assert Entry.objects.filter(action="ties.exclude").count() == 1
    assert queries.not_askable(by["scope"], today=dt.date(2025, 7, 1)) == [("本人没有同意推荐", 1)]


def test_the_index_follows_works_and_words(enter, post, by):
    one, other = enter("甲", skills="铸件气孔"), enter("乙", skills="色牢度")
    problem = post(name="污水脱盐", summary="")
    expert_facts.add_work(expert_id=other.pk, kind="PATENT", title="高盐污水脱盐装置", **by)
    assert proposed(problem, by)[1][0] == "乙"
    Expert.objects.filter(pk=one.pk).update(skills="污水脱盐", about="污水脱盐二十年，污水脱盐工程师")
    assert proposed(problem, by)[1][0] == "甲"


def test_texts_of_every_kind_are_taken(welder, post, by):
    for name, summary in (
        ("焊", ""), ("？？", "……"), ("Weld seam tracking of thin sheets", "robot welding, 焊缝跟踪"),
        ("粘贴", "焊缝跟踪偏差\v\u3000\u200b" * 2000),
    ):  # fmt: skip
        assert proposed(post(name=name, summary=summary), by)[1] == ["焊缝的"]


def test_nobody_in_the_register_is_no_error(post, by):
    found, names = proposed(post(), by)
    assert (names, found.total) == ([], 0)


def test_what_brokers_thought_moves_neighbours_and_removes_nobody(enter, post, by):
    for name in ("甲", "乙", "丙"):
        enter(name, skills="焊缝跟踪与焊接变形")
    enter("旁的", skills="小麦赤霉病")
    earlier, later = post(), post(name="焊缝跟踪不准")
    before = proposed(later, by)[1]
    proposed(earlier, by)
    last = Expert.objects.get(name=before[2])
    with pytest.raises(OpinionRefused) as refused:
        finding.judge(
            problem_id=earlier.pk, expert_id=Expert.objects.get(name=before[0]).pk, verdict="UNFIT", **by
        )
    assert set(refused.value.fields) == {"reason"}
    finding.judge(problem_id=earlier.pk, expert_id=last.pk, verdict="FIT", **by)
    found, after = proposed(later, by)
    assert after == [before[2], before[0], before[1], before[3]]
    assert found.suggested[0].before == [str(earlier)]
    finding.judge(problem_id=earlier.pk, expert_id=last.pk, verdict="", **by)
    assert proposed(later, by)[1] == before


def test_opinions_never_lift_over_a_clear_lead():
    scores = {"far": 9.0, **{f"one{at}": 1.0 + at / 10 for at in range(9)}}
    moved = rules.nudged(scores, {"one0": 50, "far": -50})
    assert set(moved) == set(scores)
    assert rules.in_order(moved)[0] == "far"


def test_the_first_three_by_words_stay_among_the_first_five():
    words, fused = list("abcdefgh"), list("hgfedcba")
    assert floored(words, fused) == ["h", "g", "a", "b", "c", "f", "e", "d"]
    assert floored(words, words) == words


def test_phrases_are_marked_as_they_stand_in_the_text():
    pieces = rules.marked("A Weld-Seam tracker（焊缝跟踪）", ["weld seam", "焊缝跟踪"])
    assert [one.text for one in pieces if one.is_marked] == ["Weld-Seam", "焊缝跟踪"]
    assert rules.excerpt("没有", ["焊缝"]) == []


def test_another_unit_finds_nothing(world, post, by):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        proposed(post(), by, scope=elsewhere)


def test_problems_for_an_expert(welder, post, stage, by, world):
    open_one, closed = post(), post(name="焊缝跟踪另一例")
    post(name="未审核的焊缝跟踪")
    stage(open_one, "COLLECTED", dt.date(2025, 5, 1))
    stage(open_one, "CHECKED", dt.date(2025, 5, 9))
    stage(closed, "COLLECTED", dt.date(2025, 5, 1))
    found = queries.problems_for(welder, world.scope, today=dt.date(2025, 7, 1), top=5)
    assert [(one.problem.pk, one.is_excluded) for one in found] == [(open_one.pk, False)]
    assert "焊缝跟踪" in found[0].phrases


def test_the_hit_rate_is_that_of_the_time_before(world, by, enter, post, stage):
    problem = post()
    solver, famous = enter("解决的", skills="焊缝"), enter("后来有名的")
    day = dt.date(2025, 3, 1)
    for expert, year in ((solver, 2020), (famous, 2025)):
        expert_facts.add_work(
            expert_id=expert.pk, kind="CASE", title="薄板焊接焊缝跟踪偏差大", year=year, **by
        )
    stage(problem, "COLLECTED", dt.date(2025, 2, 1))
    stage(problem, "CHECKED", dt.date(2025, 2, 2))
    stage(problem, "MATCHED", day, solver)
    case = finding_quality.cases(world.scope)[0]
    assert (case.place, case.is_hit, case.was_shown) == (1, True, False)
    Suggestion.objects.create(
        id=uuid7(), association=world.association, problem=problem, expert=solver, place=7,
        shown_at=dt.datetime(2025, 2, 20, tzinfo=dt.UTC),
    )  # fmt: skip
    case = finding_quality.cases(world.scope)[0]
    assert (case.place, case.is_hit, case.was_shown) == (7, False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_many_experts_take_as_many_queries_as_one(enter, post, by, count, django_assert_num_queries):
    problem = post()
    for number in range(count):
        enter(f"专家{'甲乙丙'[number]}", skills="焊缝跟踪")
    proposed(problem, by)
    with django_assert_num_queries(QUERIES):
        proposed(problem, by)


QUERIES = 19


def test_pages(staff, welder, post, stage):
    problem = post()
    href = f"/work/problems/{problem.pk}/experts/"
    shown = staff.get(href).content.decode()
    assert "焊缝的" in shown
    assert "<mark>焊缝跟踪</mark>" in shown
    refused = staff.post(href, {"act": "unfit", "expert": welder.pk, "reason": ""})
    assert refused.status_code == 422
    assert "不合适请写明理由" in refused.content.decode()
    assert staff.post(href, {"act": "fit", "expert": welder.pk}).status_code == 302
    assert "撤销评价" in staff.get(href).content.decode()
    assert "还没有匹配过专家的难题" in staff.get("/work/problems/finding-quality/").content.decode()
    stage(problem, "COLLECTED", dt.date(2025, 2, 1))
    stage(problem, "CHECKED", dt.date(2025, 2, 2))
    assert str(problem) in staff.get(f"/work/problems/for-expert/{welder.pk}/").content.decode()
    stage(problem, "MATCHED", dt.date(2025, 3, 1), welder)
    assert str(problem) in staff.get("/work/problems/finding-quality/").content.decode()
