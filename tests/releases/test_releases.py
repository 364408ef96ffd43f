"""Closing, verifying offline, restating, revising, and summing over cities."""

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from kexie.kernel.periods import Period
from kexie.ledger import figures, merkle, registry
from kexie.reporting.releases import (
    auditing,
    documents,
    freezing,
    loading,
    operations,
    proofs,
    queries,
    restating,
    roots,
    verify_release_path,
)
from kexie.reporting.releases.models import Release
from tests.ledger import build
from tests.releases.conftest import CLOSED_AT, LATER, YEAR, closed

pytestmark = pytest.mark.django_db


def verified(*files: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(verify_release_path()), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20), st.integers(min_value=0))
def test_packed_roots_and_paths_are_those_of_the_log(leaves, index):
    packed = b"".join(leaves)
    assert roots.root(packed) == merkle.root(leaves)
    if leaves:
        at = index % len(leaves)
        assert roots.split(roots.path(packed, at)) == merkle.inclusion_proof(leaves, at)


def test_every_measure_is_frozen_as_it_was_known(world, release):
    found = documents.read(release.document)
    assert found["totals"]["ledger.test_count"] == "4"
    assert found["totals"]["ledger.test_sum"] == "419"
    scope = freezing.scope_of(release)
    for key, total in found["totals"].items():
        cell = freezing.cell_of(release, key, known_at=release.known_at)
        assert documents.plain(figures.value(cell, scope)) == total
    assert documents.problems(release.document.encode()) == []


def test_one_changed_byte_is_refused_and_named(release, tmp_path):
    data = release.document.encode()
    changed = data.replace(b'"value":"206"', b'"value":"207"', 1)
    wrong = documents.problems(changed)
    assert [one.partition(":")[0] for one in wrong] == ["cells_root", "totals", "signature"]
    assert documents.problems(data[:-1]) != []
    file = tmp_path / "release.json"
    file.write_bytes(changed)
    assert verified(file) == (
        1,
        "REFUSED: signature\nREFUSED: cells_root\nREFUSED: total ledger.test_sum",
    )


def test_a_release_and_a_record_in_it_are_verified_by_plain_python(world, release, tmp_path):
    file, proof = tmp_path / "release.json", tmp_path / "proof.json"
    file.write_text(release.document, encoding="utf-8")
    proof.write_text(proofs.prove(release, measure="ledger.test_sum", record=world.records[0].pk))
    assert proof.stat().st_size <= 1024
    assert verified(file, proof) == (0, "VERIFIED")
    other = json.loads(proof.read_text()) | {"index": 2}
    proof.write_text(json.dumps(other))
    assert verified(file, proof) == (1, "REFUSED: proof")
    assert len(verify_release_path().read_text(encoding="utf-8").splitlines()) <= 60


def test_a_closing_is_cancelled_and_resumed(world):
    release = operations.close(
        unit=world.association, period=YEAR, scope=world.scope, actor=world.account, now=CLOSED_AT
    )
    operations.advance(release_id=release.pk)
    operations.cancel(release=release, scope=world.scope, actor=world.account, now=CLOSED_AT)
    assert operations.advance(release_id=release.pk) is False
    with pytest.raises(operations.WrongStage):
        operations.publish(release=release, scope=world.scope, actor=world.account, now=CLOSED_AT)
    operations.resume(release=release, scope=world.scope, actor=world.account, now=LATER)
    while operations.advance(release_id=release.pk):
        pass
    release.refresh_from_db()
    assert release.state == "CLOSED"
    assert documents.problems(release.document.encode()) == []


def test_a_period_is_closed_once_and_revised_with_a_reason(world, release):
    with pytest.raises(operations.CannotClose):
        operations.close(
            unit=world.association, period=YEAR, scope=world.scope, actor=world.account, now=LATER
        )
    with pytest.raises(operations.CannotClose):
        operations.close(
            unit=world.association,
            period=Period.year(2025),
            scope=world.scope,
            actor=world.account,
            now=LATER,
        )
    world.reverse(world.records[0], now=LATER - dt.timedelta(hours=1))
    revised = closed(world, reason="人次录错", now=LATER)
    found = documents.read(revised.document)
    assert found["predecessor"] == {"id": str(release.pk), "digest": documents.digest(release.document)}
    assert found["totals"]["ledger.test_count"] == "3"
    assert documents.read(release.document)["totals"]["ledger.test_count"] == "4"
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=revised.pk).update(version=0, predecessor=None, reason="")


