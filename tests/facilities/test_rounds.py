"""Titles from the call to the certificate: quotas, places, sending back, late, twice, two people, look-alikes, pages."""

import datetime as dt
import io
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.facilities.models import Accreditation, Facility, TitleApplication, TitleObjection
from kexie.contexts.facilities.operations import applications, deciding, life, rounds
from kexie.contexts.facilities.operations.applications import ApplicationRefused
from kexie.contexts.facilities.queries import rounds as queries
from kexie.contexts.facilities.rules import questions
from kexie.foundation.access.models import Account
from kexie.foundation.units import operations as units
from kexie.kernel.errors import Conflict, Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.ledger import build

NOW, TODAY = build.NOW, dt.date(2025, 7, 1)
DAY = dt.timedelta(days=1)
ANSWERS = {one.key: 3 if one.kind == "WHOLE" else "有" for part in questions.PARTS for one in part.questions}
POINTS = {one.key: one.most - 1 for one in questions.CRITERIA}


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


def later(by, days, **changes):
    return {**by, "now": NOW + days * DAY, **changes}


def a_round(world, by, title="CITY_BASE", *, quota=1, opened=True, **values):
    given = {
        "batch": "2026—2030", "call": "请申报。", "conditions": "", "closes_on": TODAY + 20 * DAY,
        "recommends_until": TODAY + 30 * DAY, "valid_to": dt.date(2030, 12, 31), "most": None, "public_days": 7,
        "contact": "0558-1", **values,
    }  # fmt: skip
    made = rounds.create_round(association=world.association, title=title, **given, **by)
    quotas = {unit.area_id: quota for unit in world.counties}
    rounds.set_quotas(round_id=made.pk, quotas=quotas, **by)
    return rounds.open_round(round_id=made.pk, **by) if opened else made


def a_site(world, name="向阳小学科技馆", county=0):
    host = units.create_unit(
        association=world.association, parent=world.counties[county], kind="SCHOOL", name=name.removesuffix("科技馆"),
        area=world.counties[county].area, actor=None, now=NOW,
    )  # fmt: skip
    return Facility.objects.create(
        association=world.association, unit=world.counties[county], area=host.area, name=name,
        kind="CAMPUS_MUSEUM", host=host,
    )  # fmt: skip


def begun(found, site, by):
    return applications.begin(round_id=found.pk, facility_id=site.pk, **by)


def sent(found, site, by):
    one = begun(found, site, by)
    applications.answer(application_id=one.pk, answers=ANSWERS, version=0, **by)
    return applications.submit(application_id=one.pk, **by)


def recommended(found, site, by, rank=None):
    return deciding.recommend(application_id=sent(found, site, by).pk, rank=rank, **by)


def reviewed(one, by, visit="TRUE"):
    day = None if visit == "NONE" else TODAY
    return deciding.review(application_id=one.pk, points=POINTS, visit=visit, visited_on=day, text="", **by)


def shown(found, site, by):
    one = recommended(found, site, by)
    reviewed(one, by)
    deciding.approve(application_id=one.pk, reason="", **by)
    rounds.publicise(round_id=found.pk, on=TODAY + DAY, **by)
    one.refresh_from_db()
    return one


def give(world, holder, title, by, *, valid_to=dt.date(2025, 12, 20), day=dt.date(2021, 6, 1)):
    record = Accreditation(
        unit=holder, area=holder.area, title=title, holder=holder, occurred_on=day, valid_to=valid_to
    )
    return ledger.confirm(records=[ledger.draft(record=record, **by)], **by)[0]


def state(one):
    return TitleApplication.objects.get(pk=one.pk).state


def test_from_the_call_to_the_certificate(world, by):
    found, site = a_round(world, by), a_site(world)
    one = shown(found, site, by)
    assert one.state == "PUBLICISED"
    with pytest.raises(UserError) as early:
        deciding.award(application_id=one.pk, number="阜科协〔2025〕9号", on=TODAY + 7 * DAY, **later(by, 7))
    assert set(early.value.fields) == {"on"}
    deciding.award(application_id=one.pk, number="阜科协〔2025〕9号", on=TODAY + 8 * DAY, **later(by, 8))
    rounds.close(round_id=found.pk, **later(by, 9))
    given = Accreditation.objects.get(holder=site.host)
    assert (given.state, given.title, given.valid_to) == ("CONFIRMED", "CITY_BASE", dt.date(2030, 12, 31))
    assert [step.state for step in one.steps.all()] == [
        "DRAFT", "SUBMITTED", "RECOMMENDED", "APPROVED", "PUBLICISED", "AWARDED",
    ]  # fmt: skip


