"""What an endpoint is told, made from events."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q

from kexie.foundation.units.models import Unit
from kexie.foundation.webhooks import rules
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.kernel.ids import uuid7
from kexie.platform.outbox.models import Event

PING = "ping"


def write(events: Sequence[Event], now: dt.datetime) -> None:
    """Write down what each endpoint is to be told: a handler of the outbox."""
    by_association: dict[UUID, list[Endpoint]] = defaultdict(list)
    for endpoint in _listening({event.association_id for event in events}):
        by_association[endpoint.association_id].append(endpoint)
    if not by_association:
        return
    paths = _paths(events)
    Delivery.objects.bulk_create(
        (
            _delivery(endpoint, event.pk, event.kind, _body(event), now)
            for event in events
            for endpoint in by_association[event.association_id]
            if _concerns(endpoint, event, paths)
        ),
        ignore_conflicts=True,
    )


def ping(endpoint: Endpoint, *, now: dt.datetime) -> Delivery:
    """Return a test message."""
    event = Event(
        id=uuid7(),
        association_id=endpoint.association_id,
        kind=PING,
        subject_id=endpoint.pk,
        payload={},
        at=now,
    )
    return _delivery(endpoint, event.pk, PING, _body(event), now)


def _listening(associations: set[UUID]) -> Iterator[Endpoint]:
    """Endpoints that are told of what happens: paused ones too, for when they are resumed."""
    found = Endpoint.objects.filter(association_id__in=associations).exclude(state=Endpoint.State.REVOKED)
    yield from found.filter(Q(client=None) | Q(client__revoked_at=None)).select_related("unit")


def _paths(events: Sequence[Event]) -> dict[str, str]:
    """The path of each unit at which something happened, by its id as the payload has it."""
    venues = {str(event.payload.get("venue", "")) for event in events} - {""}
    found = Unit.objects.filter(pk__in=venues).values_list("pk", "path")
    return {str(pk): path for pk, path in found}


def _concerns(endpoint: Endpoint, event: Event, paths: dict[str, str]) -> bool:
    """Whether an endpoint asked for this kind, and the event is one of its unit or below."""
    if event.kind not in endpoint.kinds:
        return False
    if endpoint.unit.is_association:
        return True
    return paths.get(str(event.payload.get("venue", "")), "").startswith(endpoint.unit.path)


def _delivery(endpoint: Endpoint, event_id: UUID, kind: str, body: str, now: dt.datetime) -> Delivery:
    return Delivery(
        association_id=endpoint.association_id,
        endpoint=endpoint,
        event_id=event_id,
        kind=kind,
        body=body,
        created_at=now,
        expires_at=now + rules.LASTS,
        next_try_at=now,
    )


def _body(event: Event) -> str:
    content = {
        "id": str(event.pk),
        "kind": event.kind,
        "at": event.at.isoformat(),
        "association": str(event.association_id),
        "subject": str(event.subject_id),
        "payload": event.payload,
    }
    return json.dumps(content, ensure_ascii=False)
