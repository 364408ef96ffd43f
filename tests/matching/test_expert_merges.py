"""Look-alikes and merges: found by name in any script, nothing lost, the weaker consent holds, undone after later edits too."""

import datetime as dt

import pytest

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.operations import conflicts, expert_merges
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.operations import experts as operations
from kexie.contexts.matching.operations.expert_merges import MergeRefused
from kexie.contexts.matching.operations.experts import Profile
from kexie.contexts.matching.queries import expert_ties, lookalikes
from kexie.contexts.matching.queries import experts as queries
from tests.ledger import build
from tests.matching.conftest import TODAY

NEXT = {"now": build.NOW + dt.timedelta(days=1)}


def merged(by, kept, gone, **options):
    return expert_merges.merge(kept_id=kept.pk, gone_id=gone.pk, **options, **by)


def askable(world):
    return [one.name for one in queries.askable(world.scope, today=TODAY).order_by("name")]


def test_lookalikes_are_found_by_script_order_unit_works_and_contact_and_namesakes_are_not(world, by, enter):
    enter("王知远", employer="淮颍大学", disciplines=["460"])
    enter("Zhiyuan Wang", employer="淮颍大学机械学院")
    enter("王志远", employer="别的厂")
    one, other = enter("李清越", employer="甲厂", disciplines=["460"]), enter("李清越", employer="乙厂")
    enter("张三", phone="13800138000")
    enter("张山", phone="13800138000")
    enter("赵六", employer="丙厂", orcid="0000-0002-1825-0097")
    enter("赵六", employer="丙厂", orcid="0000-0002-1694-233X")
    found = {frozenset((pair.one.name, pair.other.name)) for pair in lookalikes.pairs(world.scope)}
    assert found == {frozenset(("王知远", "Zhiyuan Wang")), frozenset(("张三", "张山"))}
    for row in (one, other):
        facts.add_work(expert_id=row.pk, kind="PAPER", title="焊缝跟踪 机理", **by)
    pairs = lookalikes.pairs(world.scope)
    assert [pair.reasons for pair in pairs if pair.one.name == "李清越"] == [["姓名相同", "有1项相同的成果"]]
    expert_merges.keep_apart(one_id=other.pk, other_id=one.pk, **by)
    assert len(lookalikes.pairs(world.scope)) == 2


def test_nothing_is_lost_and_both_are_read_as_one(world, by, enter):
    kept, gone = (
        enter("王知远", skills="焊缝跟踪"),
        enter("Zhiyuan Wang", skills="视觉", orcid="0000-0002-1825-0097", phone="13800138000"),
    )
    facts.add_work(expert_id=kept.pk, kind="PAPER", title="同一篇", **by)
    facts.add_work(expert_id=gone.pk, kind="PAPER", title="同一篇。", **by)
    facts.add_work(expert_id=gone.pk, kind="CASE", title="另一件", **by)
    conflicts.declare(expert_id=gone.pk, kind="KINSHIP", other_name="甲厂", words="", until=None, **by)
    made = merged(by, kept, gone, take=["skills"])
    one = queries.expert(world.scope, kept.pk)
    assert (one.skills, one.orcid, one.masked_phone, one.work_count) == (
        "视觉",
        "0000-0002-1825-0097",
        "138****8000",
        3,
    )
    assert set(ExpertWork.objects.values_list("expert__name", flat=True)) == {"王知远", "Zhiyuan Wang"}
    titles = [document.title for document in queries.documents([one])[one.pk]][2:]
    assert sorted(titles) == ["另一件", "同一篇"]
    assert list(expert_ties.declarations(one).values_list("other_name", flat=True)) == ["甲厂"]
    assert [row.name for row in queries.register(world.scope)] == ["王知远"]
    expert_merges.undo(merge_id=made.pk, **by)
    one, other = queries.expert(world.scope, kept.pk), queries.expert(world.scope, gone.pk)
    assert (one.skills, one.orcid, one.masked_phone, one.work_count) == ("焊缝跟踪", "", "", 1)
    assert (other.skills, other.orcid, other.masked_phone, other.work_count) == (
        "视觉",
        "0000-0002-1825-0097",
        "138****8000",
        2,
    )
    assert list(expert_ties.declarations(other).values_list("other_name", flat=True)) == ["甲厂"]
    with pytest.raises(MergeRefused):
        expert_merges.undo(merge_id=made.pk, **by)


