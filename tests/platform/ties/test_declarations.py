"""Declaring ties and revoking them; exclusions kept with reasons, logged when they change."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.kernel.errors import NotFound, UserError
from kexie.platform.audit.models import Entry
from kexie.platform.ties import operations, queries
from kexie.platform.ties.facts import Kind, Level, Tie
from kexie.platform.ties.models import Declaration, Exclusion

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 2, 0, tzinfo=dt.UTC)
ON = NOW.date()
ASSOCIATION, OTHER = uuid.uuid4(), uuid.uuid4()
ACTOR = SimpleNamespace(id=uuid.uuid4())


def declare(**given):
    return operations.declare(
        **{
            "association_id": ASSOCIATION, "subject": "p:1", "kind": "KINSHIP", "other_name": "甲公司",
            "actor": ACTOR, "now": NOW, **given,
        }
    )  # fmt: skip


def revoke(made, **given):
    return operations.revoke(
        **{
            "association_id": ASSOCIATION, "declaration_id": made.pk, "subject": "p:1", "reason": "已离任",
            "actor": ACTOR, "now": NOW, **given,
        }
    )  # fmt: skip


def standing(on=ON, association=ASSOCIATION):
    return [(one.kind, one.other_name) for one in queries.declared(association, ["p:1", "p:2"], on=on)]


def test_a_declaration_stands_until_it_is_revoked_or_over():
    made = declare()
    declare(kind="OTHER", other_name="乙公司", until=ON)
    assert sorted(standing()) == [("KINSHIP", "甲公司"), ("OTHER", "乙公司")]
    assert standing(ON + dt.timedelta(days=1)) == [("KINSHIP", "甲公司")]
    revoke(made)
    revoke(made, reason="再来一次")
    made.refresh_from_db()
    assert (standing(), made.revoked_why) == ([("OTHER", "乙公司")], "已离任")
    assert [row.action for row in Entry.objects.order_by("id")].count("ties.revoke") == 1


def test_what_cannot_be_declared():
    with pytest.raises(UserError):
        declare(kind="NAMESAKE")
    with pytest.raises(UserError):
        declare(until=ON - dt.timedelta(days=1))
    with pytest.raises(ValidationError):
        declare(other_name="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.create(
            association_id=ASSOCIATION,
            subject="p:1",
            kind="KINSHIP",
            declared_at=NOW,
            declared_by_id=ACTOR.id,
        )


def test_another_association_and_another_party_have_no_part():
    made = declare()
    assert standing(association=OTHER) == []
    for other in ({"association_id": OTHER}, {"subject": "p:2"}):
        with pytest.raises(NotFound):
            revoke(made, **other)
    with pytest.raises(ValidationError):
        revoke(made, reason="")


def test_declarations_go_with_a_merge_and_come_back():
    declare(subject="p:9")
    moved = operations.carry_over(association_id=ASSOCIATION, old="p:9", new="p:1")
    assert standing() == [("KINSHIP", "甲公司")]
    operations.give_back(association_id=ASSOCIATION, declarations=moved, to="p:9")
    assert standing() == []


def keep(pairs):
    return operations.keep_exclusions(
        association_id=ASSOCIATION, purpose="t:1", pairs=pairs, actor=ACTOR, now=NOW
    )


def test_exclusions_are_kept_with_reasons_and_logged_when_they_change():
    until = dt.date(2027, 2, 28)
    pairs = {
        ("p:1", "f:1"): [Tie(Kind.EMPLOYMENT, Level.EXCLUDE, "甲公司", until), Tie(Kind.PAID, Level.SHOW)],
        ("p:2", "f:1"): [Tie(Kind.NAMESAKE, Level.SHOW, "研究")],
    }
    assert keep(pairs) == [("p:1", "f:1")]
    assert queries.exclusions(ASSOCIATION, "t:1") == [("p:1", "f:1", "同一单位：甲公司（到 2027-02-28）")]
    assert queries.exclusions(OTHER, "t:1") == []
    keep(pairs)
    keep({})
    details = list(
        Entry.objects.filter(action="ties.exclude").order_by("id").values_list("detail", flat=True)
    )
    assert [one["added"] for one in details] == [[["p:1", "f:1"]], []]
    assert [one["dropped"] for one in details] == [[], [["p:1", "f:1"]]]
    assert not Exclusion.objects.exists()
