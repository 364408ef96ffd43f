"""The museum of the tests of its desk: built once for a module, every test goes back to that."""

import copy
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction

from tests.museums.house import House, house


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[House]:
    """Build it in a transaction that is rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield house()
        transaction.set_rollback(True)


@pytest.fixture
def here(built: House, db: None) -> House:
    """The museum, with a memory of accounts that ends with the test, as their rows do."""
    world = copy.copy(built.world)
    world._accounts = dict(world._accounts)
    return replace(built, world=world)
