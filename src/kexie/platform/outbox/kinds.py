"""The catalogue of events, found in the `events` room of the installed apps as `EVENT_KINDS`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from kexie.kernel.errors import Text


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """One kind of event: when it is written, what its subject is, and what each name of its payload means."""

    key: str
    label: Text
    subject: Text
    payload: Mapping[str, Text] = field(default_factory=dict)


@cache
def kinds() -> dict[str, EventKind]:
    """Return all kinds by key, in the order of their declaration."""
    found: dict[str, EventKind] = {}
    for app in apps.get_app_configs():
        room = f"{app.name}.events"
        if app.name.startswith("kexie.") and find_spec(room):
            found |= {kind.key: kind for kind in getattr(import_module(room), "EVENT_KINDS", ())}
    return found
