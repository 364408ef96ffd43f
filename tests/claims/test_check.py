"""Texts checked against the demonstration city: the work report, another report, single sentences."""

import datetime as dt
from collections import Counter

import pytest

from kexie.ledger import figures, operations
from kexie.reporting.claims.findings import Verdict
from tests.claims.conftest import NOW, SAMPLE

pytestmark = pytest.mark.django_db


def told(found):
    return [(one.quantity.text.replace("\n", ""), one.verdict.value) for one in found]


def test_work_report(check_text, article):
    found = check_text(article)
    assert Counter(one.verdict for one in found) == {Verdict.SUPPORTED: 36, Verdict.OUTSIDE: 2}
    assert [text for text, verdict in told(found) if verdict == "outside"] == ["居全省前列", "稳居全省第一"]
    assert [text for text, _verdict in told(found)].count("全覆盖") == 2


def test_every_finding_explains_itself_and_opens(check_text, article):
    for one in check_text(article):
        assert one.why.endswith("。")
        assert bool(one.url) == (one.cell is not None)


# Which measure each number of the sample report speaks of, in its order; None where the rules cannot tell.
SAMPLE_MEASURES = """
museums.visits museums.shows touring.stops touring.visits touring.caravan_trips touring.caravan_km
touring.caravan_stops touring.caravan_visits touring.caravan_materials facilities.campus_museums facilities.rooms
facilities.galleries governance.lectures governance.lecture_visits governance.consultings
governance.campaign_activities - contests.held contests.entries contests.participants - matching.problems_collected
matching.problems_solved - matching.society_experts matching.firms_served matching.contracts
organisations.high_tech_coverage organisations.little_giant_coverage organisations.enterprise_associations_ever
rural.trainings rural.trainees rural.varieties rural.technologies rural.backyards_approved
governance.learning_meetings governance.first_topics organisations.cadre_trainings organisations.cadre_trainees
workers.contact_visits workers.suggestions - - - - -
""".split()


def test_another_report_in_its_own_words(check_text):
    found = check_text(SAMPLE.read_text(encoding="utf-8"))
    assert [one.measure.key if one.measure else "-" for one in found] == SAMPLE_MEASURES
    by_verdict = {verdict: [text for text, other in told(found) if other == verdict] for verdict in Verdict}
    assert {"一百二十四处", "20家"} <= set(by_verdict["contradicted"])
    assert len(by_verdict["supported"]) >= 30
    assert by_verdict["outside"] == ["位居全省前五名", "列全省第3位"]
    assert by_verdict["unlinked"] == ["约140人", "四成", "2项", "120平方米", "60期", "25家"]


def test_a_broken_line_changes_nothing(check_text):
    text = SAMPLE.read_text(encoding="utf-8")
    broken = (
        text.replace("科普大篷车出动", "科普大篷\n车出动")
        .replace("4763名", "47\n63名")
        .replace("行程2457公里", "行程\n\n2457公里")
    )
    assert told(check_text(broken)) == told(check_text(text))


