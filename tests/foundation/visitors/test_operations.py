"""Companions, the consent for children, and an account's end."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction

from kexie.foundation.visitors import (
    consent,
    details,
    exporting,
    hooks,
    operations,
    queries,
    retention,
    rules,
)
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor
from kexie.kernel.errors import NotFound
from kexie.platform.audit.models import Entry
from kexie.platform.notify import operations as notify
from kexie.platform.notify.models import Notice
from kexie.platform.notify.recipients import Recipient
from tests.foundation.conftest import NOW
from tests.foundation.visitors.conftest import ADULT, CHILD, PHONE, add, answer, ask

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def refused(error: type[operations.UserError], visitor: Visitor, **given) -> dict[str, str]:
    with pytest.raises(error) as caught:
        add(visitor, **given)
    return {name: str(text) for name, text in caught.value.fields.items()} or {"": str(caught.value)}


def child(visitor: Visitor, **given) -> Companion:
    return add(visitor, **{"name": "李小花", "number": CHILD, "relation": "PARENT", **given})


def test_the_visitor_stands_first_and_nothing_personal_is_in_clear(
    visitor, django_assert_num_queries
) -> None:
    child(visitor)
    add(visitor, is_self=True)
    with django_assert_num_queries(1):
        found = queries.companions(visitor)
        shown = [
            (one.masked_name, one.masked_number[:4], one.person.is_child_on(NOW.date())) for one in found
        ]
    assert shown == [("张*三", ADULT[:4], False), ("李*花", CHILD[:4], True)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row_to_json(c)::text, '') FROM visitors_companion c")
        (rows,) = cursor.fetchone()
    assert [word for word in ("张小三", "李小花", ADULT, CHILD, "2018", PHONE) if word in rows] == []


def test_a_child_needs_a_guardians_consent_which_is_kept_with_its_time(visitor) -> None:
    asked = {"relation": "请选择您与孩子的关系，并表示同意。"}
    assert refused(operations.ConsentNeeded, visitor, number=CHILD) == asked
    assert refused(operations.ConsentNeeded, visitor, number=CHILD, relation="UNCLE") == asked
    kept = child(visitor)
    assert (kept.consented_at, kept.consent_relation, kept.consent_version) == (
        NOW,
        "PARENT",
        consent.VERSION,
    )
    assert str(consent.wording(kept.consent_version)).startswith("我是这个孩子的监护人")


def test_nobody_else_gives_a_consent(visitor) -> None:
    assert add(visitor, relation="PARENT").consented_at is None


def test_a_child_does_not_sign_in_for_itself(visitor) -> None:
    said = refused(operations.CompanionRefused, visitor, number=CHILD, is_self=True, relation="PARENT")
    assert said == {"document": "未满14周岁请由监护人登录，把孩子添加为同行人。"}


def test_a_child_without_document(visitor) -> None:
    kept = child(visitor, document="NONE", number="", birth_date=dt.date(2020, 2, 29))
    assert (kept.person.document_label, kept.masked_number) == ("无证件（未满14周岁）", "")


def test_nobody_is_kept_twice(visitor) -> None:
    add(visitor, is_self=True)
    assert refused(operations.CompanionRefused, visitor, name="张三丰") == {
        "number": "此人已在您的同行人中。"
    }
    other = {"document": "PASSPORT", "number": "E12345678", "birth_date": dt.date(1990, 1, 1)}
    assert refused(operations.CompanionRefused, visitor, is_self=True, **other) == {
        "": "您已添加过本人，请修改原有的。"
    }


def test_another_visitor_may_keep_the_same_person(visitor, demo_city) -> None:
    other = operations.ensure(association=demo_city.association, phone="13900139000", now=NOW)
    assert add(visitor).digest == add(other).digest
    with pytest.raises(NotFound):
        queries.companion(other, queries.companions(visitor)[0].pk)


def test_no_more_than_the_limit(visitor, monkeypatch) -> None:
    monkeypatch.setattr(rules, "COMPANIONS", 1)
    add(visitor)
    assert refused(operations.CompanionRefused, visitor, number=CHILD, relation="PARENT") == {
        "": "最多保存1名同行人，请先移除不常来的。"
    }


def test_what_is_left_empty_stays_when_details_change(visitor) -> None:
    kept = add(visitor)
    changed = operations.edit_companion(companion=kept, name="张晓三", now=NOW)
    assert changed.person == details.Person(
        name="张晓三", document="RESIDENT_ID", number=ADULT, birth_date=dt.date(1990, 5, 6)
    )
    with pytest.raises(details.DetailsRefused) as caught:
        operations.edit_companion(
            companion=kept, document="PASSPORT", birth_date=dt.date(1990, 5, 6), now=NOW
        )
    assert caught.value.fields == {"number": "请填写证件号码。"}
    passport = {"document": "PASSPORT", "number": "e1234 5678"}
    moved = operations.edit_companion(companion=kept, birth_date=dt.date(1990, 5, 6), now=NOW, **passport)
    assert (moved.person.number, moved.person.birth_date) == ("E12345678", dt.date(1990, 5, 6))
    assert queries.companion(visitor, kept.pk).person == moved.person


def test_a_change_that_makes_a_child_of_somebody_needs_consent(visitor) -> None:
    kept = add(visitor)
    with pytest.raises(operations.ConsentNeeded):
        operations.edit_companion(companion=kept, number=CHILD, now=NOW)
    assert queries.companion(visitor, kept.pk).person.number == ADULT


def test_a_removed_companion_can_be_put_back_for_half_an_hour_then_is_erased(visitor) -> None:
    kept = add(visitor)
    operations.remove_companion(companion=kept, now=NOW)
    assert (queries.companions(visitor), queries.just_removed(visitor, now=NOW)) == ([], kept)
    soon, late = NOW + 29 * MINUTE, NOW + 31 * MINUTE
    operations.restore_companion(visitor=visitor, companion_id=kept.pk, now=soon)
    assert queries.companions(visitor) == [kept]
    operations.remove_companion(companion=kept, now=NOW)
    with pytest.raises(NotFound):
        operations.restore_companion(visitor=visitor, companion_id=kept.pk, now=late)
    assert (retention.purge(now=soon)["companions"], retention.purge(now=late)["companions"]) == (0, 1)


def test_who_was_added_again_is_not_put_back_beside_themselves(visitor) -> None:
    kept = add(visitor)
    operations.remove_companion(companion=kept, now=NOW)
    add(visitor)
    with pytest.raises(operations.CompanionRefused, match="此人已在您的同行人中"):
        operations.restore_companion(visitor=visitor, companion_id=kept.pk, now=NOW)


@pytest.fixture
def booked(monkeypatch) -> list[str]:
    """An app that holds accounts while this list has reasons, and notes what it forgets."""
    reasons: list[str] = []
    monkeypatch.setattr(hooks, "_hooks", {})
    hooks.register(
        "bookings",
        holds=lambda _visitor, _now: list(reasons),
        erase=lambda _visitor, _now: reasons.append("forgotten"),
        export=lambda _visitor: {"预约": [{"预约号": "k7m2"}]},
    )
    return reasons


def full_account(city) -> Visitor:
    visitor = answer(ask(city)).visitor
    child(visitor)
    notify.send(
        association_id=city.association.pk,
        to=Recipient(visitor_id=visitor.pk),
        template="appeal.decided",
        values={"museum": "阜阳市科技馆", "outcome": "恢复预约"},
        now=NOW,
    )
    return visitor


def test_a_deleted_account_says_nothing_of_anybody(demo_city, booked) -> None:
    visitor = full_account(demo_city)
    operations.erase(visitor=visitor, now=NOW)
    left = Visitor.objects.get()
    assert (left.phone, left.phone_digest, left.is_active, left.erased_at) == (None, "", False, NOW)
    own_notices = Notice.objects.filter(to="VISITOR").count()
    assert (Companion.objects.count(), OneTimeCode.objects.count(), own_notices) == (0, 0, 0)
    assert (booked, queries.phone_of(visitor.pk)) == (["forgotten"], "")
    with pytest.raises(NotFound):
        queries.get(visitor.pk)
    assert answer(ask(demo_city, now=NOW + MINUTE), now=NOW + MINUTE).visitor != visitor
    assert [entry.detail for entry in Entry.objects.filter(action="visitors.erase")] == [{}]


def test_an_account_with_something_ahead_is_not_deleted(demo_city, booked) -> None:
    visitor = full_account(demo_city)
    booked.append("您还有3月7日的预约，请先取消。")
    with pytest.raises(operations.StillNeeded) as caught:
        operations.erase(visitor=visitor, now=NOW)
    assert caught.value.reasons == ["您还有3月7日的预约，请先取消。"]
    assert queries.get(visitor.pk).masked_phone == "138****8000"


def test_a_copy_of_ones_data_is_complete_and_in_clear(demo_city, booked) -> None:
    copy = json.loads(exporting.own_data(visitor=full_account(demo_city), now=NOW))
    (kept,) = copy["同行人"]
    assert copy["手机号码"] == PHONE
    assert (kept["姓名"], kept["证件号码"], kept["出生日期"]) == ("李小花", CHILD, "2018-05-06")
    assert kept["监护人同意"]["与孩子的关系"] == "父亲或母亲"
    assert (copy["通知"][0]["内容"], copy["预约"]) == (
        "您对阜阳市科技馆暂停预约的申诉已有结果：恢复预约。",
        [{"预约号": "k7m2"}],
    )
    assert Entry.objects.filter(action="visitors.export").count() == 1


def test_codes_are_kept_a_day_and_unused_accounts_two_years(demo_city, booked) -> None:
    visitor = answer(ask(demo_city)).visitor
    day, years = dt.timedelta(days=1, seconds=1), dt.timedelta(days=731)
    assert retention.purge(now=NOW + day) == {"codes": 1, "companions": 0, "visitors": 0}
    booked.append("您还有预约。")
    assert retention.purge(now=NOW + years)["visitors"] == 0
    booked.clear()
    assert retention.purge(now=NOW + years)["visitors"] == 1
    assert Visitor.objects.get(pk=visitor.pk).erased_at == NOW + years


@pytest.mark.parametrize(
    "change", [{"phone": None}, {"phone_digest": ""}, {"erased_at": NOW}, {"erased_at": NOW, "phone": None, "phone_digest": ""}]
)  # fmt: skip
def test_the_database_knows_no_visitor_half_erased(visitor, change) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Visitor.objects.filter(pk=visitor.pk).update(**change)
