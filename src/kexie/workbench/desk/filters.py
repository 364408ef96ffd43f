"""The question a list's address asks: which rows, in which order."""

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kexie.foundation.areas.models import Area, Level
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.ledger.models import Record, State
from kexie.ledger.record_types import DeskType
from kexie.workbench.desk import inputs
from kexie.workbench.desk.columns import Kind, column

SINCE, UNTIL, STATE, MINE, AREA, SORT, SEARCH = "from", "to", "state", "mine", "area", "sort", "q"
PLAIN = (SINCE, UNTIL, STATE, MINE, AREA, SORT, SEARCH)
_STATES = {state.value.lower(): state.value for state in State}


class FilterForm(forms.Form):
    """The fields beside a list. What makes no sense is said beside its field and does not filter."""

    def __init__(self, data: QueryDict, *, desk_type: DeskType, scope: Scope) -> None:
        super().__init__(data)
        self.desk_type, self.scope = desk_type, scope
        if issubclass(desk_type.model, Record):
            self.fields[SINCE] = inputs.Day(required=False, label=_("日期从"))
            self.fields[UNTIL] = inputs.Day(required=False, label=_("到"))
        self._add_area()
        for name in desk_type.filters:
            if name not in {AREA, STATE, "occurred_on"}:
                self._add(name)

    def conditions(self) -> Q:
        """Return the filter that the form's sound fields ask for."""
        self.is_valid()
        found, values = Q(), self.cleaned_data
        if values.get(SINCE):
            found &= Q(occurred_on__gte=values[SINCE])
        if values.get(UNTIL):
            found &= Q(occurred_on__lte=values[UNTIL])
        if values.get(AREA):
            found &= Q(area__code__startswith=values[AREA])
        for name in self.fields.keys() - {SINCE, UNTIL, AREA}:
            found &= self._condition(name, values.get(name))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        values = super().clean() or {}
        since, until = values.get(SINCE), values.get(UNTIL)
        if isinstance(since, dt.date) and isinstance(until, dt.date) and since > until:
            self.add_error(UNTIL, _("结束日期应不早于开始日期。"))
        return values

    def _condition(self, name: str, value: Any) -> Q:
        if value in (None, ""):
            return Q()
        if isinstance(value, Unit):
            return Q(**{f"{name}__path__startswith": value.path})
        return Q(**{name: value})

    def _add_area(self) -> None:
        """Offer the counties to those who see more than one."""
        if not self.scope.is_whole or not hasattr(self.desk_type.model, "area"):
            return
        root = Unit.objects.select_related("area").get(pk=self.scope.association_id)
        areas = Area.objects.filter(code__startswith=root.area.prefix, level__in=(Level.COUNTY, Level.ZONE))
        choices = [("", _("全部")), *((area.prefix, area.name) for area in areas.order_by("code"))]
        self.fields[AREA] = forms.ChoiceField(choices=choices, required=False, label=_("地区"))

    def _add(self, name: str) -> None:
        found = column(self.desk_type.model, name)
        if found.field is None:
            return
        if found.kind is Kind.FLAG:
            choices = [("", _("全部")), ("True", _("是")), ("False", _("否"))]
            self.fields[name] = forms.ChoiceField(choices=choices, required=False, label=str(found.label))
            return
        url = reverse("workbench:choices", args=[self.desk_type.key, name])
        made = inputs.input_for(found.field, self.scope, url, required=False)
        if made is None:
            return
        if found.kind is Kind.CHOICE:
            made = forms.ChoiceField(choices=[("", _("全部")), *found.field.flatchoices], required=False)
        elif isinstance(made, inputs.Thing) and not isinstance(made.widget, inputs.SearchBox):
            things: Any = made.choices
            made.choices = [("", _("全部")), *list(things)[1:]]
        made.label, made.help_text, made.initial = str(found.label), "", None
        self.fields[name] = made


@dataclass(frozen=True)
class Question:
    """The question in an address, once read."""

    params: QueryDict
    form: FilterForm
    desk_type: DeskType

    @property
    def search(self) -> str:
        """The words looked for."""
        return text.clean(self.params.get(SEARCH, ""))

    @property
    def state(self) -> str:
        """The state asked for, or ""."""
        return _STATES.get(self.params.get(STATE, ""), "")

    @property
    def is_mine(self) -> bool:
        """Whether only rows that the reader wrote are asked for."""
        return self.params.get(MINE) == "1"

    @property
    def is_plain(self) -> bool:
        """Whether nothing at all narrows the list."""
        return not any(self.params.get(name) for name in [*self.form.fields, SEARCH, STATE, MINE])

    def condition(self, account_id: Any, *, with_state: bool = True) -> Q:
        """Return the filter for the rows asked for."""
        found = self.form.conditions() & self._words()
        if with_state and self.state and issubclass(self.desk_type.model, Record):
            found &= Q(state=self.state)
        if self.is_mine and issubclass(self.desk_type.model, Record):
            found &= Q(recorded_by_id=account_id)
        return found

    def order(self) -> tuple[str, ...]:
        """Return the ordering asked for, by default the newest first; always one that ends somewhere."""
        asked = self.params.get(SORT, "")
        name, descending = asked.lstrip("-"), asked.startswith("-")
        if name in self.desk_type.columns:
            paths = column(self.desk_type.model, name).order()
            sign = "-" if descending else ""
            return (*(sign + path for path in paths), f"{sign}pk")
        is_record = issubclass(self.desk_type.model, Record)
        return ("-occurred_on", "-pk") if is_record else ("name", "pk")

    def _words(self) -> Q:
        found = Q()
        for word in self.search.split():
            found &= reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.desk_type.search), Q())
        return found


def read(params: QueryDict, desk_type: DeskType, scope: Scope) -> Question:
    """Return the question that an address asks of a type."""
    return Question(params, FilterForm(params, desk_type=desk_type, scope=scope), desk_type)
