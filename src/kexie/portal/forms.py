"""The filters of the public lists."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.foundation.areas.models import Area
from kexie.kernel.errors import Text
from kexie.portal.queries.happenings import PUBLIC_KINDS

WHEN = (
    ("", _("不限")),
    ("today", _("今天")),
    ("week", _("本周")),
    ("month", _("本月")),
    ("past", _("已举办")),
)


class Filters(forms.Form):
    """What and where; an answer that makes no sense counts as not given."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=50)
    area = forms.ChoiceField(label=_("县（市、区）"), required=False)

    def __init__(self, data: Any, *, areas: Sequence[Area]) -> None:
        super().__init__(data, auto_id="filter-%s")
        self._offer("area", [("", _("全市")), *((area.code, area.name) for area in areas)])

    def _offer(self, name: str, choices: Sequence[tuple[str, Text]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says to the type checker what the class says
        field.choices = choices

    def chosen(self) -> dict[str, str]:
        """Each field's valid answer, or ""."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class ActivityFilters(Filters):
    """Filters of the activities."""

    kind = forms.ChoiceField(label=_("类型"), required=False)
    when = forms.ChoiceField(label=_("时间"), required=False, choices=WHEN)

    def __init__(self, data: Any, *, areas: Sequence[Area]) -> None:
        super().__init__(data, areas=areas)
        self._offer(
            "kind",
            [
                ("", _("全部类型")),
                *((kind.value, kind.label) for kind in PUBLIC_KINDS),
            ],
        )


class FacilityFilters(Filters):
    """Filters of the facilities; the kinds are those that exist."""

    kind = forms.ChoiceField(label=_("类型"), required=False)

    def __init__(self, data: Any, *, areas: Sequence[Area], kinds: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, areas=areas)
        self._offer("kind", [("", _("全部类型")), *kinds])
