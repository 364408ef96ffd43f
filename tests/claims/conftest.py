"""The whole demonstration city, loaded once for the tests of checking texts."""

import datetime as dt
from pathlib import Path

import pytest

from kexie.foundation.access.models import Account
from kexie.reporting.claims.checking import check
from tests.demo import whole_city

ARTICLE = Path(__file__).parents[3] / "shared" / "article.txt"
FIGURES = ARTICLE.with_name("article-figures.csv")
SAMPLE = Path(__file__).parents[1] / "data" / "样例工作报告.txt"
AS_OF = dt.date(2025, 6, 30)
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="package")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), whole_city() as found:
        yield found


@pytest.fixture
def check_text(scope, db):
    def found(text, *, as_of=AS_OF, **options):
        return check(text, scope=scope, as_of=as_of, **options)

    return found


@pytest.fixture
def account(scope, db):
    return Account.objects.get(username="coordinator")


@pytest.fixture
def article():
    if not ARTICLE.exists():
        pytest.skip("the work report is not on this machine")
    return ARTICLE.read_text(encoding="utf-8")
