"""Webhooks: the system administrator's pages, and the API's operations, which no session opens."""

from kexie.foundation.webhooks import messages, operations
from tests.architecture.access_rows import HIDDEN, INVALID, MOVED, Row, World
from tests.architecture.access_rows.access import AUDIT, SECURITY, SYSTEM, administrator
from tests.architecture.access_rows.api import operation


def endpoint(world: World):
    made = operations.create(
        association=world.association,
        unit=world.association,
        name="市民服务平台",
        url="https://example.com/events",
        kinds=["reservation.confirmed"],
        actor=None,
        now=world.now,
    )
    return {"endpoint_id": made.pk}


def delivery(world: World):
    kwargs = endpoint(world)
    made = operations.ping(
        endpoint=operations.Endpoint.objects.get(pk=kwargs["endpoint_id"]), actor=None, now=world.now
    )
    assert made.kind == messages.PING
    return {**kwargs, "delivery_id": made.pk}


def acting(verb: str):
    return lambda world: {**endpoint(world), "verb": verb}


def of_client(name: str, **options) -> Row:
    return operation(name, **options)


ROWS = (
    administrator("webhooks:endpoints", SYSTEM),
    administrator("webhooks:endpoints", SYSTEM, other_role=SECURITY),
    administrator("webhooks:create", SYSTEM, method="post", other_role=AUDIT, right=INVALID),
    administrator("webhooks:endpoint", SYSTEM, kwargs=endpoint, wrong_unit=HIDDEN),
    administrator(
        "webhooks:change", SYSTEM, method="post", kwargs=endpoint, wrong_unit=HIDDEN, right=INVALID
    ),
    administrator(
        "webhooks:act", SYSTEM, method="post", kwargs=acting("ping"), wrong_unit=HIDDEN, right=MOVED
    ),
    administrator(
        "webhooks:confirm", SYSTEM, method="post", kwargs=acting("revoke"), wrong_unit=HIDDEN, right=INVALID
    ),
    administrator("webhooks:delivery", SYSTEM, kwargs=delivery, wrong_unit=HIDDEN),
    administrator(
        "webhooks:redeliver", SYSTEM, method="post", kwargs=delivery, wrong_unit=HIDDEN, right=MOVED
    ),
    of_client("list_event_kinds"),
    of_client("list_endpoints"),
    of_client("create_endpoint", method="post"),
    of_client("show_endpoint", kwargs=endpoint),
    of_client("change_endpoint", method="put", kwargs=endpoint),
    of_client("revoke_endpoint", method="delete", kwargs=endpoint),
    of_client("ping_endpoint", method="post", kwargs=endpoint),
    of_client("resume_endpoint", method="post", kwargs=endpoint),
    of_client("list_deliveries", kwargs=endpoint),
    of_client("redeliver", method="post", kwargs=delivery),
)
