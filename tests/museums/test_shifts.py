"""Volunteers' shifts: places, answers by a signed link, overlaps refused by the database, hours in the ledger."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from kexie.contexts.museums.models import Shift, SignUp, Volunteer, VolunteerDuty
from kexie.contexts.museums.operations import shifts
from kexie.contexts.museums.queries import shifts as queries
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from kexie.platform.audit.models import Entry
from tests.museums.house import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def volunteer(here, name="林知远", phone=""):
    unit = here.museum.unit
    made = Volunteer(association_id=unit.association_id, unit=unit, area=unit.area, name=name)
    return shifts.keep_volunteer(volunteer=made, phone=phone, **here.by)


def planned(here, *, days=3, hours=(9, 12), places=2, post="引导"):
    return shifts.plan(
        museum=here.museum, days=[timezone.localdate(NOW) + days * DAY], starts_at=dt.time(hours[0]),
        ends_at=dt.time(hours[1]), post=post, places=places, note="", **here.by,
    )[0]  # fmt: skip


def invited(here, shift, who):
    return shifts.invite(shift=shift, volunteer=who, **here.by)


def test_the_database_holds_places_and_overlaps(here):
    shift, other = planned(here), planned(here, hours=(11, 14))
    who = volunteer(here)
    invited(here, shift, who)
    with pytest.raises(shifts.NotPossible, match="已有另一个班次"):
        invited(here, other, who)
    other.refresh_from_db()
    assert other.taken == 0
    with pytest.raises(IntegrityError, match="museums_signup_no_overlap"), transaction.atomic():
        SignUp.objects.create(
            association_id=shift.association_id, shift=other, volunteer=who, invited_at=NOW,
            during=(other.begins, other.ends),
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="museums_shift_places"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(taken=3)


def test_one_volunteer_too_many_is_refused(here):
    shift = planned(here, places=1)
    invited(here, shift, volunteer(here))
    with pytest.raises(shifts.NotPossible, match="人数已满"):
        invited(here, shift, volunteer(here, "苏星野"))


def test_declining_frees_the_place_and_the_time(here):
    shift, who = planned(here, places=1), volunteer(here)
    place = invited(here, shift, who)
    assert shifts.decline(sign_up=place, reason="有课", now=NOW).state == "DECLINED"
    assert invited(here, shift, who).state == "INVITED"


def test_confirmed_then_changed_to_another_shift(here):
    shift, other = planned(here), planned(here, days=4)
    place = invited(here, shift, volunteer(here))
    shifts.confirm(sign_up=place, now=NOW)
    made = shifts.change(sign_up=place, to=other, now=NOW)
    place.refresh_from_db()
    assert (place.state, made.state, made.shift) == ("CANCELLED", "CONFIRMED", other)
    assert [Shift.objects.get(pk=one.pk).taken for one in (shift, other)] == [0, 1]


def test_nothing_changes_once_it_has_begun(here):
    shift = planned(here)
    place = invited(here, shift, volunteer(here))
    with pytest.raises(shifts.NotPossible):
        shifts.decline(sign_up=place, reason="", now=shift.begins)


def test_a_cancelled_shift_tells_everybody(here):
    shift = planned(here)
    place = invited(here, shift, volunteer(here, phone="14000000001"))
    with pytest.raises(UserError):
        shifts.cancel_shift(shift=shift, reason=" ", **here.by)
    assert shifts.cancel_shift(shift=shift, reason="停电", **here.by) == [place]
    place.refresh_from_db()
    assert (place.state, place.reason) == ("CANCELLED", "停电")


def test_hours_come_from_attendance(here):
    shift = planned(here)
    came, missed = (invited(here, shift, volunteer(here, name)) for name in ("林知远", "苏星野"))
    later = {**here.by, "now": shift.ends}
    with pytest.raises(shifts.NotPossible):
        shifts.record_attendance(shift=shift, hours={}, confirm=here.scope, **here.by)
    hours = {came.pk: Decimal("2.5"), missed.pk: None}
    assert shifts.record_attendance(shift=shift, hours=hours, confirm=here.scope, **later) == 1
    assert shifts.record_attendance(shift=shift, hours=hours, confirm=here.scope, **later) == 0
    period = Period.until(shift.on)
    assert figures.value(Cell("museums.volunteer_hours", period), here.scope) == Decimal("2.5")
    assert figures.value(Cell("museums.volunteers", period), here.scope) == 1
    assert VolunteerDuty.objects.get().state == "CONFIRMED"


def test_a_number_is_kept_encrypted_and_shown_with_a_reason(here):
    who = volunteer(here, phone="140 0000 0001")
    assert b"14000000001" not in bytes(who.phone)
    assert who.masked_phone == "140****0001"
    with pytest.raises(ValidationError):
        volunteer(here, "苏星野", phone="14000000001")
    with pytest.raises(UserError):
        shifts.reveal_phone(volunteer=who, reason=" ", **here.by)
    assert shifts.reveal_phone(volunteer=who, reason="排班", **here.by) == "14000000001"
    assert Entry.objects.filter(action="museums.reveal_volunteer", reason="排班").count() == 1


def test_a_made_up_link_opens_nothing(here):
    place = invited(here, planned(here), volunteer(here))
    path = shifts.path_of(place)
    token = path.rstrip("/").rpartition("/")[2]
    assert shifts.sign_up_id(token) == place.pk
    for wrong in (token[:-1], str(place.pk), "x"):
        with pytest.raises(NotFound):
            shifts.sign_up_id(wrong)


def test_a_volunteer_answers_by_the_link(here):
    unit, today = here.museum.unit, timezone.localdate()
    shift, other = (
        Shift.objects.create(
            association_id=unit.association_id, unit=unit, on=today + days * DAY, starts_at=dt.time(9),
            ends_at=dt.time(12), post="引导", places=1,
        )
        for days in (3, 4)
    )  # fmt: skip
    place = shifts.invite(
        shift=shift, volunteer=volunteer(here), actor=here.desk, now=timezone.now(), scope=here.scope
    )
    path, client = shifts.path_of(place), Client()
    assert "我能参加" in client.get(path).content.decode()
    place.refresh_from_db()
    assert place.state == "INVITED"
    assert client.post(path, {"act": "confirm"}).status_code == 302
    assert client.post(path, {"act": "confirm"}).status_code == 422
    moved = client.post(path, {"act": "change", "to": str(other.pk)})
    assert client.get(moved["Location"]).status_code == 200
    assert SignUp.objects.get(shift=other).state == "CONFIRMED"


def test_who_is_busy_is_not_offered(here):
    shift, other = planned(here), planned(here, hours=(11, 14))
    busy, free = volunteer(here), volunteer(here, "苏星野")
    invited(here, shift, busy)
    assert list(queries.available(other, here.scope)) == [free]


def test_hours_out_of_range_are_said_beside_the_field(here):
    unit, day = here.museum.unit, timezone.localdate() - DAY
    shift = Shift.objects.create(
        association_id=unit.association_id, unit=unit, on=day, starts_at=dt.time(9), ends_at=dt.time(12),
        post="引导", places=1, taken=1,
    )  # fmt: skip
    place = SignUp.objects.create(
        association_id=unit.association_id, shift=shift, volunteer=volunteer(here), invited_at=NOW,
        during=(shift.begins, shift.ends), state="CONFIRMED",
    )  # fmt: skip
    data = {"act": "attend", f"came-{place.pk}": "on", f"hours-{place.pk}": "30"}
    answer = here.client().post(f"{here.url}/shifts/{shift.pk}/", data)
    assert (answer.status_code, 'value="30"' in answer.content.decode()) == (422, True)
    assert (
        here.client().post(f"{here.url}/shifts/{shift.pk}/", {**data, f"hours-{place.pk}": "３"}).status_code
        == 302
    )
    assert VolunteerDuty.objects.get().hours == 3
