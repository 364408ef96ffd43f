"""Every address of the site, asked by four people, and a visitor's own by two visitors: see tests/architecture/access_rows."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from kexie.foundation.visitors import tokens
from kexie.foundation.visitors.web import cookie
from tests.architecture import access_rows
from tests.architecture.access_rows import MY_SIGN_IN, SIGN_IN, Answer, Row, World


def rows() -> list[Row]:
    """The rows of every area."""
    modules = [
        importlib.import_module(f"{access_rows.__name__}.{module.name}")
        for module in pkgutil.iter_modules(access_rows.__path__)
    ]
    return [row for module in modules for row in module.ROWS]


def addresses(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[str]:
    """The name of every address; its route, with a slash before it, where it has none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else f"/{here}"
        else:
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inside, here)


ROWS = rows()
PEOPLE = ("anonymous", "wrong_unit", "wrong_role", "right", "visitor", "other_visitor")


def test_every_address_is_in_some_row():
    assert sorted(set(addresses()) - {row.name for row in ROWS}) == []


def test_every_row_is_of_an_address_and_none_is_twice():
    known = set(addresses())
    assert [row.name for row in ROWS if row.name not in known] == []
    assert [row for row, count in Counter(map(repr, ROWS)).items() if count > 1] == []


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.method}")
def test_who_gets_what(tmp_path, settings, row: Row):
    settings.KEXIE_HOME = tmp_path
    world = World()
    kwargs = row.kwargs(world)
    address = row.name if row.name.startswith("/") else reverse(row.name, kwargs=kwargs)
    expected = {person: getattr(row, person) for person in PEOPLE if getattr(row, person) is not None}
    answers = {person: ask(world, row, person, address) for person in expected}
    assert answers == expected


def ask(world: World, row: Row, person: str, address: str) -> Answer:
    """Ask as one of them: the status, or that one is sent to sign in."""
    client = Client()
    who = {
        "right": (row.role, row.unit),
        "wrong_unit": (row.role, row.elsewhere),
        "wrong_role": (row.other_role, "association"),
    }.get(person)
    if who:
        client.force_login(world.account(who[0], getattr(world, who[1])))
    if person in {"visitor", "other_visitor"}:
        client.cookies[cookie.NAME] = tokens.issue(getattr(world, person), now=timezone.now())
    response = getattr(client, row.method)(f"{address}{row.query}", dict(row.data(world)))
    b"".join(response.streaming_content if response.streaming else ())
    onward = response.headers.get("Location", "")
    if onward.startswith("/my/sign-in/?next="):
        return MY_SIGN_IN
    return SIGN_IN if onward.startswith("/sign-in/?next=") else response.status_code
