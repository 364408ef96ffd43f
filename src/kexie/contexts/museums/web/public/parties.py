"""Forms of booking: how many come, and who. They read input; operations decide."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import BookingRules
from kexie.foundation.visitors import consent, details
from kexie.foundation.visitors.details import DetailsRefused, Person
from kexie.foundation.visitors.models import Companion
from kexie.foundation.visitors.web.forms import DayField
from kexie.kernel import text
from kexie.kernel.errors import Text

_MOST = 200
_DIGITS = 3
STEPS = {"adults+": ("adults", 1), "adults-": ("adults", -1), "children+": ("children", 1),
         "children-": ("children", -1)}  # fmt: skip


class CountField(forms.Field):
    """A small number, full-width digits too; nothing is zero."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int:
        """Return the number."""
        typed = text.half_width(str(value or "0")).strip() or "0"
        if not typed.isdecimal() or len(typed) > _DIGITS:
            raise forms.ValidationError(_("请填写数字，例如 2。"))
        return int(typed)


def _box() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-count": ""})


class PartyForm(forms.Form):
    """How many come. `key` is made with the form, so that sending it twice holds places once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    adults = CountField(
        label=gettext_lazy("成人"), help_text=gettext_lazy("18周岁及以上"), required=False, widget=_box()
    )
    children = CountField(
        label=gettext_lazy("儿童和青少年"),
        help_text=gettext_lazy("未满18周岁，含婴幼儿"),
        required=False,
        widget=_box(),
    )

    def __init__(self, *args: Any, rules: BookingRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules

    def clean(self) -> dict[str, Any]:
        """See that there is somebody, and an adult for children."""
        given = super().clean() or {}
        adults, children = given.get("adults", 0), given.get("children", 0)
        if self.errors:
            return given
        if adults + children < 1:
            self.add_error("adults", _("请至少选择1人。"))
        elif children and not adults and self.rules.child_age:
            age = self.rules.child_age
            if children:
                self.add_error("adults", _("未满%(age)d周岁须由成人陪同，请至少选择1名成人。") % {"age": age})
        return given


def stepped(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the answers after a press on + or -, or None when the form itself was sent (works without scripts)."""
    step = STEPS.get(str(data.get("step", "")))
    if step is None:
        return None
    name, by = step
    now = {one: _plain(data.get(one)) for one in ("adults", "children")}
    now[name] = min(max(now[name] + by, 0), _MOST)
    return {"key": data.get("key", ""), **now}


def _plain(value: object) -> int:
    typed = text.half_width(str(value or "0")).strip()
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else 0


class PersonForm(forms.Form):
    """One person typed in."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    document = forms.ChoiceField(
        label=gettext_lazy("证件类型"), choices=details.DOCUMENTS, required=False,
        widget=forms.Select(attrs={"data-document": ""}),
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("证件号码"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    birth_date = DayField(
        label=gettext_lazy("出生日期"),
        required=False,
        help_text=gettext_lazy("例如 2015-06-01。居民身份证和户口簿不用填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    keep = forms.BooleanField(label=gettext_lazy("记住，下次点选即可"), required=False, initial=True)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(
            str(self.data.get(self.add_prefix(one), "")).strip() for one in ("name", "number", "birth_date")
        )

    def person(self, today: dt.date) -> Person | None:
        """Return the person, or None with messages beside the fields."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        try:
            return details.check(
                name=given["name"], document=given["document"], number=given["number"],
                birth_date=given["birth_date"], today=today,
            )  # fmt: skip
        except DetailsRefused as error:
            for field, message in error.fields.items():
                self.add_error(field, str(message))
            return None


@dataclass
class Pick:
    """A companion to be chosen with one tap."""

    companion: Companion
    is_picked: bool = False
    problem: str = ""

    @property
    def field(self) -> str:
        """The id of its box."""
        return f"id_pick_{self.companion.pk.hex}"


