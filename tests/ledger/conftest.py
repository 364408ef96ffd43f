from collections.abc import Iterator

import pytest

from kexie.ledger import registry, rollups
from tests.ledger import build


@pytest.fixture(autouse=True)
def _test_measures() -> Iterator[None]:
    """Declare the test measures for the length of a test."""
    build.register()
    rollups._delta_statement.cache_clear()
    yield
    for found in (registry.measures, registry.measures_of, rollups._delta_statement):
        found.cache_clear()


@pytest.fixture
def world(db: None) -> build.World:
    return build.world()