def test_the_lower_title_comes_first_and_that_of_the_other_department_is_none(world, by):
    found, site = a_round(world, by, "PROVINCIAL_BASE"), a_site(world)
    with pytest.raises(ApplicationRefused, match="市级科普教育基地"):
        begun(found, site, by)
    give(world, site.host, "PROVINCIAL_ST_BASE", by)
    with pytest.raises(ApplicationRefused):
        begun(found, site, by)
    give(world, site.host, "CITY_BASE", by)
    assert begun(found, site, by).state == "DRAFT"
    national = a_round(world, by, "NATIONAL_BASE")
    with pytest.raises(ApplicationRefused, match="省级科普教育基地"):
        begun(national, site, by)


def test_a_certificate_of_the_other_body_is_refused(world, by):
    site = a_site(world)
    give(world, site.host, "CITY_BASE", by)
    one = shown(a_round(world, by, "PROVINCIAL_BASE"), site, by)
    with pytest.raises(ValidationError) as refused:
        deciding.award(
            application_id=one.pk, number="皖科技厅〔2025〕1号", on=TODAY + 8 * DAY, **later(by, 9)
        )
    assert set(refused.value.message_dict) == {"certificate_no"}
    assert state(one) == "PUBLICISED"


def test_a_county_keeps_to_its_quota_and_orders_what_it_recommends(world, by):
    found = a_round(world, by, quota=2)
    first, second = (recommended(found, a_site(world, f"{name}小学科技馆"), by) for name in "甲乙")
    third = sent(found, a_site(world, "丙小学科技馆"), by)
    with pytest.raises(ApplicationRefused, match="推荐名额是2个"):
        deciding.recommend(application_id=third.pk, rank=None, **by)
    deciding.change_rank(application_id=second.pk, rank=1, **by)
    ranks = dict(TitleApplication.objects.filter(round=found).values_list("pk", "rank"))
    assert (ranks[first.pk], ranks[second.pk]) == (2, 1)
    deciding.take_back_recommendation(application_id=second.pk, **by)
    assert deciding.recommend(application_id=third.pk, rank=None, **by).rank == 1
    with pytest.raises(UserError, match="不能少于"):
        rounds.set_quotas(round_id=found.pk, quotas={world.counties[0].area_id: 1}, **by)
    assert queries.quotas(found)[0].recommended == 2


def test_the_database_keeps_places_apart(world, by):
    found = a_round(world, by, quota=2)
    first, second = (recommended(found, a_site(world, f"{name}小学科技馆"), by) for name in "甲乙")
    TitleApplication.objects.filter(pk=second.pk).update(rank=first.rank)
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    TitleApplication.objects.filter(pk=second.pk).update(rank=2)


@pytest.mark.django_db(transaction=True)
def test_two_people_recommend_at_once_and_one_place_is_left():
    world = build.world()
    by = {"actor": world.account, "now": NOW, "scope": world.scope}
    found = a_round(world, by, quota=1)
    waiting = [sent(found, a_site(world, f"{name}小学科技馆"), by) for name in "甲乙"]
    gate, refused = threading.Barrier(2, timeout=20), []

    def recommend(one):
        try:
            gate.wait()
            deciding.recommend(application_id=one.pk, rank=None, **by)
        except ApplicationRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=recommend, args=[one]) for one in waiting]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(refused) == 1
    assert sorted(state(one) for one in waiting) == ["RECOMMENDED", "SUBMITTED"]


def test_late_and_twice_are_refused(world, by):
    found, site = a_round(world, by), a_site(world)
    one = begun(found, site, by)
    with pytest.raises(ApplicationRefused, match="已有一份申报"):
        begun(found, site, by)
    applications.answer(application_id=one.pk, answers=ANSWERS, version=0, **by)
    with pytest.raises(ApplicationRefused, match="已经截止"):
        applications.submit(application_id=one.pk, **later(by, 21))
    with pytest.raises(ApplicationRefused, match="已经截止"):
        begun(found, a_site(world, "新来小学科技馆"), later(by, 21))
    applications.submit(application_id=one.pk, **later(by, 20))
    with pytest.raises(ApplicationRefused, match="推荐已经截止"):
        deciding.recommend(application_id=one.pk, rank=None, **later(by, 31))
    applications.withdraw(application_id=one.pk, reason="", **later(by, 20))
    assert begun(found, site, by).answers == ANSWERS


def test_what_was_sent_back_is_completed_and_sent_again(world, by):
    found, site = a_round(world, by), a_site(world)
    one = recommended(found, site, by)
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))}
    with pytest.raises(Forbidden):
        deciding.send_back(application_id=one.pk, reason="缺制度", **county)
    with pytest.raises(UserError):
        deciding.send_back(application_id=one.pk, reason="", **by)
    deciding.send_back(application_id=one.pk, reason="缺制度", **by)
    # The county's last day counts for what was sent back, not the keepers'.
    applications.submit(application_id=one.pk, **later(by, 25))
    assert state(one) == "SUBMITTED"
    other = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))}
    with pytest.raises(NotFound):
        deciding.recommend(application_id=one.pk, rank=None, **other)