class WhoComes:
    """The form that says who comes on a hold: companions picked, others typed, together as many as are held."""

    def __init__(
        self, data: QueryDict | None, *, size: int, companions: Sequence[Companion], today: dt.date
    ) -> None:
        self.data, self.size, self.today = data, size, today
        chosen = set(data.getlist("pick")) if data else set()
        self.picks = [Pick(one, str(one.pk) in chosen) for one in companions]
        self.blocks = [
            PersonForm(data, prefix=f"p{number}", use_required_attribute=False) for number in range(size)
        ]
        self.relation = data.get("relation", "") if data else ""
        self.problems: list[tuple[str, Text]] = []
        self.party: tuple[Person, ...] = ()
        self._where: list[Pick | PersonForm] = []

    @property
    def errors(self) -> list[tuple[str, Text]]:
        """Every problem with the id of its field, in the order of the page."""
        return [*self.problems, *self._pick_problems(), *self._block_problems()]

    @property
    def relations(self) -> list[tuple[str, Any]]:
        """Who the visitor may be to a child."""
        return list(consent.Relation.choices)

    @property
    def typed(self) -> list[PersonForm]:
        """The blocks in which something was typed."""
        return [one for one in self.blocks if not one.is_blank]

    @property
    def relation_problem(self) -> Text:
        """What is wrong with the consent."""
        return dict(self.problems).get("id_relation", "")

    @property
    def party_problem(self) -> Text:
        """What is wrong with the party as a whole."""
        return dict(self.problems).get("who", "")

    def is_valid(self) -> bool:
        """Whether everybody is known; then `party` says who."""
        picked = [one for one in self.picks if one.is_picked]
        people = [(form, form.person(self.today)) for form in self.typed]
        self._where = [*picked, *(form for form, _person in people)]
        if len(self._where) != self.size:
            self._say_count(len(self._where))
        self._ask_consent(person for _form, person in people if person)
        if self.errors:
            return False
        self.party = (
            *(one.companion.person for one in picked),
            *(person for _form, person in people if person),
        )
        return True

    def refuse(self, fields: Mapping[str, Text]) -> None:
        """Put the messages of operations ("party", "party-2") beside the persons they are about."""
        for name, message in fields.items():
            number = name.removeprefix("party-")
            if not number.isdecimal():
                self.problems.append(("who", message))
                continue
            of = self._where[int(number)]
            if isinstance(of, Pick):
                of.problem = str(message)
            else:
                of.add_error("number" if of["number"].value() else "name", str(message))

    def to_keep(self) -> Iterator[tuple[PersonForm, Person]]:
        """Yield whom the visitor wants to be remembered."""
        typed = self.typed
        for form, person in zip(typed, self.party[len(self.party) - len(typed) :], strict=True):
            if form.cleaned_data.get("keep"):
                yield form, person

    def _say_count(self, count: int) -> None:
        message = (
            _("已保留%(size)d个名额，还差%(less)d位，请点选或填写。")
            if count < self.size
            else _("已保留%(size)d个名额，多了%(more)d位，请减去。")
        )
        values = {"size": self.size, "less": self.size - count, "more": count - self.size}
        self.problems.append(("who", message % values))

    def _ask_consent(self, people: Iterable[Person]) -> None:
        if (
            any(one.is_child_on(self.today) for one in people)
            and self.relation not in consent.Relation.values
        ):
            self.problems.append(("id_relation", _("请选择您与孩子的关系，表示监护人同意。")))

    def _pick_problems(self) -> Iterator[tuple[str, Text]]:
        return ((one.field, one.problem) for one in self.picks if one.problem)

    def _block_problems(self) -> Iterator[tuple[str, Text]]:
        for form in self.blocks:
            if form.is_bound and not form.is_blank:
                for name, errors in form.errors.items():
                    yield from ((f"id_{form.prefix}-{name}", str(one)) for one in errors)


__all__ = ["PartyForm", "PersonForm", "WhoComes", "stepped"]
