"""Of experts from overseas nothing is said to whoever does not keep the register: channel by channel (domain.md 4.6)."""

import datetime as dt
import io
import logging
from urllib.parse import quote

import pytest
from django.core.serializers import serialize
from django.test import Client
from openpyxl import load_workbook

from kexie.contexts.matching.models import Agreement, ExpertVisit, Problem, ProblemStage
from kexie.contexts.matching.operations import expert_facts, experts, vectors
from kexie.contexts.matching.operations.experts import Profile
from kexie.foundation.access import demo, operations
from kexie.foundation.webhooks import models as webhooks
from kexie.ledger import operations as ledger
from kexie.platform.audit.models import Entry
from kexie.platform.matching.endpoint import Endpoint
from kexie.platform.notify.models import Notice
from kexie.platform.outbox import models as outbox
from tests.ledger import build
from tests.matching.conftest import TODAY

NAME, SKILL, ABOUT, PAPER = "卡尔文森特", "琥珀色齿轮镀层", "曾在海外研究所工作", "Amber coatings of gears"
SAID = (NAME, SKILL, ABOUT, PAPER, "13800138000", "karl@example.org", "0000-0002-1825-0097", "Karl Vincent")


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


@pytest.fixture
def home(by):
    """An expert from overseas who agreed to nothing, and what is known of them."""
    profile = Profile(
        name=NAME,
        skills=SKILL,
        about=ABOUT,
        is_home=True,
        orcid="0000-0002-1825-0097",
        other_names="Karl Vincent",
    )
    made = experts.register(profile=profile, phone="13800138000", email="karl@example.org", **by)
    expert_facts.add_work(expert_id=made.pk, kind="PAPER", title=PAPER, text=SKILL, year=2022, **by)
    return made


@pytest.fixture
def seen(world, by, home):
    """Records that name them: a visit, a step of a problem, an agreement."""
    firm = world.museums[0]
    problem = Problem.objects.create(
        association=world.association,
        unit=world.association,
        number="2025-1",
        name="齿轮磨损",
        firm=firm,
        area=firm.area,
    )
    said = {"unit": world.association, "area": firm.area, "occurred_on": TODAY}
    before = {name: value for name, value in said.items() if name != "occurred_on"}
    steps = [
        ProblemStage(problem=problem, stage=stage, occurred_on=TODAY - dt.timedelta(days=days), **before)
        for stage, days in (("COLLECTED", 2), ("CHECKED", 1))
    ]
    rows = [
        *steps,
        ProblemStage(problem=problem, stage="MATCHED", expert=home, **said),
        ExpertVisit(expert=home, firm=firm, problem=problem, topic="看设备", **said),
        Agreement(kind="RESEARCH", title="齿轮合作协议", firm=firm, expert=home, **said),
    ]
    for row in rows:
        ledger.draft(record=row, **by)
        ledger.confirm(records=[row], **by)
    return rows


def reader(world, role, name):
    """The browser of somebody who reads and confirms nothing."""
    account, _password = operations.create_account(
        association=world.association, username=name, display_name=name, unit=world.association, person=None, actor=None,
        now=build.NOW,
    )  # fmt: skip
    account.must_change_password = False
    demo.give_second_factor(account, now=build.NOW)
    account.save()
    operations.grant(account=account, role=role, unit=world.association, actor=None, now=build.NOW)
    found = Client()
    found.force_login(account)
    return found


def says(answer) -> str:
    if not answer.streaming:
        # What was searched for stands in the search box again.
        return answer.content.decode().replace(f'value="{NAME}"', "").replace(f"q={quote(NAME)}", "")
    content = b"".join(answer.streaming_content)
    if content[:2] != b"PK":
        return content.decode()
    return " ".join(
        str(cell.value) for sheet in load_workbook(io.BytesIO(content)) for row in sheet for cell in row
    )


def leaks(text: str) -> list[str]:
    return [word for word in SAID if word in text]


