"""Chips that narrow a list."""

from collections.abc import Iterable

from django.http import QueryDict

from kexie.kernel.errors import Text
from kexie.ui.nav import Link


def chips(params: QueryDict, name: str, choices: Iterable[tuple[str, Text]], chosen: str) -> list[Link]:
    """Return links that narrow a list by one parameter and keep the others."""
    found = []
    for value, label in choices:
        query = params.copy()
        query.pop("page", None)
        query[name] = value
        found.append(Link(label, f"?{query.urlencode()}", current=value == chosen))
    return found
