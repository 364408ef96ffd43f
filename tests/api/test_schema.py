"""The API keeps to its own schema, whatever it is sent."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kexie.config.wsgi import application
from kexie.contexts.museums.models import Museum
from kexie.foundation.access import throttle
from kexie.platform.capacity.operations import devices

# What is sent is also wrong on purpose, and most of it finds nothing: only the answers' form is looked at.
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def tokens(city, make_client) -> Iterator[tuple[str, str]]:
    """A client that may everything, and a gate; WSGI requests share the test's connection, as Django's client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    client, token = make_client()
    venue = Museum.objects.create(
        association=city.association, unit=city.museum, area=city.museum.area, name="科技馆", level="CITY"
    )
    _device, code = devices.add(
        association_id=venue.association_id,
        venue_id=venue.unit_id,
        name="闸机",
        actor=client,
        now=timezone.now(),
    )
    yield token, devices.pair(code=code, now=timezone.now()).token
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_in_the_schema(tokens: tuple[str, str], case: Case) -> None:
    throttle.forget()
    token = tokens["/gates/" in case.operation.path and "/museums/" not in case.operation.path]
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
