"""A firm's own application for a carrier: sent, sent back, corrected, taken back, taken up; one open one of a kind."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kexie.contexts.matching.models import ApplicationFact, CarrierApplication, CarrierStage, ServiceCarrier
from kexie.contexts.matching.operations import carrier_applications as operations
from kexie.contexts.matching.operations import carriers
from kexie.contexts.matching.operations.carrier_applications import ApplicationRefused, Request, Shown
from kexie.contexts.matching.queries import carrier_applications as queries
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.rules import papers
from kexie.contexts.matching.states import CARRIER_APPLICATION_TRANSITIONS, OPEN_APPLICATIONS
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.errors import Conflict, Forbidden, NotFound
from kexie.kernel.scope import Scope
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.conftest import TODAY


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


def firm_of(world, name):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind=Kind.FIRM, name=name, area=world.counties[0].area,
        actor=None, now=build.NOW,
    )  # fmt: skip


def account_of(world, role, unit, name):
    account, _password = access.create_account(
        association=world.association, username=name, display_name=name, unit=unit, person=None, actor=None,
        now=build.NOW,
    )  # fmt: skip
    account.must_change_password = False
    demo.give_second_factor(account, now=build.NOW)
    account.save()
    access.grant(account=account, role=role, unit=unit, actor=None, now=build.NOW)
    return account


@pytest.fixture
def firm(world):
    return firm_of(world, "虚构压铸厂")


@pytest.fixture
def theirs(world, firm):
    """Who acts for the firm, as operations are told."""
    account = account_of(world, "FIRM_CONTACT", firm, "firm")
    scope = Scope(association_id=world.association.pk, unit_paths=(firm.path,))
    return {"actor": account, "now": build.NOW, "scope": scope}


@pytest.fixture
def office(world):
    """Who acts for the county, as operations are told."""
    county = world.counties[0]
    account = account_of(world, "COUNTY_OFFICER", county, "county")
    scope = Scope(association_id=world.association.pk, unit_paths=(county.path,))
    return {"actor": account, "now": build.NOW, "scope": scope}


def request(world, kind="EXPERT_STATION", level="CITY", *, value=None, **said):
    facts = {
        one.key: Shown(
            evidence=f"{one.key}材料", value=one.least if value is None or one.least is None else value
        )
        for one in rules.shown_by_host(kind, level)
    }
    society = world.museums[0] if kind == "EXPERT_STATION" else None
    return Request(**{"name": "压铸厂服务站", "society": society, "field": "压铸", "facts": facts, **said})


@pytest.fixture
def sent(world, theirs, office):
    return operations.send(request=request(world), kind="EXPERT_STATION", level="CITY", **theirs)


def told(account):
    return sorted(Notice.objects.filter(to_id=account.pk).values_list("template", flat=True))


def test_states_are_all_reached_and_only_open_ones_go_on():
    reached = {after for found in CARRIER_APPLICATION_TRANSITIONS.values() for after in found}
    assert set(CARRIER_APPLICATION_TRANSITIONS) - {""} == reached
    assert {state for state, after in CARRIER_APPLICATION_TRANSITIONS.items() if state and after} == set(
        OPEN_APPLICATIONS
    )


def test_it_goes_to_the_unit_above_which_is_told(sent, firm, office):
    assert (sent.firm, sent.unit, sent.state) == (firm, firm.parent, "SENT")
    assert told(office["actor"]) == ["application.sent"]
    assert list(queries.applications(office["scope"])) == [sent]
    assert ServiceCarrier.objects.count() == 0


@pytest.mark.parametrize("kind", list(rules.APPLIED_FOR))
def test_what_falls_short_stands_beside_its_field(world, theirs, kind):
    level = rules.APPLIED_FOR[kind][-1]
    numbers = [one for one in rules.shown_by_host(kind, level) if one.least is not None]
    with pytest.raises(ApplicationRefused) as refused:
        operations.send(request=request(world, kind, level, value=0), kind=kind, level=level, **theirs)
    assert set(refused.value.fields) == {f"{one.key}_value" for one in numbers}
    assert str(numbers[0].least) in str(refused.value.fields[f"{numbers[0].key}_value"])
    with pytest.raises(ApplicationRefused) as refused:
        operations.send(request=Request(name="站", facts={}), kind=kind, level=level, **theirs)
    wanted = {f"{one.key}_evidence" for one in rules.shown_by_host(kind, level)}
    assert wanted | {f"{one.key}_value" for one in numbers} <= set(refused.value.fields)
    assert ("society" in refused.value.fields) == (kind == "EXPERT_STATION")


def test_one_open_application_of_a_kind_by_a_firm(world, sent, theirs, firm):
    with pytest.raises(ValidationError, match="已有一份申请在办"):
        operations.send(
            request=request(world, level="PROVINCE"), kind="EXPERT_STATION", level="PROVINCE", **theirs
        )
    copy = CarrierApplication.objects.get(pk=sent.pk)
    copy.pk = CarrierApplication().pk
    with transaction.atomic(), pytest.raises(IntegrityError, match="matching_application_one_open"):
        copy.save(force_insert=True)
    other = operations.send(
        request=request(world, "HOME_STATION"), kind="HOME_STATION", level="CITY", **theirs
    )
    assert set(queries.open_of(firm)) == {"EXPERT_STATION", "HOME_STATION"}
    operations.withdraw(application_id=sent.pk, **theirs)
    again = operations.send(request=request(world), kind="EXPERT_STATION", level="CITY", **theirs)
    assert {one.pk for one in queries.open_of(firm).values()} == {other.pk, again.pk}


def test_sent_back_corrected_and_taken_up_makes_the_carrier(world, sent, theirs, office, firm):
    with pytest.raises(ApplicationRefused, match="补正什么"):
        operations.send_back(application_id=sent.pk, reason=" ", **office)
    operations.send_back(application_id=sent.pk, reason="需求表请盖章", **office)
    assert told(theirs["actor"]) == ["application.returned"]
    with pytest.raises(Conflict):
        operations.send_back(application_id=sent.pk, reason="再退一次", **office)
    now = operations.correct(application_id=sent.pk, request=request(world, field="铝压铸"), **theirs)
    assert told(office["actor"]) == ["application.corrected", "application.sent"]
    with pytest.raises(Conflict, match="刚刚改过"):
        operations.accept(application_id=sent.pk, edition=sent.edition, **office)
    made = operations.accept(application_id=sent.pk, edition=now.edition, **office)
    assert (made.kind, made.level, made.host, made.unit, made.field) == (
        "EXPERT_STATION", "CITY", firm, firm.parent, "铝压铸",
    )  # fmt: skip
    assert {(row.key, row.value, row.verdict) for row in made.conditions.all()} == {
        (one.key, one.least, "OPEN") for one in rules.conditions("EXPERT_STATION", "CITY")
    }
    stage = CarrierStage.objects.get(carrier=made)
    assert (stage.stage, stage.state, stage.occurred_on) == ("APPLIED", "CONFIRMED", TODAY)
    assert told(theirs["actor"]) == ["application.accepted", "application.returned"]
    assert [step.state for step in sent.steps.all()] == ["SENT", "RETURNED", "SENT", "ACCEPTED"]
    with pytest.raises(Conflict):
        operations.accept(application_id=sent.pk, edition=now.edition + 1, **office)
    assert ServiceCarrier.objects.count() == 1


def test_the_host_is_told_of_the_carriers_further_steps(sent, theirs, office):
    made = operations.accept(application_id=sent.pk, edition=sent.edition, **office)
    for one in rules.conditions(made.kind, made.level):
        carriers.check(carrier_id=made.pk, key=one.key, is_met=True, **office)
    for stage in ("CHECKED", "APPROVED", "ESTABLISHED"):
        carriers.move(carrier_id=made.pk, stage=stage, on=TODAY, **office)
    assert told(theirs["actor"]) == ["application.accepted", *["carrier.moved"] * 3]


def test_refused_with_a_reason_and_withdrawn_without_one(world, sent, theirs, office):
    with pytest.raises(ApplicationRefused, match="原因"):
        operations.refuse(application_id=sent.pk, reason="", **office)
    operations.refuse(application_id=sent.pk, reason="学会不在合作名单", **office)
    assert told(theirs["actor"]) == ["application.refused"]
    with pytest.raises(Conflict):
        operations.correct(application_id=sent.pk, request=request(world), **theirs)
    again = operations.send(request=request(world), kind="EXPERT_STATION", level="CITY", **theirs)
    operations.withdraw(application_id=again.pk, **theirs)
    assert told(office["actor"]) == ["application.sent", "application.sent", "application.withdrawn"]
    with pytest.raises(Conflict):
        operations.accept(application_id=again.pk, edition=again.edition + 1, **office)


def test_each_side_does_its_own_part(world, sent, theirs, office):
    with pytest.raises(NotFound):
        operations.accept(application_id=sent.pk, edition=1, **theirs)
    with pytest.raises(Forbidden):
        operations.withdraw(application_id=sent.pk, **office)
    with pytest.raises(Forbidden):
        operations.send(request=request(world), kind="HOME_BASE", level="PROVINCE", **office)
    other = firm_of(world, "别家工厂")
    stranger = {**theirs, "scope": Scope(association_id=world.association.pk, unit_paths=(other.path,))}
    with pytest.raises(NotFound):
        operations.withdraw(application_id=sent.pk, **stranger)
    with pytest.raises(NotFound):
        operations.send(request=request(world), kind="EXPERT_STATION", level="COUNTY", **theirs)


@pytest.fixture
def _kept(settings, tmp_path):
    settings.KEXIE_HOME = tmp_path


@pytest.mark.usefixtures("_kept")
def test_papers_are_opened_by_both_sides_and_nobody_else(world, sent, theirs, office):
    upload = SimpleUploadedFile("需求表.txt", "五项需求".encode())
    fact = operations.attach(application_id=sent.pk, key="needs", file=upload, **theirs)
    stranger = account_of(world, "FIRM_CONTACT", firm_of(world, "别家工厂"), "stranger")
    allowed = [papers.may_read(who, fact.file) for who in (theirs["actor"], office["actor"], stranger)]
    assert allowed == [True, True, False]
    with pytest.raises(Conflict, match="刚刚改过"):
        operations.accept(application_id=sent.pk, edition=sent.edition, **office)
    made = operations.accept(application_id=sent.pk, edition=sent.edition + 1, **office)
    assert made.conditions.get(key="needs").file == fact.file
    with pytest.raises(ApplicationRefused, match="办结"):
        operations.attach(application_id=sent.pk, key="needs", file=upload, **theirs)


def test_a_refused_form_keeps_what_was_entered(world, theirs):
    client = Client()
    client.force_login(theirs["actor"])
    where = reverse("cooperation:request", kwargs={"kind": "home_station", "level": "city"})
    data = {
        "name": "海智站",
        "field": "压铸",
        "needs_value": "1",
        "needs_evidence": "需求表",
        "office_evidence": "三楼",
    }
    answer = client.post(where, data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"rules_evidence", "secrecy_evidence"}
    assert form["office_evidence"].value() == "三楼"
    data |= {"rules_evidence": "制度", "secrecy_evidence": "已核对"}
    assert set(client.post(where, data).context["form"].errors) == {"needs_value"}
    answer = client.post(where, {**data, "needs_value": "２"})
    made = CarrierApplication.objects.get()
    assert answer.headers["Location"] == reverse("cooperation:application", args=[made.pk])
    assert ApplicationFact.objects.get(application=made, key="needs").value == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_number_of_statements(world, office, django_assert_max_num_queries, count):
    for number in range(count):
        firm = firm_of(world, f"工厂{number}")
        account = account_of(world, "FIRM_CONTACT", firm, f"firm{number}")
        scope = Scope(association_id=world.association.pk, unit_paths=(firm.path,))
        operations.send(
            request=request(world),
            kind="EXPERT_STATION",
            level="CITY",
            actor=account,
            now=build.NOW,
            scope=scope,
        )
    client = Client()
    client.force_login(office["actor"])
    client.get(reverse("cooperation:applications"))
    with django_assert_max_num_queries(22):
        answer = client.get(reverse("cooperation:applications"))
    assert len(answer.context["table"].rows) == count
