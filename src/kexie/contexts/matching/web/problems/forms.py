"""Forms of the problems' desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models import Expert, Industry, Problem
from kexie.contexts.matching.operations.problems import Posting
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope


class PostingForm(DeskForm):
    """A firm's problem in its own words."""

    wide = frozenset({"name", "summary"})

    name = Words(
        label=_("一句话说清问题"), max_length=120,
        help_text=_("会公开，不写企业名称。例如：铝压铸件内部气孔超标。"),
    )  # fmt: skip
    summary = Lines(
        label=_("具体情况"), max_length=20_000,
        help_text=_("出在哪道工序、从什么时候起、试过什么办法、想达到什么指标、希望什么时候解决。不写涉密内容和商业秘密。"),
    )  # fmt: skip
    industry = forms.ModelChoiceField(
        label=_("产业"), queryset=Industry.objects.none(), required=False, empty_label=_("说不准")
    )
    confidentiality = forms.ChoiceField(
        label=_("谁可以看到具体情况"), choices=Problem.Confidentiality.choices,
        initial=Problem.Confidentiality.VERIFIED,
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["summary"].widget.attrs["rows"] = 8
        industries: Any = self.fields["industry"]
        industries.queryset = Industry.objects.filter(association=scope.association_id).order_by("name")

    def posting(self) -> Posting:
        """Return what was entered."""
        return Posting(**{name: self.cleaned_data[name] for name in Posting.__dataclass_fields__})


class DeskPostingForm(PostingForm):
    """The same, entered for a firm."""

    firm = forms.ModelChoiceField(
        label=pgettext_lazy("one", "企业"), queryset=Unit.objects.none(), empty_label=_("请选择")
    )
    field_order = ("firm",)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, scope=scope, **options)
        firms: Any = self.fields["firm"]
        firms.queryset = Unit.objects.filter(scope.q(""), kind=Kind.FIRM).order_by("name")


class OnForm(DeskForm):
    """A day."""

    on = Day(label=_("日期"))


class MoveForm(OnForm):
    """A step, with what is worth saying of it."""

    wide = frozenset({"words"})
    words = Lines(label=_("说明"), required=False, max_length=500)


class ExpertForm(MoveForm):
    """A step that an expert is part of."""

    expert = forms.ModelChoiceField(label=_("专家"), queryset=Expert.objects.none(), empty_label=_("请选择"))
    field_order = ("expert", "on", "words")


class CloseForm(OnForm):
    """Why it ends unsolved."""

    reason = Lines(label=_("关闭原因"), max_length=200)


class RejectForm(DeskForm):
    """What is not solved yet."""

    reason = Lines(label=_("还有什么没有解决"), max_length=400)
