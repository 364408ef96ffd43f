"""Forms of checking a text and of correcting a link."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.areas.models import Area, Level
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.groups import GROUPS
from kexie.ledger.measures import Cell, Measure
from kexie.reporting.claims.documents import is_word, text_of
from kexie.reporting.claims.models import Correction
from kexie.reporting.claims.vocabulary import stored
from kexie.ui.units import unit_word

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NAMED = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM, Kind.SOCIETY, Kind.BASE)
_FILTER = "f_"
_MOST_VALUES = 400


class TextForm(forms.Form):
    """A text pasted or a file, and the day up to which things count."""

    text = forms.CharField(
        label=gettext_lazy("正文"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(label=gettext_lazy("或选择文件"), required=False)
    as_of = forms.DateField(label=gettext_lazy("统计截止日"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """Take the text from the file when there is one."""
        data = super().clean() or {}
        if upload := data.get("file"):
            try:
                content = upload.read()
                data["text"] = text_of(content)
                data["word"] = content if is_word(content) else None
            except UserError as error:
                self.add_error("file", str(error))
            data["title"] = upload.name.rsplit(".", 1)[0][:120]
        elif not (data.get("text") or "").strip():
            self.add_error("text", _("请粘贴正文，或选择一个文件。"))
        return data


class AsOfForm(forms.Form):
    """The day up to which things count."""

    as_of = forms.DateField(label=gettext_lazy("统计截止日"), widget=_DAY)


class CorrectionForm(forms.Form):
    """What a claim speaks of. The fields of the chosen measure's dimensions are added."""

    kind = forms.ChoiceField(
        label=gettext_lazy("判定"),
        choices=Correction.Kind.choices,
        widget=forms.RadioSelect,
        initial="FIGURE",
    )
    measure = forms.ChoiceField(label=gettext_lazy("指标"), required=False)
    since = forms.DateField(
        label=gettext_lazy("自"),
        required=False,
        widget=_DAY,
        help_text=gettext_lazy("不填为有记录以来累计。"),
    )
    until = forms.DateField(label=gettext_lazy("至"), required=False, widget=_DAY)
    area = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    place = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        required=False,
        queryset=Unit.objects.none(),
        empty_label=gettext_lazy("全部"),
    )
    source = forms.CharField(
        label=gettext_lazy("外部来源"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("例如“省科协2024年通报”。"),
    )

    def __init__(
        self, *args: Any, scope: Scope, measure: Measure | None, as_of: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen, self.as_of = measure, as_of
        self._choices("measure", [("", _("请选择")), *_measures(scope)])
        self._choices("area", [("", _("全部")), *_areas(scope)])
        place = self.fields["place"]
        if isinstance(place, forms.ModelChoiceField):
            place.queryset = Unit.objects.filter(association_id=scope.association_id, kind__in=_NAMED)
        for dim in measure.dims if measure else ():
            values = list(stored(measure, dim, scope).items())[:_MOST_VALUES] if measure else []
            choices = [("", _("全部")), *((value, text) for text, value in values)]
            self.fields[_FILTER + dim.name] = forms.ChoiceField(
                label=str(dim.label), choices=choices, required=False
            )

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """See that a figure names its measure and that its period runs forward."""
        data = super().clean() or {}
        if data.get("kind") == Correction.Kind.FIGURE and not data.get("measure"):
            self.add_error("measure", _("请选择指标。"))
        since, until = data.get("since"), data.get("until")
        if since and since > (until or self.as_of):
            self.add_error("until", _("截止日期早于起始日期，请对调或改正。"))
        return data

    def cell(self) -> Cell | None:
        """Return the cell chosen, None when none was."""
        data = self.cleaned_data
        if not data.get("measure"):
            return None
        chosen = registry.measure(data["measure"])
        filters = tuple(
            sorted(
                (dim.name, data[_FILTER + dim.name]) for dim in chosen.dims if data.get(_FILTER + dim.name)
            )
        )
        place = data.get("place")
        period = Period.until(data.get("until") or self.as_of, since=data.get("since"))
        return Cell(chosen.key, period, data.get("area") or None, place.pk if place else None, filters)


def initial_of(cell: Cell | None, correction: Correction | None) -> dict[str, Any]:
    """Return what the form shows first: what was decided, or what the rules found."""
    initial: dict[str, Any] = {"kind": correction.kind, "source": correction.source} if correction else {}
    if cell is None:
        return initial
    filters = {_FILTER + name: value for name, value in cell.filters}
    period = {"since": cell.period.start, "until": cell.period.last_day}
    return {
        **initial,
        "measure": cell.measure,
        "area": cell.area or "",
        "place": cell.unit,
        **period,
        **filters,
    }


def _measures(scope: Scope) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the measures that the reader may see, by area of work."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in registry.measures().values():
        if scope.allows(one.context):
            word = unit_word(one.unit)
            named = _("%(name)s（%(code)s）") % {"name": one.label, "code": word} if word else str(one.label)
            groups.setdefault(one.group, []).append((one.key, named))
    return [(str(GROUPS.get(group, group)), choices) for group, choices in groups.items()]


def _areas(scope: Scope) -> list[tuple[str, str]]:
    root = Unit.objects.select_related("area").get(pk=scope.association_id).area
    inside = Area.objects.filter(code__startswith=root.prefix, level__in=(Level.COUNTY, Level.ZONE))
    return [(area.prefix, area.name) for area in inside]