def test_answers_are_kept_bit_by_bit_and_nobody_writes_over_another(world, by):
    one = begun(a_round(world, by), a_site(world), by)
    applications.answer(application_id=one.pk, answers={"intro": "先填一点"}, version=0, **by)
    with pytest.raises(Conflict):
        applications.answer(application_id=one.pk, answers={"intro": "后来的"}, version=0, **by)
    with pytest.raises(ApplicationRefused, match="还没有填写"):
        applications.submit(application_id=one.pk, **by)
    paper = applications.attach(
        application_id=one.pk, name="制度", file=ContentFile("开放制度。".encode(), name="制度.txt"), **by
    )
    assert [each.name for each in queries.papers(one)] == ["制度"]
    applications.detach(paper_id=paper.pk, **by)
    assert queries.papers(one) == []


def test_figures_come_from_the_ledger_and_are_kept_as_they_were(world, by):
    site = a_site(world)
    visits = [
        life.log_visits(
            facility_id=site.pk, on=dt.date(2024, 5, day), span="", headcount=count, method="ROSTER" if count else "",
            theme="实验课", basis="", **by,
        )
        for day, count in ((6, 40), (7, None))
    ]  # fmt: skip
    ledger.confirm(records=visits, **by)
    one = sent(a_round(world, by), site, by)
    ledger.reverse(record=visits[0], reason="录错", **by)
    figures = {known.key: known for known in queries.figures(one, TODAY)}
    assert (figures["visits"].value, figures["open_days"].value, figures["activities"].value) == (40, 2, None)
    assert figures["visits"].source == "2024年2条已确认的记录，其中1条没有计数"


def test_the_city_decides_only_after_a_sheet_and_never_against_what_a_visit_found(world, by):
    found = a_round(world, by)
    one = recommended(found, a_site(world), by)
    with pytest.raises(ApplicationRefused, match="还没有评审"):
        deciding.approve(application_id=one.pk, reason="", **by)
    with pytest.raises(ValidationError):
        deciding.review(application_id=one.pk, points=POINTS, visit="TRUE", visited_on=None, text="", **by)
    assert reviewed(one, by, "FALSE").score == 95
    with pytest.raises(ApplicationRefused, match="不符"):
        deciding.approve(application_id=one.pk, reason="", **by)
    reviewed(one, by, "PARTLY")
    assert one.reviews.count() == 1
    deciding.approve(application_id=one.pk, reason="", **by)
    deciding.reopen(application_id=one.pk, reason="复核", **by)
    deciding.refuse(application_id=one.pk, reason="开放太少", **by)
    with pytest.raises(UserError, match="没有“拟认定”"):
        rounds.publicise(round_id=found.pk, on=TODAY, **by)


def test_the_citys_own_quota_holds(world, by):
    found = a_round(world, by, most=1)
    ones = [recommended(found, a_site(world, f"{name}小学科技馆", n), by) for n, name in enumerate("甲乙")]
    for one in ones:
        reviewed(one, by)
    deciding.approve(application_id=ones[0].pk, reason="", **by)
    with pytest.raises(ApplicationRefused, match="全市名额是1个"):
        deciding.approve(application_id=ones[1].pk, reason="", **by)
    with pytest.raises(UserError, match="没审完"):
        rounds.publicise(round_id=found.pk, on=TODAY, **by)


@pytest.mark.parametrize(("outcome", "after"), [("UPHELD", "REFUSED"), ("DISMISSED", "PUBLICISED")])
def test_an_objection_holds_the_award_up_until_it_is_settled(world, by, outcome, after):
    one = shown(a_round(world, by), a_site(world), by)
    with pytest.raises(UserError):
        deciding.object_to(application_id=one.pk, text="平时不开放", on=TODAY, **later(by, 2))
    made = deciding.object_to(application_id=one.pk, text="平时不开放", on=TODAY + DAY, **later(by, 2))
    with pytest.raises(ApplicationRefused, match="异议"):
        deciding.award(application_id=one.pk, number="1号", on=TODAY + 8 * DAY, **later(by, 8))
    deciding.settle_objection(objection_id=made.pk, state=outcome, answer="查了开放记录", **later(by, 8))
    assert (state(one), TitleObjection.objects.get().state) == (after, outcome)


def test_a_title_that_lasts_is_not_asked_for_again_and_one_that_ends_is_renewed(world, by):
    site, found = a_site(world), a_round(world, by)
    long = give(world, site.host, "CITY_BASE", by, valid_to=dt.date(2027, 1, 1))
    with pytest.raises(ApplicationRefused, match="有效期内"):
        begun(found, site, by)
    ledger.reverse(record=long, reason="录错", **by)
    give(world, site.host, "CITY_BASE", by, day=dt.date(2021, 6, 2))
    assert begun(found, site, by).is_renewal


