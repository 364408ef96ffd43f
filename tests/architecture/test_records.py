"""Rules of every table of records: guarded, of one tenant, ready to be distributed by association (design.md 6)."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from kexie.ledger import registry
from kexie.ledger.models import Record, Tenant
from kexie.ledger.states import TRANSITIONS

RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]
TENANTS = [model for model in apps.get_models() if issubclass(model, Tenant)]
SOURCE = Path(__file__).resolve().parents[2] / "src"


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


@pytest.mark.parametrize("model", RECORDS, ids=label)
@pytest.mark.django_db
def test_table_is_guarded_and_its_drafts_are_indexed(model: type[Record]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [model._meta.db_table],
        )
        triggers = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT to_regclass(%s)", [f"{model._meta.db_table}_drafts"])
        index = cursor.fetchone()[0]
    assert {"kexie_guard", "kexie_guard_born", "kexie_guard_truncate"} <= triggers
    assert index is not None


@pytest.mark.parametrize("model", TENANTS, ids=label)
def test_identifier_is_made_in_python(model: type[Tenant]) -> None:
    assert isinstance(model._meta.pk, models.UUIDField)


@pytest.mark.parametrize("model", TENANTS, ids=label)
def test_nothing_is_unique_across_tenants(model: type[Tenant]) -> None:
    keys = [
        constraint
        for constraint in model._meta.total_unique_constraints
        if "association" not in constraint.fields
    ]
    conditional = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.fields
        and "association" not in constraint.fields
    ]
    unique = [field.name for field in model._meta.local_fields if field.unique and not field.primary_key]
    assert (keys, conditional, unique) == ([], [], [])


def test_run_time_queries_use_no_grouping_sets() -> None:
    words = re.compile(r"GROUPING SETS|\bROLLUP\s*\(|\bCUBE\s*\(", re.IGNORECASE)
    assert [
        str(path) for path in SOURCE.rglob("*.py") if words.search(path.read_text(encoding="utf-8"))
    ] == []


def test_every_record_model_has_a_place_on_the_desk() -> None:
    shown = {declared.model._meta.concrete_model for declared in registry.record_types().values()}
    assert {label(model) for model in RECORDS if not model._meta.proxy} - {
        label(model) for model in shown
    } == set()


def test_every_state_is_reached_and_left_as_declared() -> None:
    reachable, frontier = {"DRAFT"}, ["DRAFT"]
    while frontier:
        for state in TRANSITIONS[frontier.pop()]:
            if state not in reachable:
                reachable.add(state)
                frontier.append(state)
    assert reachable == set(TRANSITIONS)


@pytest.mark.parametrize("measure", registry.measures().values(), ids=lambda one: one.key)
def test_measure_says_what_it_is(measure) -> None:
    from kexie.ledger.groups import GROUPS

    assert measure.definition
    assert measure.source
    assert measure.unit
    assert measure.group in GROUPS
    assert measure.key.partition(".")[0] == measure.context
