"""Forms of writing: they read input and show what operations refuse; operations decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.writing.checking import WrongTemplate
from kexie.reporting.writing.models import DocumentTemplate

_WRITERS = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM, Kind.SOCIETY)
WORD = "word_"


class TemplateForm(DeskForm):
    """A template's file, with its name and kind."""

    name = Words(
        label=_("模板名称"), max_length=80, help_text=_("同名的模板存为新版本，已经生成的文稿不变。")
    )
    kind = forms.ChoiceField(label=_("文种"), choices=DocumentTemplate.Kind.choices)
    unit = forms.ModelChoiceField(label=_("所属单位"), queryset=Unit.objects.none())
    file = forms.FileField(label=_("模板文件"))

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units.units(scope, kind=_WRITERS)  # type: ignore[attr-defined]  # a choice

    def carry_out(self, act: Any) -> Any:
        """Add the template; each wrong place is a line of its own beside the file."""

        def acted(data: dict[str, Any]) -> Any:
            try:
                return act(data)
            except WrongTemplate as wrong:
                raise ValidationError({"file": [str(one) for one in wrong.problems]}) from wrong

        return super().carry_out(acted)


class SpanForm(DeskForm):
    """The days that a document speaks of."""

    since = Day(label=_("起始日"))
    until = Day(label=_("截止日"))

    def period(self) -> Period | None:
        """Return the period if it makes sense."""
        if not self.is_valid() or self.cleaned_data["since"] > self.cleaned_data["until"]:
            return None
        return Period.until(self.cleaned_data["until"], since=self.cleaned_data["since"])


class MakeForm(SpanForm):
    """A document to be made; what its template wants filled in is added by name."""

    wide = frozenset({"title"})
    title = Words(label=_("标题"), max_length=120)
    organ = Words(
        label=_("红头：发文机关标志"), required=False, max_length=40, help_text=_("不填就没有红头。")
    )
    number = Words(label=_("发文字号"), required=False, max_length=40)
    appendix = forms.BooleanField(label=_("附上每个数的出处和二维码"), required=False, initial=True)
    keep_paragraphs = forms.BooleanField(
        label=_("字体和行距照模板"), required=False, help_text=_("不选时按 GB/T 9704 排。")
    )

    def __init__(self, *args: Any, asked: list[str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = asked or []
        for number, name in enumerate(self.asked):
            self.fields[f"{WORD}{number}"] = Lines(label=name, required=False, max_length=2000)

    def words(self) -> dict[str, str]:
        """Return what was filled in, by the template's name for it."""
        return {name: self.cleaned_data[f"{WORD}{number}"] for number, name in enumerate(self.asked)}

    def form(self) -> dict[str, Any]:
        """Return how the document is to look."""
        return {name: self.cleaned_data[name] for name in ("organ", "number", "appendix", "keep_paragraphs")}

    def span(self) -> Period:
        """Return the period, or raise UserError beside the field."""
        found = self.period()
        if found is None:
            raise UserError(fields={"until": _("截止日期早于起始日期，请对调或改正。")})
        return found
