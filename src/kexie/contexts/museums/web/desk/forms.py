"""Forms of the desk's day: they read input; operations decide."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import HandCount
from kexie.foundation.access.web.forms import PlainForm, add_error
from kexie.foundation.desk.forms import Whole
from kexie.foundation.visitors import details
from kexie.foundation.visitors.details import DetailsRefused, Person
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Channel

_LONG = 200
ROWS = 5  # persons that one page of the desk takes


class Number(Whole):
    """A number of people or days."""

    default_error_messages = {"invalid": gettext_lazy("请填写整数，例如 3。")}


class Day(forms.DateField):
    """A day, also as 2025年3月1日."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)
        self.error_messages["invalid"] = gettext_lazy("请写成 2025-06-30 这样的日期。")

    def to_python(self, value: Any) -> Any:
        """Return the day however it is written."""
        if isinstance(value, str) and value.strip():
            try:
                return text.date(value)
            except ValueError:
                pass
        return super().to_python(value)


_WHY = gettext_lazy("原因")


def reason(label: Any = _WHY, hint: Any = "", *, required: bool = False) -> forms.CharField:
    """Return a field for why something is done; the operation says when it is missing."""
    return forms.CharField(label=label, max_length=_LONG, required=required, help_text=hint)


class ActForm(PlainForm):
    """A form whose operation may still refuse it."""

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> Any:
        """Run an operation with what was entered; its result (True for none), or None with the refusal on the form."""
        if not self.is_valid():
            return None
        try:
            found = act(self.cleaned_data)
        except UserError as refused:
            add_error(self, refused)
            return None
        return True if found is None else found


class FindForm(ActForm):
    """What the desk types to find somebody."""

    typed = forms.CharField(
        label=gettext_lazy("预约号、手机、证件号码或姓名"),
        max_length=300,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "data-search": ""}
        ),
    )
    day = Day(
        label=gettext_lazy("参观日期"), required=False, help_text=gettext_lazy("只在按姓名查找时用到。")
    )


class KeyForm(ActForm):
    """A form that may be sent twice and is carried out once."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = lambda: str(uuid7())


class AdmitForm(KeyForm):
    """People without a phone: how many, into which slot, by which way."""

    slot = forms.ChoiceField(label=gettext_lazy("时段"))
    size = Number(label=gettext_lazy("人数"), initial=1, min_value=1, max_value=200)
    channel = forms.ChoiceField(
        label=gettext_lazy("方式"),
        choices=[(Channel.WALK_IN, gettext_lazy("现场领票")), (Channel.PRIORITY, gettext_lazy("优先通道"))],
    )

    def __init__(self, *args: Any, slots: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]  # a choice field


class NamedForm(AdmitForm):
    """The same with names, for people who want their visit on their document."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["size"]
        for row in range(ROWS):
            self.fields |= {
                f"name_{row}": forms.CharField(label=_("姓名"), max_length=60, required=False),
                f"document_{row}": forms.ChoiceField(
                    label=_("证件类型"), choices=details.DOCUMENTS, required=False
                ),
                f"number_{row}": forms.CharField(label=_("证件号码"), max_length=40, required=False),
                f"birth_date_{row}": Day(label=_("出生日期"), required=False),
            }

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each person."""
        names = ("name", "document", "number", "birth_date")
        return [[self[f"{name}_{row}"] for name in names] for row in range(ROWS)]

    def party(self, today: dt.date) -> list[Person]:
        """Return the persons filled in, with what is wrong beside each field; at least one is needed."""
        people = [found for row in range(ROWS) if (found := self._person(row, today))]
        if not people and not self.errors:
            self.add_error("name_0", _("请至少填写一位观众，或改用不记名领票。"))
        return people

    def _person(self, row: int, today: dt.date) -> Person | None:
        given = self.cleaned_data
        if not (given.get(f"name_{row}") or given.get(f"number_{row}")):
            return None
        try:
            return details.check(
                name=given.get(f"name_{row}") or "",
                document=given.get(f"document_{row}") or "",
                number=given.get(f"number_{row}") or "",
                birth_date=given.get(f"birth_date_{row}"),
                today=today,
            )
        except DetailsRefused as refused:
            for name, message in refused.fields.items():
                self.add_error(f"{name}_{row}", str(message))
            return None


class HeadsForm(ActForm):
    """A count by hand."""

    kind = forms.ChoiceField(label=gettext_lazy("数什么"), choices=HandCount.Kind.choices)
    count = Number(label=gettext_lazy("人数"))
    note = reason(gettext_lazy("说明"))


class LeaveForm(ActForm):
    """People who left without a scanner."""

    count = Number(label=gettext_lazy("离馆人数"))


class ReasonForm(ActForm):
    """Why something is done."""

    reason = reason()


class WordsForm(ActForm):
    """Something to say."""

    words = reason(gettext_lazy("内容"))


class CheckInForm(ActForm):
    """How many of a party come in."""

    count = Number(label=gettext_lazy("入馆人数"))
    override = reason(gettext_lazy("放行原因"), gettext_lazy("人数超出或日期不符时才需要填写。"))


class MoveForm(KeyForm):
    """Another slot, and why."""

    slot = forms.ChoiceField(label=gettext_lazy("改到"))
    reason = reason(hint=gettext_lazy("会通知观众。"))

    def __init__(self, *args: Any, slots: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]  # a choice field


class CountForm(ActForm):
    """What the desk says at the day's end."""

    counter = Number(
        label=gettext_lazy("门口计数器读数"),
        required=False,
        help_text=gettext_lazy("开馆以来的累计；没有计数器就不填。"),
    )
    adds_rest = forms.BooleanField(
        label=gettext_lazy("多出的人数计入参观人次"),
        required=False,
        help_text=gettext_lazy("只在确有观众没有经过核验时勾选，按“计数器”方法单独记一条。"),
    )
    note = forms.CharField(
        label=gettext_lazy("差异说明"),
        max_length=_LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    by_hand = forms.ChoiceField(
        label=gettext_lazy("已手工登记的人次"),
        choices=[
            ("KEEP", gettext_lazy("保留，本页不再写这些时段")),
            ("REPLACE", gettext_lazy("冲销，改用本页的核验人次")),
        ],
        widget=forms.RadioSelect,
        initial="KEEP",
        required=False,
    )

    def clean_by_hand(self) -> str:
        """Keep, when there was nothing to choose."""
        return str(self.cleaned_data["by_hand"] or "KEEP")


class CorrectForm(CountForm):
    """The same with the reason of a correction."""

    reason = reason(gettext_lazy("更正原因"), gettext_lazy("原记录冲销后按现有数据重新写入。"))
