"""Ties between two parties, each kind with its end; many at once find exactly what pairs find."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kexie.platform.ties import engine, facts
from kexie.platform.ties.facts import Dealing, Declared, Employment, Kind, Level, Party, Rules, Tie, Work
from kexie.platform.ties.wording import LABELS, explain, explain_all

ON = dt.date(2026, 3, 1)
RULES = Rules()


def person(name, **facts_of):
    return Party(key=f"p:{name}", name=name, **facts_of)


def firm(name, **facts_of):
    return Party(key=f"f:{name}", name=name, is_person=False, **facts_of)


def ties(one, other, *declared, rules=RULES, on=ON):
    found = engine.between(one, other, declared=declared, rules=rules, on=on)
    assert found == engine.between(other, one, declared=declared, rules=rules, on=on)
    return found


def test_strangers_are_not_tied():
    assert ties(person("王知远", employers=[Employment("甲大学")]), firm("乙公司")) == []


def test_who_works_at_a_firm_is_tied_to_it_however_it_is_written():
    one = person("王知远", employers=[Employment("阜阳（颍州）澄宇新材料 有限公司")])
    assert [tie.kind for tie in ties(one, firm("阜阳澄宇新材料股份有限公司"))] == [Kind.EMPLOYMENT]


def test_an_employment_counts_until_some_years_after_its_end():
    left = person("王知远", employers=[Employment("甲大学", dt.date(2024, 2, 29))])
    here = person("李清越", employers=[Employment("甲大学")])
    assert ties(left, here) == [Tie(Kind.EMPLOYMENT, Level.EXCLUDE, "甲大学", dt.date(2027, 2, 28))]
    assert ties(left, here, on=dt.date(2027, 2, 28)) != []
    assert ties(left, here, on=dt.date(2027, 3, 1)) == []


def test_the_same_work_ties_by_number_or_by_a_long_title_for_some_years():
    one = person("王知远", works=[Work("面制品抗老化研究", "10.1/X", 2022)])
    same_number = person("李清越", works=[Work("Anti-staling", "10.1/x", 2022)])
    same_title = person("张听澜", works=[Work("面制品抗老化 研究", "", 2022)])
    short = person("陈舒云", works=[Work("研究", "", 2022)])
    assert [tie.until for tie in ties(one, same_number)] == [dt.date(2027, 12, 31)]
    assert [tie.kind for tie in ties(one, same_title)] == [Kind.AUTHORSHIP]
    assert ties(person("赵一", works=[Work("研究", "", 2022)]), short) == []
    assert ties(one, same_number, on=dt.date(2028, 1, 1)) == []


def test_a_name_among_the_authors_is_shown_and_excludes_nobody():
    one = person("王知远", works=[Work("面制品抗老化研究", year=2024, authors=["王知远", "李 清越"])])
    assert [(tie.kind, tie.level) for tie in ties(one, person("李清越"))] == [(Kind.NAMESAKE, Level.SHOW)]
    assert ties(one, person("王知远2")) == []
    strict = Rules(levels=())
    assert ties(one, person("李清越"), rules=strict)[0].level == Level.EXCLUDE


def test_paid_work_and_cooperation_follow_the_rules():
    paid = person("王知远", dealings=[Dealing(Kind.PAID, "f:甲公司", dt.date(2025, 1, 1), "技术服务合同")])
    assert ties(paid, firm("甲公司")) == [Tie(Kind.PAID, Level.EXCLUDE, "技术服务合同", dt.date(2028, 1, 1))]
    assert ties(paid, firm("乙公司")) == []
    assert ties(paid, firm("甲公司"), rules=Rules(levels=((Kind.PAID, Level.IGNORE),))) == []
    assert ties(paid, firm("甲公司"), rules=Rules(years=1)) == []


def test_what_was_declared_counts_by_key_by_name_and_by_the_organisation_of_the_other():
    wang = person("王知远")
    by_key = Declared(kind=Kind.KINSHIP, subject="p:王知远", other="f:甲公司", words="配偶任总经理")
    by_name = Declared(kind=Kind.TEACHING, subject="p:王知远", other_name="李 清越")
    by_firm = Declared(kind=Kind.OTHER, subject="p:王知远", other_name="乙有限公司", until=ON)
    assert [tie.what for tie in ties(wang, firm("甲公司"), by_key)] == ["配偶任总经理"]
    assert [tie.kind for tie in ties(wang, person("李清越"), by_name)] == [Kind.TEACHING]
    worker = person("张听澜", employers=[Employment("乙公司")])
    assert [tie.kind for tie in ties(wang, worker, by_firm)] == [Kind.OTHER]
    assert ties(wang, worker, by_firm, on=ON + dt.timedelta(days=1)) == []
    assert ties(person("别人"), firm("甲公司"), by_key) == []


def test_somebody_is_tied_to_themselves_and_every_tie_has_words():
    assert [tie.kind for tie in ties(person("王知远"), person("王知远"))] == [Kind.SAME]
    assert LABELS.keys() == set(Kind)
    tie = Tie(Kind.EMPLOYMENT, Level.EXCLUDE, "甲大学", dt.date(2027, 2, 28))
    assert explain(tie) == "同一单位：甲大学（到 2027-02-28）"
    assert explain_all([tie, Tie(Kind.KINSHIP, Level.EXCLUDE)]) == "同一单位：甲大学（到 2027-02-28）；亲属"


def test_a_company_that_is_called_company_keeps_a_name():
    assert facts.organisation_key("公司") == "公司"
    assert facts.organisation_key("") == ""


NAMES = st.sampled_from(["王知远", "李清越", "张听澜", ""])
PLACES = st.sampled_from(["甲大学", "甲大学 ", "乙公司", "乙有限公司", "公司", ""])
DAYS = st.sampled_from([None, dt.date(2020, 2, 29), dt.date(2024, 2, 29), dt.date(2026, 1, 1)])
TITLES = st.sampled_from(["面制品抗老化研究", "焊缝跟踪的方法", "研究"])
KEYS = st.sampled_from(["a", "b", "c", "d"])
KINDS = st.sampled_from([Kind.PAID, Kind.COOPERATION])
WORKS = st.builds(
    Work, TITLES, st.sampled_from(["", "10.1/x"]), st.sampled_from([None, 2015, 2025]),
    st.lists(NAMES, max_size=2),
)  # fmt: skip
PARTIES = st.builds(
    Party,
    key=KEYS,
    name=st.one_of(NAMES, PLACES),
    is_person=st.booleans(),
    employers=st.lists(st.builds(Employment, PLACES, DAYS), max_size=2),
    works=st.lists(WORKS, max_size=2),
    dealings=st.lists(st.builds(Dealing, KINDS, KEYS, DAYS.filter(bool), st.just("合同")), max_size=2),
)
DECLARED = st.builds(
    Declared,
    kind=st.sampled_from([Kind.KINSHIP, Kind.OTHER]),
    subject=KEYS,
    other=st.sampled_from(["", "a", "b"]),
    other_name=st.one_of(NAMES, PLACES),
    until=DAYS,
)


@settings(max_examples=300)
@given(
    st.lists(PARTIES, max_size=3, unique_by=lambda one: one.key),
    st.lists(PARTIES, max_size=3, unique_by=lambda one: one.key),
    st.lists(DECLARED, max_size=3),
)
def test_many_at_once_find_exactly_what_pairs_find(ones, others, declared):
    rules = Rules(levels=((Kind.NAMESAKE, Level.SHOW), (Kind.COOPERATION, Level.IGNORE)))
    expected = {
        (one.key, other.key): found
        for one in ones
        for other in others
        if (found := engine.between(one, other, declared=declared, rules=rules, on=ON))
    }
    assert engine.among(ones, others, declared=declared, rules=rules, on=ON) == expected
    turned = engine.among(others, ones, declared=declared, rules=rules, on=ON)
    assert {(one, other): found for (other, one), found in turned.items()} == expected


def test_a_contest_with_many_judges_looks_at_few_pairs(monkeypatch):
    entries = [person(f"学生{n}", employers=[Employment(f"学校{n % 300}")]) for n in range(2000)]
    judges = [person(f"评委{n}", employers=[Employment(f"学校{n}")]) for n in range(120)]
    asked = []
    between = engine.between
    monkeypatch.setattr(engine, "between", lambda *args, **told: asked.append(1) or between(*args, **told))
    found = engine.among(entries, judges, rules=RULES, on=ON)
    assert len(found) == len(asked) == sum(n % 300 < 120 for n in range(2000))


@pytest.mark.parametrize("kind", list(Kind))
def test_an_ignored_kind_is_never_shown(kind):
    rules = Rules(levels=tuple((one, Level.IGNORE) for one in Kind if one != kind))
    assert rules.level(kind) == Level.EXCLUDE
    assert all(rules.level(one) == Level.IGNORE for one in Kind if one != kind)
