"""Taking in what crews wrote down, settling what two phones say differently, and making drafts of a whole day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    Caravan,
    CaravanStop,
    CaravanTrip,
    CrewMember,
    FieldLog,
    FieldNote,
    FieldPhone,
    Site,
    TripCost,
    TripIncident,
)
from kexie.contexts.touring.operations import crews, trips
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.queries import fleet as fleet_queries
from kexie.contexts.touring.rules import field as rules
from kexie.contexts.touring.rules import fleet as fleet_rules
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import Method, State, Tenant

MOST_PEOPLE = 1_000_000
MOST_KM = 10_000_000
FUTURE = dt.timedelta(days=1)
Kind = FieldNote.Kind
Row = TypeVar("Row", bound=Tenant)


class FieldRefused(UserError):
    """The note cannot be read, or the log cannot be treated like this now."""


def receive(
    *, phone: FieldPhone, notes: Sequence[Any], is_last: bool, now: dt.datetime, scope: Scope
) -> tuple[list[str], dict[str, str]]:
    """Keep each note once, whatever is repeated or comes late. Return the ids kept, and why others were not.

    When the phone has nothing more to send (`is_last`), days that are whole become drafts.
    """
    kept, refused, logs = [], {}, set()
    for raw in notes:
        name = str(raw.get("id", "")) if isinstance(raw, dict) else ""
        try:
            logs.add(_keep(raw, phone, now, scope))
        except (FieldRefused, ValidationError, KeyError, TypeError, ValueError, InvalidOperation) as error:
            refused[name] = (
                str(error) if isinstance(error, UserError) else _("这条记录读不懂，请改正后再传。")
            )
        else:
            kept.append(name)
    FieldPhone.objects.filter(pk=phone.pk).update(seen_at=now)
    for log_id in sorted(logs) if is_last else ():
        draft(log_id=log_id, actor=phone.account, now=now, scope=scope)
    return kept, refused


@transaction.atomic
def draft(*, log_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FieldLog:
    """Make drafts of a whole day, once; what stands against it is written at the log and nothing is made."""
    log = locked(FieldLog, log_id, scope, unit="caravan__unit")
    day = rules.fold(log.notes.filter(set_aside_at=None))
    if log.drafted_at is not None or day.conflicts or day.start is None or day.end is None:
        return log
    try:
        with transaction.atomic():
            log.trip, log.words = _drafts(
                log, day, day.start, day.end, {"actor": actor, "now": now, "scope": scope}
            )
            log.drafted_at = now
    except (UserError, ValidationError) as error:
        log.trip, log.drafted_at, log.words = None, None, _words(error)
    log.save(update_fields=["trip", "drafted_at", "words"])
    note(log, "draft_field_log", actor=actor, now=now, done=log.drafted_at is not None)
    return log


@transaction.atomic
def settle(*, log_id: UUID, keep: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FieldLog:
    """Say which phone is right on a matter: the others' notes on it are set aside, kept to be seen."""
    log = locked(FieldLog, log_id, scope, unit="caravan__unit")
    for conflict in rules.fold(log.notes.filter(set_aside_at=None)).conflicts:
        if keep in {one.id for one in conflict.options}:
            others = [one.id for one in conflict.notes if one.id != keep]
            log.notes.filter(pk__in=others).update(set_aside_by=actor, set_aside_at=now)
            note(log, "settle_field_log", actor=actor, now=now, what=conflict.what, kept=str(keep))
            if log.trip is not None:
                kept = next(one for one in conflict.options if one.id == keep)
                _put_right(log.trip, conflict, kept, {"actor": actor, "now": now, "scope": scope})
            return draft(log_id=log_id, actor=actor, now=now, scope=scope)
    raise FieldRefused(_("这一项已由别人核定，请刷新后再看。"))