def test_the_weaker_consent_holds_and_stays_weak_after_undoing(world, by, enter):
    kept, gone = enter("王知远"), enter("Zhiyuan Wang", agreed=False)
    made = merged(by, kept, gone)
    assert (askable(world), queries.standing_uses(kept)) == ([], set())
    facts.give_consent(expert_id=kept.pk, use="RECOMMEND", basis="PHONE", on=TODAY, **{**by, **NEXT})
    assert askable(world) == ["王知远"]
    expert_merges.undo(merge_id=made.pk, **{**by, **NEXT})
    assert askable(world) == ["王知远"]
    assert queries.standing_uses(gone) == set()


def test_what_is_withdrawn_while_merged_is_withdrawn_of_both(world, by, enter):
    kept, gone = enter("王知远"), enter("Zhiyuan Wang")
    made = merged(by, kept, gone)
    assert askable(world) == ["王知远"]
    facts.withdraw_consent(expert_id=kept.pk, use="RECOMMEND", on=TODAY, **by)
    expert_merges.undo(merge_id=made.pk, **by)
    assert (askable(world), ExpertConsent.objects.filter(withdrawn_on=None).count()) == ([], 0)


def test_who_left_the_register_is_not_proposed_by_a_merge(world, by, enter):
    kept, gone = enter("王知远"), enter("Zhiyuan Wang")
    operations.withdraw(expert_id=gone.pk, on=TODAY, reason="本人提出", **by)
    merged(by, kept, gone)
    assert askable(world) == []


def test_later_edits_survive_undoing(world, by, enter):
    kept, gone = enter("王知远", title="教授"), enter("Zhiyuan Wang", title="Professor", region="安徽合肥")
    made = merged(by, kept, gone, take=["title", "region"])
    operations.change(
        expert_id=kept.pk, profile=Profile(name="王知远", title="研究员", region="安徽合肥"), **by
    )
    work = facts.add_work(expert_id=kept.pk, kind="CASE", title="合并以后的", **by)
    expert_merges.undo(merge_id=made.pk, **by)
    one = Expert.objects.get(pk=kept.pk)
    assert (one.title, one.region, work.expert_id) == ("研究员", "", kept.pk)
    assert Expert.objects.get(pk=gone.pk).title == "Professor"


def test_merges_of_merges_are_undone_in_any_order(world, by, enter):
    a, b, c = enter("甲"), enter("乙"), enter("丙")
    for row in (a, b, c):
        facts.add_work(expert_id=row.pk, kind="PAPER", title=f"{row.name}的", **by)
    first, second = merged(by, b, a), merged(by, c, b)
    assert (queries.expert(world.scope, c.pk).work_count, Expert.objects.get(pk=a.pk).identity) == (3, c.pk)
    expert_merges.undo(merge_id=first.pk, **by)
    assert [row.work_count for row in queries.register(world.scope).order_by("work_count")] == [1, 2]
    expert_merges.undo(merge_id=second.pk, **by)
    assert [row.work_count for row in queries.register(world.scope)] == [1, 1, 1]


def test_refusals(by, enter):
    kept, gone, home = enter("王知远"), enter("Zhiyuan Wang"), enter("Wang Zhi Yuan", is_home=True)
    for one, other in ((kept, kept), (kept, home)):
        with pytest.raises(MergeRefused):
            merged(by, one, other)
    merged(by, kept, gone)
    with pytest.raises(MergeRefused):
        merged(by, kept, gone)


def test_two_side_by_side_in_the_browser(staff, enter):
    one, other = (
        enter("王知远", employer="淮颍大学", title="教授"),
        enter("Zhiyuan Wang", employer="淮颍大学"),
    )
    assert "姓名的拼音或署名相同" in staff.get("/work/experts/duplicates/").content.decode()
    url = f"/work/experts/{one.pk}/same/{other.pk}/"
    assert "教授" in staff.get(url).content.decode()
    form = {"act": "merge", "kept": str(one.pk), "field_name": str(one.pk), "field_title": str(one.pk)}
    assert staff.post(url, form).url == "/work/experts/duplicates/"
    page = staff.get(f"/work/experts/{one.pk}/")
    assert "Zhiyuan Wang" in page.content.decode()
    merge = page.context["merges"][0]
    assert staff.post(f"/work/experts/{one.pk}/", {"act": "unmerge", "row": merge.pk}).status_code == 302
    assert staff.get(f"/work/experts/{other.pk}/").status_code == 200
    assert staff.get("/work/experts/duplicates/").content.decode().count("对照") >= 1
    staff.post(url, {"act": "apart"})
    assert "没有可能重复的专家" in staff.get("/work/experts/duplicates/").content.decode()
