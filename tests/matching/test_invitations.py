"""Experts are invited to a problem, answer by a link without an account, and the first yes makes it a matched one."""

import datetime as dt
from urllib.parse import urlsplit

import pytest

from kexie.contexts.matching.models import Expert, Invitation, ProblemStage
from kexie.contexts.matching.operations import expert_facts, finding
from kexie.contexts.matching.operations import invitations as operations
from kexie.contexts.matching.operations.invitations import NotInvited, NotPossible
from kexie.contexts.matching.queries import finding as queries
from kexie.ledger.models import State
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.test_finding import firm, post, stage  # noqa: F401 - fixtures

NOW = build.NOW
SITE = "https://kexie.example"


@pytest.fixture
def problem(post, stage):  # noqa: F811
    made = post(industry=None)
    stage(made, "COLLECTED", dt.date(2025, 6, 1))
    stage(made, "CHECKED", dt.date(2025, 6, 3))
    return made


@pytest.fixture
def invite(problem, by):
    def invited(*experts, **given):
        pks = [one.pk for one in experts]
        return operations.invite(**{"problem_id": problem.pk, "expert_ids": pks, "site": SITE, **by, **given})

    return invited


def stages(problem):
    return list(
        ProblemStage.objects.filter(problem=problem, state=State.CONFIRMED)
        .order_by("pk")
        .values_list("stage", flat=True)
    )


def refused(run, error=NotInvited):
    with pytest.raises(error) as caught:
        run()
    return str(caught.value)


def test_two_are_invited_one_declines_the_first_yes_matches(problem, invite, enter, by):
    told, untold = enter("甲", phone="13800138000"), enter("乙", phone="13900139000")
    expert_facts.give_consent(expert_id=told.pk, use="NOTICE", basis="PAPER", on=NOW.date(), **by)
    first, second = invite(told, untold, words="周五前去厂里看看")
    assert (first.told_at, second.told_at) == (NOW, None)
    assert [row.template for row in Notice.objects.all()] == ["expert.invited"]
    assert queries.load([told.pk, untold.pk]) == {told.pk: 1, untold.pk: 1}
    operations.decline(code=second.code, reason="不是我的方向", now=NOW)
    operations.decline(code=second.code, reason="再说一次", now=NOW)
    assert Invitation.objects.get(pk=second.pk).reason == "不是我的方向"
    assert "答复过" in refused(lambda: operations.accept(code=second.code, now=NOW), NotPossible)
    assert stages(problem) == ["COLLECTED", "CHECKED"]
    operations.accept(code=first.code, now=NOW)
    operations.accept(code=first.code, undertakes=True, now=NOW)
    assert stages(problem) == ["COLLECTED", "CHECKED", "MATCHED"]
    assert Invitation.objects.get(pk=first.pk).undertaken_at == NOW
    (again,) = invite(untold)
    operations.accept(code=again.code, now=NOW)
    assert stages(problem) == ["COLLECTED", "CHECKED", "MATCHED"]


def test_who_cannot_be_invited_and_why(problem, post, invite, enter, by):  # noqa: F811
    free, tied = enter("无关的", most_requests=1), enter("在岗的", employer="阜阳澄宇新材料有限公司")
    away, unasked = enter("外出的", availability="AWAY"), enter("没同意的", agreed=False)
    assert "须回避" in refused(lambda: invite(free, tied))
    assert not Invitation.objects.exists()
    for one in (away, unasked):
        assert "不在推荐范围" in refused(lambda one=one: invite(one))
    assert "请选择" in refused(invite)
    assert "审核" in refused(lambda: invite(free, problem_id=post().pk))
    invite(free)
    assert "已满" in refused(lambda: invite(free))
    Expert.objects.update(most_requests=3)
    assert "已经邀请过" in refused(lambda: invite(free))


def test_what_is_late_withdrawn_or_over(problem, invite, enter, by, stage):  # noqa: F811  # noqa: F811
    one, other = enter("甲"), enter("乙")
    late, taken = invite(one, other, days=3)
    after = NOW + dt.timedelta(days=3)
    assert "期限" in refused(lambda: operations.accept(code=late.code, now=after), NotPossible)
    operations.withdraw(invitation_id=taken.pk, reason="企业改了计划", **by)
    assert "撤回" in refused(lambda: operations.accept(code=taken.code, now=NOW), NotPossible)
    assert "不能这样" in refused(
        lambda: operations.withdraw(invitation_id=taken.pk, reason="又一次", **by), NotPossible
    )
    assert operations.expire_due(now=after) == 1
    (fresh,) = invite(one, now=after)
    stage(problem, "CLOSED", NOW.date(), reason="企业撤回")
    assert "已经结束" in refused(lambda: operations.accept(code=fresh.code, now=after), NotPossible)
    assert "已经结束" in refused(lambda: invite(other))
    assert queries.load([one.pk]) == {}


def test_reminders_go_once_and_by_hand_once_a_day(invite, enter, by):
    one = enter("甲", phone="13800138000")
    expert_facts.give_consent(expert_id=one.pk, use="NOTICE", basis="PAPER", on=NOW.date(), **by)
    (made,) = invite(one, days=7)
    assert "一天之内" in refused(lambda: operations.remind(invitation_id=made.pk, **by), NotPossible)
    assert operations.remind_due(now=NOW + dt.timedelta(days=3)) == 0
    assert operations.remind_due(now=NOW + dt.timedelta(days=6)) == 1
    assert operations.remind_due(now=NOW + dt.timedelta(days=6)) == 0


def test_the_experts_own_page_shows_the_firm_only_after_the_undertaking(
    client, staff, problem, enter, time_machine
):
    time_machine.move_to(NOW, tick=False)
    one = enter("甲")
    Expert.objects.update(verified_on=NOW.date())
    href = f"/work/problems/{problem.pk}/experts/"
    empty = staff.post(href, {"act": "invite", "words": "请到厂里看看", "days": "７"})
    assert empty.status_code == 422
    assert "请选择要邀请的专家" in empty.content.decode()
    assert "请到厂里看看" in empty.content.decode()
    assert (
        staff.post(href, {"act": "invite", "experts": [one.pk], "words": "", "days": "７"}).status_code == 302
    )
    made = Invitation.objects.get()
    assert made.expires_at == NOW + dt.timedelta(days=7)
    page = f"/invitations/{made.code}/"
    assert urlsplit(page).path in staff.get(href).content.decode()
    client.logout()
    shown = client.get(page)
    assert (shown["X-Robots-Tag"], shown["Referrer-Policy"]) == ("noindex", "same-origin")
    assert problem.summary in shown.content.decode()
    assert problem.firm.name not in shown.content.decode()
    assert client.post(page, {"act": "decline", "reason": ""}).status_code == 422
    assert client.post(page, {"act": "accept"}).status_code == 302
    assert problem.firm.name not in client.get(page).content.decode()
    assert client.post(page, {"act": "undertake"}).status_code == 422
    client.post(page, {"act": "undertake", "undertakes": "on"})
    assert problem.firm.name in client.get(page).content.decode()
    assert client.get("/invitations/nothing2/").status_code == 404


def test_who_was_invited_is_marked_in_the_list(problem, invite, enter, by):
    (made,) = invite(enter("甲", skills="焊缝跟踪"))
    found = finding.propose(problem_id=problem.pk, **by)
    assert found.suggested[0].invitation == made