@transaction.atomic
def add_late(*, log_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FieldLog:
    """Carry into a day's drafts what came after they were made; what cannot be carried is written at the log.

    Nothing confirmed is changed, and nothing is taken out: a late taking back is put into words for a person.
    """
    log = locked(FieldLog, log_id, scope, unit="caravan__unit")
    day = rules.fold(log.notes.filter(set_aside_at=None))
    if log.trip is None or log.drafted_at is None or day.conflicts:
        raise FieldRefused(_("先核定两台手机的不同、生成草稿，再补入迟到的记录。"))
    by = {"actor": actor, "now": now, "scope": scope}
    late = list(log.notes.filter(received_at__gt=log.drafted_at, set_aside_at=None))
    if not late:
        raise FieldRefused(_("迟到的记录已由别人补入，请刷新后再看。"))
    told: list[str] = []
    for one, record in _paired(day.stops, log.trip):
        _tried(told, one.spot, _late_stop(log.trip, one, record, by))
    _late_others(log.trip, day, late, told, by)
    log.words = "\n".join([*log.words.splitlines(), *told])
    log.drafted_at = max(one.received_at for one in late)
    log.save(update_fields=["words", "drafted_at"])
    note(log, "add_late_field_notes", actor=actor, now=now, notes=len(late))
    return log


def _paired(stops: Sequence[rules.Stop], trip: CaravanTrip) -> list[tuple[rules.Stop, CaravanStop | None]]:
    """Match what was noted with what was drafted: by the place's name, the first with the first."""
    known: dict[str, list[CaravanStop]] = defaultdict(list)
    for record in CaravanStop.objects.filter(trip=trip).order_by("recorded_at", "pk"):
        known[rules.plain(record.spot)].append(record)
    for same in known.values():
        # What was reversed by mistake of the crew stays reversed; it is matched only where nothing else stands.
        same.sort(key=lambda record: record.state == State.REVERSED)
    found = []
    for one in stops:
        same = known[rules.plain(one.spot)]
        found.append((one, same.pop(0) if same else None))
    return found


def _late_stop(
    trip: CaravanTrip, one: rules.Stop, record: CaravanStop | None, by: dict[str, Any]
) -> Callable[[], Any]:
    if record is None:
        return _stop_maker(trip, one, by)

    def count() -> None:
        if one.count is None or (record.headcount, record.method) == (one.count, one.method):
            return
        if record.state != State.DRAFT:
            said = {"said": one.count, "stands": record.headcount if record.headcount is not None else "—"}
            raise FieldRefused(_("记下%(said)s人次，已确认的是%(stands)s，请在台账更正") % said)
        record.headcount, record.method, record.audience = one.count, one.method, one.audience
        ledger.edit_draft(record=record, **by)

    return count


def _late_others(
    trip: CaravanTrip, day: rules.Day, late: Sequence[FieldNote], told: list[str], by: dict[str, Any]
) -> None:
    standing = {one.id for one in day.others}
    for one in late:
        label = str(Kind(one.kind).label)
        if one.kind == Kind.UNDO:
            told.append(_("迟到的撤回没有改动草稿，请在台账核对。"))
        elif one.id in standing and one.kind == Kind.NOTE:
            told.append(f"{label}：{one.data['text']}")
        elif one.id in standing:
            _tried(told, label, _other_maker(trip, one, by))


def _put_right(trip: CaravanTrip, conflict: rules.Conflict, kept: rules.Note, by: dict[str, Any]) -> None:
    """Make the draft say what was settled; a confirmed record is corrected by whoever confirms, not here."""
    stops = CaravanStop.objects.filter(trip=trip, spot=conflict.spot).exclude(state=State.REVERSED)
    record = stops.order_by("recorded_at").first() if conflict.what == Kind.COUNT else trip
    if record is None:
        raise FieldRefused(_("草稿里没有这一场，请先在台账补上再核定。"))
    wanted = _said(conflict.what, kept.data)
    if all(getattr(record, name) == value for name, value in wanted.items()):
        return
    if record.state != State.DRAFT:
        raise FieldRefused(_("记录已确认，与选定的不同。请先在台账更正，再来核定。"))
    for name, value in wanted.items():
        setattr(record, name, value)
    ledger.edit_draft(record=record, **by)


def _said(what: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if what == Kind.COUNT:
        return {"headcount": data["count"], "method": data["method"]}
    return {"odometer_out" if what == Kind.START else "odometer_in": data.get("km")}


@transaction.atomic
def _keep(raw: Any, phone: FieldPhone, now: dt.datetime, scope: Scope) -> UUID:
    at = dt.datetime.fromisoformat(raw["at"])
    on = dt.date.fromisoformat(raw["on"])
    if at.tzinfo is None or at > now + FUTURE:
        raise FieldRefused(_("手机时间不对，请校准后再传。"))
    van = Caravan.objects.filter(scope.q(), pk=raw["caravan"]).first()
    if van is None:
        raise FieldRefused(_("没有找到这辆车，或您无权登记。"))
    data = _CHECKS[Kind(raw["kind"])](raw["data"])
    log, _made = FieldLog.objects.get_or_create(association_id=van.association_id, caravan=van, on=on)
    made = FieldNote(
        id=UUID(raw["id"]), association_id=van.association_id, log=log, phone=phone, kind=raw["kind"],
        at=at, data=data, received_at=now,
    )  # fmt: skip
    FieldNote.objects.bulk_create([made], ignore_conflicts=True)
    return log.pk


def _drafts(
    log: FieldLog, day: rules.Day, start: rules.Note, end: rules.Note, by: dict[str, Any]
) -> tuple[CaravanTrip, str]:
    """Make the trip with all that belongs to it; return it with what could not be carried over."""
    told: list[str] = []
    trip = _trip(log, start, end, told, by)
    for one in day.stops:
        _tried(told, one.spot, _stop_maker(trip, one, by))
    for other in day.others:
        if other.kind != Kind.NOTE:
            _tried(told, str(Kind(other.kind).label), _other_maker(trip, other, by))
    driver = start.data.get("driver")
    for since, until in day.driven() if driver else ():
        said = f"{timezone.localtime(since):%H:%M}–{timezone.localtime(until):%H:%M}"
        _tried(told, said, lambda since=since, until=until: crews.drive(  # type: ignore[misc]  # bound per turn
            member_id=UUID(driver), caravan_id=log.caravan_id, started_at=since, ended_at=until, **by
        ))  # fmt: skip
    return trip, "\n".join(told)


def _trip(
    log: FieldLog, start: rules.Note, end: rules.Note, told: list[str], by: dict[str, Any]
) -> CaravanTrip:
    van, first, last = log.caravan, timezone.localtime(start.at), timezone.localtime(end.at)
    out, back = start.data.get("km"), end.data.get("km")
    points = fleet_queries.odometer_points(van)
    doubts = fleet_rules.doubts(points, log.on, out) if out is not None else []
    if out is not None and back is not None:
        doubts += fleet_rules.doubts([(log.on, out)], last.date(), back)
    said = [
        one.data["text"]
        for one in rules.fold(log.notes.filter(set_aside_at=None)).others
        if one.kind == Kind.NOTE
    ]
    if doubts:
        values = {
            "out": out,
            "in": back,
            "why": "；".join(doubts),
            "word": end.data.get("word") or start.data.get("word") or "—",
        }
        told.append(_("里程表存疑，没有计入：%(out)s → %(in)s（%(why)s；队员说明：%(word)s）") % values)
        said.append(told[-1])
        out = back = None
    member = _found(CrewMember, start.data.get("driver"), by)
    made = CaravanTrip(
        unit=van.unit, area=van.area or van.unit.area, caravan=van, occurred_on=first.date(), departs_at=first.time(),
        returned_on=last.date(), returns_at=last.time(), odometer_out=out, odometer_in=back,
        driver=member.name if member else "", note="\n".join(said),
    )  # fmt: skip
    return ledger.draft(record=made, **by)


def _found(model: type[Row], pk: str | None, by: dict[str, Any]) -> Row | None:
    return model._default_manager.filter(by["scope"].q(), pk=pk).first() if pk else None


def _stop_maker(trip: CaravanTrip, one: rules.Stop, by: dict[str, Any]) -> Callable[[], Any]:
    site = _found(Site, one.site, by)
    minutes = round((one.left - one.arrived).total_seconds() / 60) if one.left and one.arrived else None
    on = timezone.localtime(one.arrived).date() if one.arrived else trip.occurred_on
    area = site.area if site and site.area else trip.area
    made = CaravanStop(
        unit=trip.unit, area=area, trip=trip, occurred_on=on, spot=one.spot, audience=one.audience,
        headcount=one.count, method=one.method, minutes=minutes,
    )  # fmt: skip
    return lambda: ledger.draft(record=made, **by)


def _other_maker(trip: CaravanTrip, one: rules.Note, by: dict[str, Any]) -> Callable[[], Any]:
    on, kind = timezone.localtime(one.at).date(), one.data["kind"]
    if one.kind == Kind.COST:
        yuan = Decimal(one.data["yuan"])
        return lambda: trips.add_cost(trip_id=trip.pk, kind=kind, on=on, yuan=yuan, text="", **by)
    return lambda: trips.report_incident(trip_id=trip.pk, kind=kind, on=on, text=one.data["text"], **by)


def _tried(told: list[str], what: str, make: Callable[[], Any]) -> None:
    """Make one thing; what is refused is written down for a person instead of stopping the rest."""
    try:
        with transaction.atomic():
            make()
    except (UserError, ValidationError) as error:
        told.append(f"{what}：{_words(error)}")


def _words(error: UserError | ValidationError) -> str:
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    said = (getattr(error, "fields", None) or {"": error}).values()
    return "；".join(str(one).rstrip("。") for one in said)


def _km(data: Any) -> dict[str, Any]:
    km = data.get("km")
    return {"km": None if km is None else _whole(km, MOST_KM), "word": str(data.get("word", ""))[:200]}


def _start(data: Any) -> dict[str, Any]:
    driver = str(data.get("driver") or "")
    return {**_km(data), "driver": str(UUID(driver)) if driver else ""}


def _arrive(data: Any) -> dict[str, Any]:
    site, spot = str(data.get("site") or ""), str(data["spot"]).strip()[:120]
    if not spot:
        raise FieldRefused(_("请填写活动地点。"))
    return {"stop": str(data["stop"])[:40], "spot": spot, "site": str(UUID(site)) if site else ""}


def _count(data: Any) -> dict[str, Any]:
    found = {"stop": str(data["stop"])[:40], "count": _whole(data["count"], MOST_PEOPLE)}
    audience = CaravanStop.Audience(data["audience"]).value
    return {**found, "method": Method(data["method"]).value, "audience": audience}


def _cost(data: Any) -> dict[str, Any]:
    return {
        "kind": TripCost.Kind(data["kind"]).value,
        "yuan": str(Decimal(str(data["yuan"])).quantize(Decimal("0.01"))),
    }


def _incident(data: Any) -> dict[str, Any]:
    return {"kind": TripIncident.Kind(data["kind"]).value, "text": str(data["text"])[:500]}


def _whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise FieldRefused(_("数字要是0到%(most)s的整数，请改正后再传。") % {"most": f"{most:,}"})
    return value


_CHECKS: dict[str, Callable[[Any], dict[str, Any]]] = {
    Kind.START: _start, Kind.END: _km, Kind.ARRIVE: _arrive, Kind.COUNT: _count,
    Kind.LEAVE: lambda data: {"stop": str(data["stop"])[:40]},
    Kind.NOTE: lambda data: {"text": str(data["text"])[:500]},
    Kind.INCIDENT: _incident, Kind.COST: _cost,
    Kind.UNDO: lambda data: {"of": str(UUID(data["of"]))},
}  # fmt: skip