@pytest.mark.parametrize("role", ["LEADER", "EXPERT", "POPULARISATION_DEPARTMENT"])
@pytest.mark.usefixtures("seen")
def test_desk_lists_pages_files_and_suggestions(world, home, role):
    client = reader(world, role, "reader")
    lists = [f"matching.{name}" for name in ("experts", "visits", "problem_stages", "agreements", "problems")]
    addresses = [
        "/work/", "/work/records/in/matching/",
        *(f"/work/records/{key}/" for key in lists), *(f"/work/records/{key}/?q={NAME}" for key in lists),
        *(f"/work/records/{key}/export.xlsx" for key in lists),
        *(f"/work/records/matching.{key}/choices/expert?q={word}" for key in ("visits", "agreements") for word in ("", NAME)),
        f"/work/records/matching.experts/{home.pk}/", "/work/experts/", "/work/experts/?kind=HOME", "/work/experts/?export=1",
        f"/work/experts/{home.pk}/", "/work/cooperation/agreements/", "/work/problems/", "/work/meetings/",
    ]  # fmt: skip
    answered = {address: client.get(address) for address in addresses}
    assert [address for address, answer in answered.items() if leaks(says(answer))] == []
    assert answered[f"/work/records/matching.experts/{home.pk}/"].status_code == (
        403 if role == "EXPERT" else 404
    )
    assert answered[f"/work/experts/{home.pk}/"].status_code == (403 if role == "EXPERT" else 404)
    assert answered["/work/records/matching.visits/"].status_code == 200
    assert "看设备" not in says(client.get("/work/records/matching.visits/"))


def test_the_count_of_typed_fields_opens_to_rows_without_their_words(world, staff, seen):
    visit = next(row for row in seen if isinstance(row, ExpertVisit))
    address = f"/work/burden/records/matching.visits/?year={visit.occurred_on.year}"
    told = says(reader(world, "LEADER", "reader").get(address))
    assert "（内容不公开）" in told
    assert str(visit.pk) not in told
    assert str(visit.pk) in says(staff.get(address))


@pytest.mark.usefixtures("seen")
def test_figures_open_to_their_rows_without_the_name(world):
    client = reader(world, "LEADER", "reader")
    for key in ("home_experts", "visits", "problems_matched", "research_agreements"):
        for address in (
            f"/figures/matching.{key}/",
            f"/figures/matching.{key}/rows/",
            f"/figures/matching.{key}/rows.csv",
        ):
            assert leaks(says(client.get(address))) == [], address


def test_whoever_keeps_the_register_sees_and_chooses_them(staff, home, seen):
    assert NAME in says(staff.get("/work/experts/"))
    assert NAME in says(staff.get(f"/work/experts/{home.pk}/"))
    assert NAME in says(staff.get(f"/work/problems/{seen[0].problem.pk}/"))
    found = staff.get(f"/work/records/matching.visits/choices/expert?q={NAME}").json()["items"]
    assert [(one["id"], one["label"]) for one in found] == [(str(home.pk), "卡***特（海智专家）")]
    assert "看设备" in says(staff.get("/work/records/matching.visits/"))


@pytest.mark.usefixtures("seen")
def test_public_pages_and_search(client):
    for address in (
        "/",
        "/services/",
        "/en/services/",
        f"/search/?q={NAME}",
        f"/search/?q={SKILL}",
        "/api/v1/openapi.json",
    ):
        text = (
            says(client.get(address, follow=True))
            .replace(f'value="{NAME}"', "")
            .replace(f'value="{SKILL}"', "")
        )
        assert [word for word in leaks(text) if f"“{word}”" not in text] == [], address


@pytest.mark.usefixtures("seen")
def test_logs_notices_and_events(caplog, home, by):
    with caplog.at_level(logging.DEBUG):
        experts.withdraw(expert_id=home.pk, reason="合作结束", on=TODAY, **by)
    kept = serialize("json", Entry.objects.all())
    events = [
        row
        for module in (outbox, webhooks)
        for model in vars(module).values()
        if isinstance(model, type) and hasattr(model, "objects") and model.__module__ == module.__name__
        for row in model.objects.all()
    ]
    assert leaks(kept + caplog.text + serialize("json", [*events, *Notice.objects.all()])) == []


def test_an_endpoint_is_told_nothing_without_consent_and_clearance(home, by, monkeypatch):
    asked: list[str] = []

    def embed(self, texts):
        asked.extend(texts)
        raise vectors.NoVectors("noted")

    monkeypatch.setattr(Endpoint, "embed", embed)
    monkeypatch.setattr(vectors, "endpoint", lambda: Endpoint("http://127.0.0.1:9/v1", "small"))
    vectors.refresh_all(now=build.NOW, pauses=())
    for use in ("RECOMMEND", "VECTORS"):
        expert_facts.give_consent(expert_id=home.pk, use=use, basis="PAPER", on=TODAY, **by)
    vectors.refresh_all(now=build.NOW, pauses=())
    assert leaks(" ".join(asked)) == []