def test_late_and_reversed_records_show_with_their_effects(world, release):
    late = world.confirmed(dt.date(2024, 12, 1), headcount=50, note="县里补来", now=LATER)
    world.confirmed(dt.date(2025, 1, 1), now=LATER)
    world.reverse(world.records[0], now=LATER)
    found = restating.effects(release, "ledger.test_sum")
    assert {(one.record, one.value, one.reason) for one in found} == {
        (late.pk, Decimal(50), "补报：县里补来"),
        (world.records[0].pk, Decimal(-103), "冲销：人次录错"),
    }


@settings(max_examples=4)
@given(
    st.lists(
        st.tuples(st.sampled_from(["late", "reverse"]), st.integers(0, 3), st.integers(0, 500)), max_size=6
    )
)
def test_differences_are_the_sum_of_the_effects(edits):
    with transaction.atomic():
        world = build.world()
        records = [world.confirmed(dt.date(2024, month, 5), headcount=month) for month in (3, 3, 4, 9)]
        release = operations.close(
            unit=world.association, period=YEAR, scope=world.scope, actor=world.account, now=CLOSED_AT
        )
        left = list(records)
        for what, index, people in edits:
            if what == "late":
                world.confirmed(dt.date(2024, 1 + index, 9), headcount=people, title=str(people), now=LATER)
            elif records[index] in left:
                left.remove(records[index])
                world.reverse(records[index], now=LATER)
        for key in release.measures:
            before, after = restating.difference(registry.measure(key), release)
            effects = restating.effects(release, key)
            total = sum((one.value for one in effects), Decimal(0))
            assert (after or 0) - (before or 0) == total, key
        transaction.set_rollback(True)


def test_releases_of_other_cities_add_up_without_their_records(world, release):
    other = build.world("邻市科协")
    other.confirmed(dt.date(2024, 5, 5), headcount=1000)
    given_file = closed(other).document.encode()
    for data in (release.document.encode(), given_file, given_file):
        loading.load(data=data, scope=world.scope, actor=world.account, now=LATER)
    sums = {one.key: one for one in queries.sums(list(queries.loaded(world.scope)))}
    assert sums["ledger.test_sum"].total == "1419"
    assert sums["ledger.test_distinct"].total is None
    assert [value for _name, value in sums["ledger.test_distinct"].cities] == ["1", "1"]
    with pytest.raises(loading.NotVerified):
        loading.load(
            data=given_file.replace(b'"1000"', b'"1001"'), scope=world.scope, actor=world.account, now=LATER
        )
    with pytest.raises(loading.NotVerified):
        loading.load(data=b"%PDF", scope=world.scope, actor=world.account, now=LATER)


def test_last_year_s_cells_are_made_again_byte_for_byte_after_later_changes(world, release):
    frozen = documents.canonical(documents.read(release.document)["cells"])
    world.reverse(world.records[0], now=LATER)
    world.confirmed(dt.date(2024, 12, 1), headcount=50, now=LATER)
    again = [cell for key in release.measures for cell in freezing.freeze(release, [key])]
    made = sorted(documents.observations(release, again), key=lambda one: [one[name] for name in ORDER])
    assert documents.canonical(sorted(json.loads(frozen), key=lambda one: [one[name] for name in ORDER])) == (
        documents.canonical(made)
    )
    assert list(auditing.audit(release)) == []


def test_an_audit_names_altered_records_even_where_their_sum_is_the_same(world, release):
    one, other = world.records[:2]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    for record, more in ((one, 5), (other, -5)):
        type(record).objects.filter(pk=record.pk).update(headcount=record.headcount + more)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = {problem.subject for problem in auditing.audit(release)}
    assert found == {f"ledger.activity {record.pk}" for record in (one, other)}


ORDER = ("measure", "unit", "area", "period", "method")
