"""Which kinds of record a unit has, as links into the desk."""

from typing import Any

from django.db.models import Exists

from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.ledger.record_types import DeskType
from kexie.ui.nav import Group, Link
from kexie.workbench import navigation
from kexie.workbench.desk.rights import Rights


def links(rights: Rights, unit: Unit) -> list[Group]:
    """Return by area of work the types of which the unit, or one below it, has rows; in one statement."""
    types = _readable(rights, unit)
    if not types:
        return []
    asked = {f"has_{index}": Exists(_rows(one, unit)) for index, one in enumerate(types)}
    found: Any = Unit.objects.filter(pk=unit.pk).values_list(*asked.values()).get()
    by_context: dict[str, list[Link]] = {}
    for one, has_rows in zip(types, found, strict=True):
        if has_rows:
            url = f"{navigation.list_url(one)}?unit={unit.pk}"
            by_context.setdefault(one.context, []).append(Link(str(one.name), url))
    return [Group(str(navigation.context_label(context)), shown) for context, shown in by_context.items()]


def _readable(rights: Rights, unit: Unit) -> list[DeskType]:
    """Return the types whose lists can be asked for one unit, as far as the account may read them there."""
    types = [one for one in rights.types(Action.READ) if "unit" in one.filters]
    scopes = {one.key: rights.scope_of(Action.READ, one) for one in types}
    return [one for one in types if scopes[one.key].covers(unit.path)]


def _rows(one: DeskType, unit: Unit) -> Any:
    rows = one.model._default_manager.filter(association_id=unit.association_id)
    return rows.filter(unit__path__startswith=unit.path).order_by()
