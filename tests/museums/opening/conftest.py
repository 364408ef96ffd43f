import pytest

from tests.ledger import build as ledger_build
from tests.museums.opening.build import Place


@pytest.fixture
def place(db):
    return Place(ledger_build.world())
