"""A small world with lectures, and templates made of paragraphs."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from kexie.foundation.access import demo, operations
from kexie.kernel.periods import Period
from kexie.platform.papers import pdf
from kexie.reporting.writing import operations as writing
from kexie.reporting.writing.demo import word
from tests.ledger import build

NOW = build.NOW


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    """Files are kept apart, and no LibreOffice is started unless a test asks."""
    settings.KEXIE_HOME = tmp_path
    monkeypatch.setattr(pdf, "office", lambda: None)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


@pytest.fixture
def staff(world, client):
    operations.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    client.force_login(world.account)
    return client


@pytest.fixture
def lecture(world):
    """Confirm lectures: `lecture(3)`, in a year of choice."""

    def confirmed(count=1, day=dt.date(2024, 5, 1), **values):
        given = {
            "kind": "LECTURE",
            "title": "科普讲座",
            "mode": "ONSITE",
            "unit": world.association,
            **values,
        }
        return [world.confirmed(day, **given) for _number in range(count)]

    return confirmed


@pytest.fixture
def template(world, by):
    def added(*lines, name="总结", kind="REPORT", **options):
        file = ContentFile(word(("总结", *lines)), name="template.docx")
        return writing.add_template(
            file=file, name=name, kind=kind, unit=world.association, **{**by, **options}
        )

    return added


@pytest.fixture
def made(by):
    """Make a document to the end: `made(template)`."""

    def through(one, period=None, **options):
        given = {
            "title": "工作总结",
            "period": period or Period.year(2024),
            "words": {},
            "form": {},
            **options,
        }
        document = writing.begin(template=one, **given, **by)
        while writing.advance(document_id=document.pk, now=NOW):
            pass
        document.refresh_from_db()
        return document

    return through