def test_rounds_are_the_citys(world, by):
    county = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))}
    with pytest.raises(Forbidden):
        a_round(world, county)
    draft = a_round(world, by, opened=False)
    assert not queries.rounds(county["scope"]).exists()
    rounds.cancel(round_id=draft.pk, **by)
    with pytest.raises(ValidationError):
        a_round(world, by, recommends_until=TODAY)


# --- pages ----------------------------------------------------------------------------------------------------


def test_pages_lead_from_the_call_to_the_filled_form(world, staff, by, time_machine):
    time_machine.move_to(NOW, tick=False)
    site = a_site(world)
    values = {
        "title": "CITY_BASE", "batch": "２０２６—2030", "call": "请申报。", "closes_on": "2025年8月1日",
        "recommends_until": "2025-08-10", "valid_to": "2030-12-31", "public_days": "７", "contact": "0558-1",
    }  # fmt: skip
    bad = staff.post("/work/facilities/rounds/new/", {**values, "recommends_until": "2025-07-02"})
    assert (bad.status_code, "截止日的先后不对" in bad.content.decode()) == (422, True)
    home = staff.post("/work/facilities/rounds/new/", values).url
    quotas = {f"quota_{code}": "1" for code in ("341202", "341203", "341204", "341221", "341222", "341225", "341226",
                                                "341282", "341200")}  # fmt: skip
    assert staff.post(home, {"act": "quotas", **quotas}).status_code == 302
    assert staff.post(home, {"act": "open"}).status_code == 302
    refused = staff.post(home, {"act": "apply"})
    assert (refused.status_code, "请选择哪一处设施" in refused.content.decode()) == (422, True)
    staff.post(home, {"act": "apply", "facility": str(site.pk)})
    one = TitleApplication.objects.get()
    page = f"/work/facilities/applications/{one.pk}/"
    assert "必填没有填写" in staff.get(page).content.decode()
    on = staff.post(f"{page}about/", {"version": "0", "intro": "开放", "full_time": "２"})
    assert on.url == f"{page}place/"
    bad = staff.post(f"{page}about/", {"version": "1", "intro": "留着", "full_time": "很多"})
    assert (bad.status_code, "留着" in bad.content.decode()) == (422, True)
    assert TitleApplication.objects.get().answers["full_time"] == 2
    assert staff.post(page, {"act": "submit"}).status_code == 422


def test_lists_cost_the_same_with_one_row_and_three(world, staff, by):
    found, costs = a_round(world, by, quota=9), []
    for names in ("甲", "乙丙"):
        for name in names:
            recommended(found, a_site(world, f"{name}小学科技馆"), by)
        for address in ("rounds/", "applications/", f"rounds/{found.pk}/"):
            staff.get(f"/work/facilities/{address}")  # what is asked once is asked
            with CaptureQueriesContext(connection) as seen:
                assert staff.get(f"/work/facilities/{address}").status_code == 200
            costs.append(len(seen))
    assert costs[:3] == costs[3:]
    file = staff.get("/work/facilities/applications/?export=1")
    assert file["Content-Disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.max_row > 1


def test_the_public_sees_calls_and_names_on_their_days_only(world, client, by, time_machine):
    found, site = a_round(world, by), a_site(world)
    time_machine.move_to(NOW, tick=False)
    page = client.get("/facilities/rounds/").content.decode()
    assert "可以申报" in page
    shown(found, site, by)
    assert site.host.name not in client.get("/facilities/rounds/").content.decode()
    time_machine.move_to(NOW + DAY, tick=False)
    page = client.get("/facilities/rounds/").content.decode()
    assert (site.host.name in page, "0558-1" in page, "95" in page) == (True, True, False)


def test_a_keeper_sees_its_own_and_neither_recommends_nor_reviews(world, client, by):
    site, other = a_site(world), a_site(world, "乙小学科技馆")
    found = a_round(world, by, quota=2)
    mine, theirs = sent(found, site, by), sent(found, other, by)
    keeper = keeper_of(world, site)
    client.force_login(keeper)
    page = client.get(f"/work/facilities/applications/{mine.pk}/").content.decode()
    assert ('value="withdraw"' in page, 'value="recommend"' in page) == (True, False)
    assert client.get(f"/work/facilities/applications/{theirs.pk}/").status_code == 404


def keeper_of(world, site):
    from kexie.foundation.access import operations

    keeper = Account.objects.create(
        association=world.association, username=f"k{site.pk.hex[-6:]}", display_name="管理员", unit=site.host,
        created_at=NOW, must_change_password=False,
    )  # fmt: skip
    operations.grant(account=keeper, role="FACILITY_KEEPER", unit=site.host, actor=None, now=NOW)
    return keeper
