"""What was done to a unit or a person, in words, from the audit log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.people.models import Person
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.platform.audit import queries as audit
from kexie.platform.audit.models import Entry

SHOWN = 20
_TITLES: Mapping[str, Text] = {
    "units.create": gettext_lazy("登记"),
    "units.create_many": gettext_lazy("批量登记单位"),
    "units.edit": gettext_lazy("修改资料"),
    "units.rename": gettext_lazy("改名"),
    "units.move": gettext_lazy("调整上级"),
    "units.close": gettext_lazy("终止"),
    "units.reopen": gettext_lazy("恢复"),
    "people.create": gettext_lazy("登记"),
    "people.edit": gettext_lazy("修改资料"),
    "people.reveal": gettext_lazy("查看完整号码"),
    "people.find": gettext_lazy("按号码查到此人"),
    "places.create": gettext_lazy("登记"),
    "places.edit": gettext_lazy("修改资料"),
}
_ALARMING = {"units.close", "people.reveal"}


@dataclass(frozen=True)
class Event:
    """One thing that was done: its name, when, by whom, why, and what changed into what."""

    title: Text
    at: Any
    who: str
    reason: str
    changes: list[str]
    tone: str


def of_unit(scope: Scope, unit: Unit) -> list[Event]:
    """Return what was done to a unit, newest first."""
    entries = _entries(scope, unit)
    names = _names(entries)
    return [_event(entry, _unit_changes(entry, names)) for entry in entries]


def of_person(scope: Scope, person: Person) -> list[Event]:
    """Return what was done to a person's entry, newest first; fields are named, never their values."""
    return [_event(entry, _fields(entry)) for entry in _entries(scope, person)]


def of_place(scope: Scope, place: Place) -> list[Event]:
    """Return what was done to a place, newest first."""
    return [_event(entry, _differences(entry, "places.Place")) for entry in _entries(scope, place)]


def _entries(scope: Scope, row: Unit | Person | Place) -> list[Entry]:
    """Return the newest entries about a row, without those that only name it as the installation's tenant."""
    entries = audit.history(scope, row._meta.label_lower, row.pk)
    return list(entries.filter(action__in=_TITLES)[:SHOWN])


def _event(entry: Entry, changes: list[str]) -> Event:
    return Event(
        title=_TITLES[entry.action],
        at=entry.at,
        who=entry.actor_name or _("系统"),
        reason=entry.reason,
        changes=changes,
        tone="bad" if entry.action in _ALARMING else "",
    )


def _unit_changes(entry: Entry, names: Mapping[str, str]) -> list[str]:
    old, new = entry.detail.get("old"), entry.detail.get("new")
    if entry.action == "units.create_many":
        return [_("%(count)s个") % {"count": entry.detail.get("count")}]
    if entry.action == "units.rename":
        return [_became(_("名称"), old, new)]
    if entry.action == "units.move":
        return [_became(_("上级单位"), names.get(_parent(old), ""), names.get(_parent(new), ""))]
    return _differences(entry, "units.Unit")


def _differences(entry: Entry, model: str) -> list[str]:
    """Return the fields whose old and new values in the entry differ."""
    old, new = entry.detail.get("old"), entry.detail.get("new")
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return []
    return [
        _became(_label(model, name), old.get(name), new[name])
        for name in sorted(new, key=_position(model))
        if old.get(name) != new[name]
    ]


def _fields(entry: Entry) -> list[str]:
    named = entry.detail.get("fields") or [entry.detail.get("field")]
    labels = [_label("people.Person", name) for name in named if name]
    return ["、".join(labels)] if labels else []


def _became(label: str, old: object, new: object) -> str:
    values = {"label": label, "old": old or _("（空）"), "new": new or _("（空）")}
    return _("%(label)s：%(old)s → %(new)s") % values


def _label(model: str, name: str) -> str:
    fields = {field.attname: field for field in apps.get_model(model)._meta.concrete_fields}
    fields |= {field.name: field for field in fields.values()}
    return str(fields[name].verbose_name) if name in fields else name


def _position(model: str) -> Callable[[str], int]:
    """Return where a field stands in its model; the log's JSON keeps no order."""
    names = [
        one for field in apps.get_model(model)._meta.concrete_fields for one in (field.name, field.attname)
    ]
    return lambda name: names.index(name) if name in names else len(names)


def _parent(path: object) -> str:
    """Return the code of the unit above the last one of a path."""
    return ([""] * 2 + str(path).rstrip("/").split("/"))[-2]


def _names(entries: list[Entry]) -> dict[str, str]:
    """Return the names of the units above which and below which something was moved."""
    moves = [entry.detail for entry in entries if entry.action == "units.move"]
    codes = {_parent(detail[which]) for detail in moves for which in ("old", "new")}
    if not codes:
        return {}
    return {unit.code: str(unit) for unit in Unit.objects.filter(code__in=codes)}
