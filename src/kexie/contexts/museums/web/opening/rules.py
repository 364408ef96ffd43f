"""Booking rules: what holds now, what will hold from a day on, how it reads, and what it would have refused."""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import BookingRules
from kexie.contexts.museums.operations import booking_rules as operations
from kexie.contexts.museums.queries import rules as queries
from kexie.contexts.museums.queries.dry_run import DryRun, Why, dry_run
from kexie.contexts.museums.rules import wording
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.opening.inputs import CarriesOut, Clock, Day, Whole, Words
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import name_missing
from kexie.ui.nav import Link

if TYPE_CHECKING:
    ModelFormBase = forms.ModelForm[BookingRules]
else:
    ModelFormBase = forms.ModelForm

GROUPS = (
    (gettext_lazy("生效"), ("valid_from",)),
    (
        gettext_lazy("放票"),
        ("horizon_days", "release_at", "wave_seconds", "closes_minutes", "hold_minutes", "offer_minutes", "uses_lottery"),
    ),
    (
        gettext_lazy("谁、几人"),
        (
            "max_party", "max_orders_a_day", "max_people_a_day", "identity_window", "child_age",
            "children_an_adult", "elder_age", "counts_children", "early_minutes",
        ),
    ),
    (
        gettext_lazy("取消与改签"),
        ("cancel_minutes", "max_moves", "cancels_a_day", "cancels_a_week", "cancels_a_month", "cancels_a_year"),
    ),
    (gettext_lazy("爽约"), ("no_shows", "no_show_days", "block_days", "no_show_from")),
    (
        gettext_lazy("团队"),
        (
            "group_min", "group_max", "group_a_day", "group_days_ahead", "group_horizon_days",
            "group_needs_approval", "group_people_a_leader",
        ),
    ),
    (gettext_lazy("其他"), ("priority_note", "visitor_note")),
)  # fmt: skip
FIELDS = tuple(name for _label, names in GROUPS for name in names)
REASONS = {
    Why.TOO_EARLY: gettext_lazy("放票时间之前预约"),
    Why.TOO_LATE: gettext_lazy("停止预约之后预约"),
    Why.PARTY: gettext_lazy("一单人数超过上限"),
    Why.ORDERS: gettext_lazy("同一账号当天单数超过上限"),
    Why.PEOPLE: gettext_lazy("同一账号当天人数超过上限"),
    Why.BLOCKED: gettext_lazy("因爽约处于限制预约期"),
    Why.GROUP_SIZE: gettext_lazy("团队人数不在范围内"),
    Why.GROUP_DAY: gettext_lazy("当天团队总人数超过上限"),
    Why.GROUP_TIME: gettext_lazy("团队申请太早或太迟"),
    Why.CANCEL: gettext_lazy("取消时已过取消时限（取消会被拒绝）"),
}
PERIODS = (30, 90, 365)


class RulesForm(CarriesOut, ModelFormBase):
    """Booking rules, field by field as the model has them."""

    class Meta:
        model = BookingRules
        fields = FIELDS
        widgets: ClassVar = {"visitor_note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in list(self.fields.items()):
            self.fields[name] = _plain(field)
            name_missing(self.fields[name])
            if not self.fields[name].required and isinstance(field, forms.IntegerField):
                self.fields[name].help_text = field.help_text or _("不填为不限。")

    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        """Return the fields by what they are about."""
        return [(label, [self[name] for name in names]) for label, names in GROUPS]

    def proposed(self) -> BookingRules | None:
        """Return the rules as entered, unsaved; None while something is wrong."""
        return self.instance if self.is_valid() else None


def _plain(field: forms.Field) -> forms.Field:
    """Return a field that takes what people type in its place."""
    options: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help_text,
        "required": field.required,
        "initial": field.initial,
    }
    if isinstance(field, forms.IntegerField):
        return Whole(max_value=32_767, validators=field.validators, **options)
    if isinstance(field, forms.DateField):
        return Day(**options)
    if isinstance(field, forms.TimeField):
        return Clock(**options)
    if isinstance(field, forms.CharField):
        return Words(max_length=field.max_length, widget=field.widget, **options)
    return field