@pytest.mark.parametrize(
    ("text", "measure", "filters"),
    [
        ("累计承接中国流动科技馆巡展15次,巡展40个月,参观人次超120万。", "touring.visits", {}),
        ("阜阳市科技馆自2021年6月以来,累计接待观众130多万人次。", "museums.visits", {"unit"}),
        ("临泉县累计建设校园科技馆5个。", "facilities.campus_museums", {"area"}),
        ("临泉县建成活动室若干,全市累计建设校园科技馆61个。", "facilities.campus_museums", set()),
        ("与临泉县签约后,累计建设校园科技馆61个。", "facilities.campus_museums", set()),
        ("帮助12个贫困村出列、1788户4539名贫困人口脱贫。", "rural.lifted_persons", set()),
        ("参加安徽省创新方法大赛,获得二等奖2个、三等奖7个。", "workers.awards", {"award", "prize"}),
        ("推荐46名科技工作者任市、县级政协委员。", "workers.cppcc_members", set()),
    ],
)
def test_links(check_text, text, measure, filters):
    last = check_text(text)[-1]
    assert last.measure
    assert last.measure.key == measure
    assert set(last.as_dict()["filters"]) == set(filters)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("全市累计建设校园科技馆61个。", "supported"),
        ("全市累计建设校园科技馆62个。", "contradicted"),
        ("全市累计建设校园科技馆60余个。", "supported"),
        ("全市累计建设校园科技馆近65个。", "supported"),
        ("全市累计建设校园科技馆61公里。", "unlinked"),
        ("全市植树1200棵。", "unlinked"),
        ("计划建设校园科技馆100个。", "unlinked"),
        ("校园科技馆比上年增加7个。", "unlinked"),
        ("平均每县校园科技馆8个。", "unlinked"),
        ("市科技馆年接待能力50万人次。", "unlinked"),
        ("市科技馆新馆预计明年竣工,年接待观众60万人次。", "unlinked"),
        ("1999年,全市建设校园科技馆3个。", "no-records"),
        ("科技馆总量居全省前列。", "outside"),
        ("高新技术企业科协覆盖率为64.8%。", "supported"),
        ("高新技术企业科协覆盖率为66%。", "contradicted"),
        ("高新技术企业科协组织建设全覆盖。", "contradicted"),
        ("推进高新技术企业科协组织建设全覆盖。", None),
    ],
)
def test_verdicts(check_text, text, verdict):
    assert [one.verdict for one in check_text(text)] == ([verdict] if verdict else [])


def test_the_period_stated_decides(check_text):
    year, half, ever = check_text(
        "2024年,全市举办农业技术培训46场次。\n2024年上半年,全市举办农业技术培训10场次。\n累计举办农业技术培训338场次。"
    )
    assert year.as_dict()["period"] == {"since": "2024-01-01", "until": "2024-12-31"}
    assert half.as_dict()["period"] == {"since": "2024-01-01", "until": "2024-06-30"}
    assert ever.as_dict()["period"] == {"since": None, "until": "2025-06-30"}


def test_what_happened_after_the_day_does_not_count(check_text, scope):
    text = "全市累计建设校园科技馆61个。"
    assert [one.verdict for one in check_text(text)] == ["supported"]
    assert [one.verdict for one in check_text(text, as_of=dt.date(2023, 6, 30))] == ["contradicted"]


@pytest.mark.parametrize("number", [0, 9, 12, 17, 30])
def test_reversing_a_record_changes_exactly_the_claims_that_rest_on_it(
    check_text, article, scope, account, number
):
    before = check_text(article)
    linked = [one for one in before if one.cell]
    record = (
        figures.rows(linked[number % len(linked)].cell, scope)
        .filter(contribution__gt=0)
        .order_by("pk")
        .first()
    )
    resting = {one.span for one in linked if _rests_on(one, record, scope)}
    operations.reverse(record=record, reason="测试冲销", actor=account, now=NOW, scope=scope)
    after = check_text(article)
    changed = {one.span for one, other in zip(before, after, strict=True) if _state(one) != _state(other)}
    assert changed == resting
    assert resting


def _rests_on(one, record, scope):
    rows = figures.rows(one.cell, scope)
    same = rows.model._meta.concrete_model is type(record)._meta.concrete_model
    return same and rows.filter(pk=record.pk).exists()


def _state(one):
    return one.verdict, one.actual, one.rows


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("全市累计建设校园科技馆五十余个。", "六十余个"),
        ("全市累计建设校园科技馆62个。", "61个"),
        ("全市累计建设校园科技馆超80个。", "超60个"),
        ("全市累计建设校园科技馆近80个。", "61个"),
        ("高新技术企业科协覆盖率为66%。", "65%"),
        ("高新技术企业科协组织建设全覆盖。", "64.8%"),
        ("全市累计建设校园科技馆61个。", ""),
    ],
)
def test_the_right_number_comes_in_the_same_manner(check_text, text, proposed):
    (one,) = check_text(text)
    assert one.proposal == proposed
    assert (f"可改为“{proposed}”" in one.why) == bool(proposed)
