"""Forms of checks by sample."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import CheckSample, FacilityKind
from kexie.contexts.facilities.rules import checks as rules
from kexie.foundation.access.models import Account
from kexie.foundation.desk.forms import Day, DeskForm, Whole, Words

_MOST_PER_STRATUM = 50


class DrawForm(DeskForm):
    """What is drawn, how many and by which seed."""

    name = Words(
        label=_("抽查名称"), max_length=60, help_text=_("例如：2026年上半年设施抽查。统计时按这个名称分。")
    )
    kinds = forms.MultipleChoiceField(
        label=_("抽哪些类别"), choices=FacilityKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("都不选就是全部类别；只抽在用的。"),
    )  # fmt: skip
    by = forms.ChoiceField(label=_("分层方式"), choices=CheckSample.By.choices, widget=forms.RadioSelect)
    per_stratum = Whole(
        label=_("每层抽几处"), min_value=1, max_value=_MOST_PER_STRATUM, help_text=_("一层不够的全抽。")
    )
    until = Day(label=_("检查截止日"))
    seed = Words(
        label=_("随机种子"), required=False, max_length=64,
        help_text=_("不填由系统随机产生；也可以填当天公开的数，例如彩票号码，让人信得过。"),
    )  # fmt: skip


def _people(accounts: Iterable[Account]) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one.display_name} {one.unit or ''}".strip()) for one in accounts]


class CheckerForm(DeskForm):
    """Who checks."""

    checker = forms.TypedChoiceField(label=_("检查人"), coerce=UUID)

    def __init__(self, *args: Any, checkers: Iterable[Account] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["checker"].choices = _people(checkers)  # type: ignore[attr-defined]  # a ChoiceField


class AssignForm(CheckerForm):
    """Which stratum goes to whom."""

    stratum = forms.ChoiceField(label=_("哪一层"), required=False)
    field_order = ("stratum", "checker")

    def __init__(self, *args: Any, strata: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stratum"].choices = [("", _("全部待检查的")), *strata]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


class WhyForm(DeskForm):
    """A reason."""

    reason = Words(label=_("原因"), max_length=200, required=False)


class GiveUpForm(WhyForm):
    """Why a facility is left out, and whether the next takes its place."""

    replace = forms.BooleanField(
        label=_("由同层下一处递补"), required=False, initial=True,
        help_text=_("按同一个种子的顺序，不由人挑。"),
    )  # fmt: skip


class CheckForm(DeskForm):
    """What was found: an answer and words for each item."""

    outcome = forms.ChoiceField(
        label=_("到现场的情况"), choices=rules.OUTCOMES, widget=forms.RadioSelect, initial=rules.CHECKED
    )
    on = Day(label=_("检查日期"))
    fix_by = Day(label=_("整改期限"), required=False, help_text=_("有问题才用填。"))
    text = Words(label=_("说明"), required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in rules.ITEMS:
            self.fields[f"item_{one.key}"] = forms.ChoiceField(
                label=str(one.label), choices=rules.ANSWERS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"text_{one.key}"] = Words(label=_("是什么问题"), required=False, max_length=150)

    def items(self) -> list[tuple[Any, Any]]:
        """Return the answer and the words of each item."""
        return [(self[f"item_{one.key}"], self[f"text_{one.key}"]) for one in rules.ITEMS]
