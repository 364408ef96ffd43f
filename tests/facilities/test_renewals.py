"""Titles near their end: who is reminded when and once, what runs out, and the way from the old to the new certificate."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from kexie.contexts.facilities.models import Accreditation, TitleApplication, TitleEnd, TitleReminder
from kexie.contexts.facilities.operations import applications, deciding, reminders, rounds
from kexie.contexts.facilities.operations.applications import ApplicationRefused
from kexie.contexts.facilities.queries import renewals
from kexie.foundation.access import operations as access
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.platform.notify import queries as notices
from kexie.platform.notify.models import Notice
from kexie.platform.notify.recipients import Recipient
from tests.facilities.test_rounds import (
    ANSWERS,
    DAY,
    NOW,
    TODAY,
    a_round,
    a_site,
    give,
    later,
    reviewed,
    sent,
)
from tests.ledger import build

END = TODAY + 90 * DAY


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


def somebody(world, role, unit):
    account, _password = access.create_account(
        association=world.association, username=f"{role[:4].lower()}{unit.pk.hex[:20]}{unit.pk.hex[-8:]}", display_name=role, unit=unit,
        actor=None, now=NOW,
    )  # fmt: skip
    access.grant(account=account, role=role, unit=unit, actor=None, now=NOW)
    return account


def letters(account):
    found = notices.inbox(association_id=account.association_id, to=Recipient(account_id=account.pk))
    return [notices.letter(one) for one in found]


def test_keeper_county_and_city_are_told_once_at_each_of_three_days(world, by):
    site, other = a_site(world), a_site(world, "颍上小学科技馆", county=1)
    give(world, site.host, "CITY_BASE", by, valid_to=END)
    keeper = somebody(world, "FACILITY_KEEPER", site.host)
    county, city = (
        somebody(world, "COUNTY_OFFICER", world.counties[0]),
        somebody(world, "POPULARISATION_DEPARTMENT", world.association),
    )
    strangers = [
        somebody(world, "FACILITY_KEEPER", other.host),
        somebody(world, "COUNTY_OFFICER", world.counties[1]),
        somebody(world, "WORKERS_DEPARTMENT", world.association),
    ]
    for after, told in ((-1, 0), (0, 1), (1, 1), (60, 2), (61, 2), (90, 3), (91, 3)):
        reminders.remind_due(now=NOW + after * DAY)
        assert [len(letters(one)) for one in (keeper, county, city)] == [told] * 3
    assert [one for one in strangers if letters(one)] == []
    ended, soon, first = letters(keeper)
    assert first.text == (
        "向阳小学的“市级科普教育基地”到9月29日（周一）为止，还有90天。要继续使用称号，请在申报期内办理再认定。"
    )
    assert (soon.title, ended.title) == ("科普称号快到期", "科普称号到期")
    assert TitleReminder.objects.count() == 3


def test_who_looks_after_many_titles_gets_one_notice(world, by):
    for name in "甲乙丙":
        give(world, a_site(world, f"{name}小学科技馆").host, "CITY_BASE", by, valid_to=END)
    city = somebody(world, "POPULARISATION_DEPARTMENT", world.association)
    reminders.remind_due(now=NOW)
    assert ["等3个称号到9月29日" in one.text for one in letters(city)] == [True]


def test_what_was_missed_is_not_sent_in_a_heap_and_what_is_settled_not_at_all(world, by):
    site = a_site(world)
    held = give(world, site.host, "CITY_BASE", by, valid_to=TODAY + 20 * DAY)
    somebody(world, "FACILITY_KEEPER", site.host)
    reminders.remind_due(now=NOW)
    assert list(held.reminders.values_list("days", flat=True)) == [30]
    give(world, site.host, "CITY_BASE", by, valid_to=TODAY + 900 * DAY, day=TODAY)
    reminders.remind_due(now=NOW + 20 * DAY)
    assert Notice.objects.count() == 1


def test_a_title_taken_back_is_not_reminded_of(world, by):
    held = give(world, a_site(world).host, "CITY_BASE", by, valid_to=END)
    end = TitleEnd(
        unit=held.unit,
        area=held.area,
        accreditation=held,
        occurred_on=TODAY - DAY,
        kind="REVOKED",
        reason="停办",
    )
    ledger.confirm(records=[ledger.draft(record=end, **by)], **by)
    assert list(renewals.ending(world.scope, TODAY)) == []


def test_a_renewal_goes_from_what_was_said_last_time_to_a_new_certificate(world, by):
    site = a_site(world)
    first = sent(a_round(world, by), site, by)
    TitleApplication.objects.filter(pk=first.pk).update(state="REFUSED")
    held = give(world, site.host, "CITY_BASE", by)
    keeper = {**by, "scope": Scope(association_id=world.association.pk, unit_paths=(site.host.path,))}
    found = a_round(world, by, batch="2026—2030（二）")
    one = applications.renew(accreditation_id=held.pk, round_id=found.pk, **keeper)
    assert (one.is_renewal, one.is_late, one.previous, one.facility, one.answers) == (
        True, False, held, site, ANSWERS,
    )  # fmt: skip
    applications.submit(application_id=one.pk, **keeper)
    deciding.recommend(application_id=one.pk, rank=None, **by)
    reviewed(one, by)
    deciding.approve(application_id=one.pk, reason="", **by)
    rounds.publicise(round_id=found.pk, on=TODAY + DAY, **by)
    listed = renewals.ending(world.scope, TODAY).get()
    assert (listed.pk, listed.renewal) == (held.pk, "PUBLICISED")
    deciding.award(application_id=one.pk, number="阜科协〔2025〕9号", on=TODAY + 8 * DAY, **later(by, 8))
    assert list(renewals.ending(world.scope, TODAY + 8 * DAY)) == []
    terms = Accreditation.objects.filter(holder=site.host).order_by("occurred_on")
    assert [one.valid_to for one in terms] == [held.valid_to, dt.date(2030, 12, 31)]


def test_late_refused_and_lapsed(world, by):
    site = a_site(world)
    held = give(world, site.host, "CITY_BASE", by, valid_to=TODAY - 10 * DAY)
    found = a_round(world, by)
    late = applications.renew(accreditation_id=held.pk, round_id=found.pk, **by)
    assert (late.is_renewal, late.is_late) == (True, True)
    with pytest.raises(ApplicationRefused, match="已有一份申报"):
        applications.renew(accreditation_id=held.pk, round_id=found.pk, **by)
    keeper = somebody(world, "FACILITY_KEEPER", site.host)
    TitleApplication.objects.filter(pk=late.pk).update(state="SUBMITTED", made_by=keeper)
    deciding.refuse(application_id=late.pk, reason="开放太少", **by)
    assert [one.text for one in letters(keeper)] == ["向阳小学申报“市级科普教育基地”：未通过。开放太少。"]
    assert renewals.ending(world.scope, TODAY).get().renewal == "REFUSED"
    again = applications.renew(accreditation_id=held.pk, round_id=found.pk, **by)
    assert again.state == "DRAFT"
    with pytest.raises(NotFound):
        renewals.title(world.scope, held.pk, TODAY + 400 * DAY)


def test_a_round_of_the_look_alike_title_does_not_renew(world, by):
    held = give(world, a_site(world).host, "PROVINCIAL_BASE", by)
    other = a_round(world, by, "PROVINCIAL_ST_BASE")
    assert list(renewals.open_rounds(held, TODAY)) == []
    with pytest.raises(ApplicationRefused, match="另一种称号"):
        applications.renew(accreditation_id=held.pk, round_id=other.pk, **by)


def test_who_has_no_facility_renews_as_well(world, by):
    holder = world.counties[1]
    held = give(world, holder, "DEMO_COUNTY", by)
    one = applications.renew(accreditation_id=held.pk, round_id=a_round(world, by, "DEMO_COUNTY").pk, **by)
    assert one.facility is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_what_ends_asks_as_often_for_three_as_for_one(world, by, staff, count):
    today = timezone.localdate()
    for number in range(count):
        site = a_site(world, f"{number}号小学科技馆")
        give(world, site.host, "CITY_BASE", by, valid_to=today + 20 * DAY)
    give(world, a_site(world, "旧小学科技馆").host, "CITY_BASE", by, valid_to=today - 20 * DAY)
    staff.get("/work/facilities/titles/ending/?within=30")
    with CaptureQueriesContext(connection) as queries:
        page = staff.get("/work/facilities/titles/ending/?within=30").content.decode()
    assert page.count("还有20天") == count
    assert "旧小学" not in page
    assert len(queries) == 12
    lapsed = staff.get("/work/facilities/titles/ending/?within=LAPSED&export=1")
    rows = list(load_workbook(io.BytesIO(b"".join(lapsed.streaming_content))).active.values)
    assert [row[1] for row in rows if row[5] == "已过20天"] == ["旧小学"]


def test_from_the_list_to_the_application(world, by, staff):
    today = timezone.localdate()
    held = give(world, a_site(world).host, "CITY_BASE", by, valid_to=today + 20 * DAY)
    address = f"/work/facilities/titles/{held.pk}/renew/"
    assert "现在没有申报中的批次" in staff.get(address).content.decode()
    found = a_round(
        world, {**by, "now": timezone.now()}, closes_on=today + DAY, recommends_until=today + 2 * DAY
    )
    sent_on = staff.post(address, {"act": "renew", "round": found.pk})
    assert sent_on.url == f"/work/facilities/applications/{TitleApplication.objects.get().pk}/"


def test_the_inbox_shows_what_is_new_once(world, by, staff):
    give(world, a_site(world).host, "CITY_BASE", by, valid_to=END)
    reminders.remind_due(now=NOW)
    assert "科普称号快到期" in staff.get("/work/").content.decode()
    assert "向阳小学的“市级科普教育基地”" in staff.get("/work/inbox/").content.decode()
    assert "科普称号快到期" not in staff.get("/work/").content.decode()
