"""Experts keep their own page: consents, verified fields by the office, who looked, deletion, freshness; overseas experts by every channel."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from kexie.contexts.matching.models import (
    Expert,
    ExpertConsent,
    ExpertRequest,
    ExpertWork,
    Invitation,
    Problem,
)
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.operations import expert_requests, expert_self, experts, finding
from kexie.contexts.matching.operations.experts import Profile
from kexie.contexts.matching.queries import expert_self as queries
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import finding as found
from kexie.contexts.matching.queries import vectors
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound, UserError
from kexie.platform.notify.delivery import unseal
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.conftest import TODAY
from tests.matching.test_finding import firm, post, stage  # noqa: F401 - fixtures

YEAR = dt.timedelta(days=366)


@pytest.fixture
def account(world):
    made, _password = access.create_account(
        association=world.association,
        username="wang",
        display_name="王知远",
        unit=world.association,
        actor=None,
        now=build.NOW,
    )
    access.grant(account=made, role="EXPERT", unit=world.counties[0], actor=None, now=build.NOW)
    Account.objects.filter(pk=made.pk).update(must_change_password=False)
    made.refresh_from_db()
    return made


@pytest.fixture
def mine(by, enter, account):
    """The expert whose account it is, verified."""
    one = enter("王知远", title="教授", employer="淮颍大学", skills="焊缝跟踪", phone="13800138000")
    experts.verify(expert_id=one.pk, on=TODAY, **by)
    expert_requests.link_account(expert_id=one.pk, username="wang", **by)
    return Expert.objects.get(pk=one.pk)


def test_verified_fields_wait_for_the_office_and_the_rest_is_kept_at_once(by, mine, account):
    waits = expert_self.keep(
        account=account, values={"title": "研究员", "skills": "焊缝跟踪、视觉"}, now=build.NOW
    )
    mine.refresh_from_db()
    assert (mine.title, mine.skills, mine.confirmed_on) == ("教授", "焊缝跟踪、视觉", build.NOW.date())
    assert (waits.wanted, [row.pk for row in queries.waiting(by["scope"])]) == (
        {"title": "研究员"},
        [waits.pk],
    )
    expert_self.keep(account=account, values={"employer": "淮颍学院"}, now=build.NOW)
    assert ExpertRequest.objects.get().wanted == {"title": "研究员", "employer": "淮颍学院"}
    with pytest.raises(UserError):
        expert_requests.refuse(request_id=waits.pk, reason=" ", **by)
    expert_requests.accept(request_id=waits.pk, **by)
    mine.refresh_from_db()
    assert (mine.title, mine.employer, mine.origins["title"]["source"]) == ("研究员", "淮颍学院", "SELF")
    with pytest.raises(UserError):
        expert_requests.accept(request_id=waits.pk, **by)


def test_consents_are_given_and_withdrawn_by_the_expert_alone(world, mine, account):
    expert_self.disagree(account=account, use="RECOMMEND", now=build.NOW)
    assert list(register.askable(world.scope, today=TODAY)) == []
    expert_self.agree(account=account, use="RECOMMEND", now=build.NOW)
    assert ExpertConsent.objects.get(withdrawn_on=None).basis == "SELF"
    with pytest.raises(NotFound):
        expert_self.agree(account=world.account, use="RECOMMEND", now=build.NOW)


def test_the_expert_sees_who_looked_once_a_day_and_why_contact_was_opened(world, by, mine):
    for _time in range(2):
        expert_requests.opened(expert=mine, account=world.account, on=TODAY)
    expert_requests.opened(expert=mine, account=mine.account, on=TODAY)
    experts.reveal_contact(expert_id=mine.pk, field="phone", reason="约到厂", **by)
    assert sorted((row.what, row.reason) for row in queries.opened(mine)) == [
        ("看了完整联系方式", "约到厂"),
        ("看了资料", ""),
    ]


def test_deletion_stops_all_uses_at_once_and_leaves_no_name(world, by, mine, account):
    facts.add_work(expert_id=mine.pk, kind="CASE", title="焊缝", **by)
    asked = expert_self.ask_deletion(account=account, words="退休了", now=build.NOW)
    assert register.standing_uses(mine) == set()
    expert_self.take_back(account=account, request_id=asked.pk, now=build.NOW)
    assert register.standing_uses(mine) == set()
    again = expert_self.ask_deletion(account=account, now=build.NOW)
    expert_requests.accept(request_id=again.pk, **by)
    gone = Expert.objects.get(pk=mine.pk)
    assert (gone.name, gone.title, gone.skills, gone.phone, gone.account, gone.verified_on) == (
        "已删除的专家",
        "",
        "",
        None,
        None,
        None,
    )
    assert (gone.withdrawn_on, ExpertWork.objects.count()) == (build.NOW.date(), 0)
    assert "退休了" not in str(list(ExpertRequest.objects.values()))


def test_a_stale_page_is_asked_about_once_and_confirmed_by_one_tap(client, by, mine, post):  # noqa: F811
    assert expert_self.remind_stale(now=build.NOW) == 0  # no consent to be told
    facts.give_consent(expert_id=mine.pk, use="NOTICE", basis="PAPER", on=TODAY, **by)
    assert (expert_self.remind_stale(now=build.NOW), expert_self.remind_stale(now=build.NOW + YEAR)) == (1, 0)
    assert Notice.objects.get(template="expert.stale").to_id == mine.account_id
    url = expert_self.still_right_path(mine, build.NOW)
    token = url.rstrip("/").rpartition("/")[2]
    expert_self.still_right_by_link(token=token, now=build.NOW)
    assert expert_self.remind_stale(now=build.NOW + YEAR / 2) == 0
    assert (
        expert_self.remind_stale(now=build.NOW + YEAR),
        expert_self.remind_stale(now=build.NOW + 2 * YEAR),
    ) == (1, 0)
    with pytest.raises(NotFound):
        expert_self.still_right_by_link(token=token, now=build.NOW + YEAR)
    for wrong in ("x", token[:-1] + "_"):
        assert client.get(f"/expert/still-right/{wrong}/").status_code == 404


def test_a_link_by_sms_needs_the_address_of_the_site(world, by, enter, post):  # noqa: F811
    one = enter("李清越", phone="13800138001")
    facts.give_consent(expert_id=one.pk, use="NOTICE", basis="PAPER", on=TODAY, **by)
    assert expert_self.remind_stale(now=build.NOW) == 0
    Invitation.objects.create(
        association=world.association, problem=post(), expert=one, site="https://kexie.example", invited_at=build.NOW,
        expires_at=build.NOW, invited_by=world.account,
    )  # fmt: skip
    assert expert_self.remind_stale(now=build.NOW) == 1


def test_a_link_begins_with_the_address_that_is_set(settings, by, enter):
    settings.KEXIE_ADDRESS = "https://kexie.example.gov.cn"
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    one = enter("李清越", phone="13800138001")
    facts.give_consent(expert_id=one.pk, use="NOTICE", basis="PAPER", on=TODAY, **by)
    assert expert_self.remind_stale(now=build.NOW) == 1
    text = unseal(Notice.objects.get(template="expert.stale"))["zh-hans"][1]
    assert "打开 https://kexie.example.gov.cn/expert/still-right/" in text


def test_problems_for_an_expert_say_no_more_than_they_may_read(mine, post, stage):  # noqa: F811
    level = Problem.Confidentiality
    for name, summary, confidentiality in (
        ("焊缝跟踪偏移", "要签协议的焊缝跟踪细节", level.AGREEMENT),
        ("难题乙", "焊缝跟踪抖动", level.VERIFIED),
        ("难题丙", "面粉结块", level.PUBLIC),
    ):
        problem = post(name=name, summary=summary, confidentiality=confidentiality)
        for ago, state in ((3, "COLLECTED"), (2, "CHECKED"), (1, "PUBLISHED")):
            stage(problem, state, TODAY - dt.timedelta(days=ago))
    post(name="还没发布的焊缝跟踪", summary="焊缝跟踪")
    listed = found.public_problems_for(mine, today=TODAY, top=5)
    assert {one.problem.name for one in listed} == {"焊缝跟踪偏移", "难题乙"}
    Expert.objects.filter(pk=mine.pk).update(verified_on=None)
    mine.refresh_from_db()
    assert [one.problem.name for one in found.public_problems_for(mine, today=TODAY, top=5)] == [
        "焊缝跟踪偏移"
    ]


def test_the_own_page_in_the_browser(client, world, mine, account):
    demo.give_second_factor(account, now=build.NOW)
    account.save()
    client.force_login(account)
    page = client.get("/expert/")
    assert page.status_code == 200
    assert "138****8000" in page.content.decode()
    assert client.post("/expert/", {"act": "agree", "use": "PUBLIC"}).status_code == 302
    assert register.standing_uses(mine) == {"RECOMMEND", "PUBLIC"}
    sent = {
        "name": "王知远",
        "title": "研究员",
        "employer": "淮颍大学",
        "availability": "OPEN",
        "most_requests": "２",
        "languages": ["ZH"],
    }
    assert client.post("/expert/edit/", {**sent, "disciplines": "炼金术"}).status_code == 422
    assert client.post("/expert/edit/", {**sent, "disciplines": "机械工程"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.title, mine.disciplines, mine.most_requests) == ("教授", ["460"], 2)
    assert client.post("/expert/", {"act": "delete"}).status_code == 302
    assert "您已申请删除资料" in client.get("/expert/").content.decode()
    Expert.objects.filter(pk=mine.pk).update(account=None)
    assert client.get("/expert/").status_code == 404


def test_the_office_deals_with_requests_in_the_browser(staff, mine, account):
    expert_self.keep(account=account, values={"title": "研究员"}, now=build.NOW)
    assert "研究员" in staff.get("/work/experts/requests/").content.decode()
    row = ExpertRequest.objects.get()
    assert (
        staff.post("/work/experts/requests/", {"act": "refuse", "row": row.pk, "reason": ""}).status_code
        == 422
    )
    assert staff.post("/work/experts/requests/", {"act": "accept", "row": row.pk}).status_code == 302
    assert Expert.objects.get().title == "研究员"


# --- experts from overseas ---------------------------------------------------------------------------------------

ABROAD = "某国大学"


@pytest.fixture
def home(by, enter):
    """A cleared expert from overseas with every consent but that for the public."""
    one = enter("海外甲", is_home=True, cleared_on=TODAY, skills="脱盐膜", phone="13800138009")
    for use in ("NOTICE", "VECTORS"):
        facts.give_consent(expert_id=one.pk, use=use, basis="PAPER", on=TODAY, **by)
    return one


def test_no_way_of_entering_keeps_an_employer_abroad(by, home, account):
    with pytest.raises(Exception, match="海智专家不登记"):
        experts.change(expert_id=home.pk, profile=Profile(name="海外甲", is_home=True, employer=ABROAD), **by)
    expert_requests.link_account(expert_id=home.pk, username="wang", **by)
    expert_self.keep(
        account=account, values={"employer": ABROAD, "region": "某国", "skills": "脱盐"}, now=build.NOW
    )
    assert list(Expert.objects.values_list("employer", "region", "skills")) == [("", "", "脱盐")]


def test_texts_of_who_is_not_cleared_never_go_to_an_endpoint(by, home):
    told = vectors.texts(home.association_id, today=TODAY).values()
    assert any("脱盐膜" in text for text in told)
    Expert.objects.filter(pk=home.pk).update(cleared_on=None)
    assert not any("脱盐膜" in text for text in vectors.texts(home.association_id, today=TODAY).values())


def test_lists_exports_finding_and_the_public_site_say_only_what_is_allowed(client, staff, by, home, post):  # noqa: F811
    problem = post(name="脱盐膜堵塞", summary="脱盐膜通量下降")
    shown = finding.propose(problem_id=problem.pk, **by).suggested
    assert [(one.expert.name, one.expert.employer, one.expert.region) for one in shown] == [
        ("海外甲", "", "")
    ]
    Expert.objects.filter(pk=home.pk).update(cleared_on=None)
    assert finding.propose(problem_id=problem.pk, **by).suggested == []
    row = next(
        load_workbook(io.BytesIO(b"".join(staff.get("/work/experts/?export=1")))).active.iter_rows(
            min_row=2, values_only=True
        )
    )
    assert (row[0], row[2]) == ("海外甲", "海智专家")
    page = staff.get(f"/work/experts/{home.pk}/").content.decode()
    assert ("工作单位" in page, "常在地区" in page, "13800138009" in page) == (False, False, False)
    client.logout()
    for path in ("/", "/services/", f"/work/experts/{home.pk}/"):
        assert "海外甲" not in client.get(path, follow=True).content.decode()


def test_a_notice_to_one_expert_names_no_expert(by, home, post):  # noqa: F811
    from kexie.platform.notify import queries as notices

    expert_self.remind_stale(now=build.NOW)
    Invitation.objects.create(
        association_id=home.association_id, problem=post(), expert=home, site="https://kexie.example", invited_at=build.NOW,
        expires_at=build.NOW, invited_by=by["actor"],
    )  # fmt: skip
    assert expert_self.remind_stale(now=build.NOW) == 1
    assert "海外甲" not in notices.shown_text(Notice.objects.get(template="expert.stale").pk)
