from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from kexie.foundation.access import clients, throttle
from kexie.foundation.access.callers import ApiScope
from kexie.foundation.access.models import ApiClient
from tests.foundation.conftest import NOW, City, build_city

__all__ = ["NOW", "City"]


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    """Nobody is remembered or throttled from one test to the next."""
    yield
    clients.forget()
    throttle.forget()


@pytest.fixture
def city(db: None) -> City:
    return build_city()


@pytest.fixture
def make_client(city: City) -> Callable[..., tuple[ApiClient, str]]:
    def make(*scopes: str, unit=None, **options) -> tuple[ApiClient, str]:
        given = {"name": f"测试 {ApiClient.objects.count()}", "now": NOW, "actor": None, **options}
        return clients.create(
            association=city.association,
            unit=unit or city.association,
            scopes=scopes or tuple(ApiScope),
            **given,
        )

    return make


class Caller:
    """Asks the API with a token."""

    def __init__(self, token: str = "", **headers: str) -> None:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(headers={**given, **headers})

    def get(self, path: str, **data: object):
        return self.client.get(f"/api/v1/{path}", data)

    def post(self, path: str, body: object = None, **options):
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json", **options)

    def delete(self, path: str):
        return self.client.delete(f"/api/v1/{path}")