class RulesPage(MuseumView):
    """A page below the tab of rules."""

    tab = "rules"
    to_write: ClassVar[Action] = Action.CONFIRM

    def here(self, *links: Link) -> list[Link]:
        """Return the way to a page below."""
        return self.trail(Link(_("预约规则"), self.url("rules")), *links)

    def found(self, pk: UUID) -> BookingRules:
        """Return rules of this museum."""
        found = queries.history(self.museum.pk, self.readable).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class RulesView(RulesPage):
    """What holds now, what comes, what was."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        today = timezone.localdate()
        history = list(queries.history(self.museum.pk, self.readable))
        current = queries.rules_on(self.museum.pk, today, self.readable)
        shown = {
            "current": current,
            "is_default": current not in history,
            "words": wording.in_words(current),
            "group_words": wording.group_words(current),
            "coming": [one for one in reversed(history) if one.valid_from > today],
            "former": [one for one in history if one.valid_from <= today and one != current],
        }
        return self.page("opening/rules", shown)


class RulesDetailView(RulesPage):
    """One version, in words."""

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Show it."""
        rules = self.found(pk)
        title = _("%(day)s 起的规则") % {"day": rules.valid_from.isoformat()}
        shown = {
            "rules": rules,
            "title": title,
            "trail": self.here(Link(title)),
            "words": wording.in_words(rules),
            "group_words": wording.group_words(rules),
            "is_coming": rules.valid_from > timezone.localdate(),
        }
        return self.page("opening/rules_one", shown)


class RulesFormView(RulesPage):
    """A new version, or a change of one that is still to come; shows how it reads and what it would have refused."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Show the form, beginning with what holds."""
        if pk:
            return self._show(RulesForm(instance=self.found(pk)), pk)
        now = timezone.now()
        current = queries.rules_on(self.museum.pk, timezone.localdate(now), self.readable)
        first = {name: getattr(current, name) for name in FIELDS}
        first["valid_from"] = operations.next_day(self.museum, now, self.readable)
        return self._show(RulesForm(initial=first), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Save, or (`then=try`) try on what was booked."""
        form = RulesForm(request.POST, instance=self.found(pk) if pk else self._new())
        if request.POST.get("then") == "try":
            return self._try(form, pk)
        saved = form.carry_out(
            lambda _values: operations.save(
                rules=form.instance, museum=self.museum, actor=self.account, now=timezone.now()
            )
        )
        return self._show(form, pk, status=UNPROCESSABLE) if saved is None else self.go("rules")

    def _new(self) -> BookingRules:
        return queries.defaults(self.museum.pk, timezone.localdate(), self.readable)

    def _try(self, form: RulesForm, pk: UUID | None) -> HttpResponse:
        rules = form.proposed()
        if rules is None:
            return self._show(form, pk, status=UNPROCESSABLE)
        days = _days(self.request.POST.get("days", ""))
        found = dry_run(self.museum, rules, days=days, now=timezone.now())
        return self._show(form, pk, tried=found, days=days)

    def _show(
        self,
        form: RulesForm,
        pk: UUID | None,
        *,
        tried: DryRun | None = None,
        days: int = PERIODS[0],
        status: int = 200,
    ) -> HttpResponse:
        title = _("修改规则") if pk else _("新的预约规则")
        rules = form.instance if pk or form.is_bound else BookingRules(**form.initial)
        shown = {
            "form": form,
            "title": title,
            "trail": self.here(Link(title)),
            "words": wording.in_words(rules) if not form.errors else [],
            "group_words": wording.group_words(rules) if not form.errors else [],
            "tried": tried,
            "days": days,
            "periods": PERIODS,
            "reasons": reasons(tried) if tried else [],
        }
        return self.page("opening/rules_form", shown, status=status)


class RulesWordsView(RulesPage):
    """How rules read that are being entered: a fragment for the form's script."""

    action = Action.CONFIRM

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer with the words, or that something is still wrong."""
        rules = RulesForm(
            request.POST, instance=queries.defaults(self.museum.pk, timezone.localdate(), self.readable)
        )
        found = rules.proposed()
        shown = {
            "words": wording.in_words(found) if found else [],
            "group_words": wording.group_words(found) if found else [],
        }
        return self.page("opening/_words", shown)


class RulesDropView(RulesPage):
    """Give up rules that have not come into force."""

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Do it."""
        rules = self.found(pk)
        try:
            operations.drop(rules=rules, actor=self.account, now=timezone.now())
        except operations.InForce:
            return self.go("rules_one", pk=pk)
        return self.go("rules")


def reasons(tried: DryRun) -> list[tuple[str, int]]:
    """Return what would have been refused, by reason in words."""
    return [(str(REASONS[why]), tried.reasons[why]) for why in Why if tried.reasons[why]]


def _days(text: str) -> int:
    return int(text) if text in {str(one) for one in PERIODS} else PERIODS[0]
