import pytest

from kexie.contexts.museums.queries import booking as queries
from tests.ledger import build as ledger_build
from tests.museums.desk.build import House


@pytest.fixture
def house(db, tmp_path, settings):
    settings.KEXIE_HOME = tmp_path
    queries.forget_slots()
    return House(ledger_build.world())
