"""How other apps take part when an account is deleted or its data are asked for, without being known here.

An app registers what it has when it is ready::

    hooks.register("museums", holds=unfinished_bookings, erase=forget_bookings, export=own_bookings)
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kexie.foundation.visitors.models import Visitor

# Why an account cannot be deleted now, each as a sentence that says what to do first; nothing if it can.
Holds = Callable[[Visitor, dt.datetime], Iterable[str]]
# Delete or make nameless everything that app keeps of the visitor; runs in the transaction of the deletion.
Erase = Callable[[Visitor, dt.datetime], None]
# What that app keeps of the visitor, as plain JSON values under Chinese names.
Export = Callable[[Visitor], Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class Hook:
    """What one app has to say; any part may be missing."""

    holds: Holds | None = None
    erase: Erase | None = None
    export: Export | None = None


_hooks: dict[str, Hook] = {}


def register(
    name: str, *, holds: Holds | None = None, erase: Erase | None = None, export: Export | None = None
) -> None:
    """Let an app take part; registering the same name again replaces it."""
    _hooks[name] = Hook(holds=holds, erase=erase, export=export)


def reasons_to_keep(visitor: Visitor, now: dt.datetime) -> list[str]:
    """Return why the account cannot be deleted now."""
    asked = [hook.holds for hook in _hooks.values() if hook.holds]
    return [str(reason) for holds in asked for reason in holds(visitor, now)]


def erase(visitor: Visitor, now: dt.datetime) -> None:
    """Have every app forget the visitor."""
    for hook in _hooks.values():
        if hook.erase:
            hook.erase(visitor, now)


def export(visitor: Visitor) -> dict[str, object]:
    """Return what the apps keep of the visitor."""
    found: dict[str, object] = {}
    for hook in _hooks.values():
        if hook.export:
            found.update(hook.export(visitor))
    return found
