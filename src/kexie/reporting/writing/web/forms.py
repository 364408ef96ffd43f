"""Forms of writing: they read input and show what operations refuse; operations decide."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kexie.contexts.governance.facade import MeetingNotes
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.releases import queries as releases
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.web.base import days, version
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

    def __init__(self, *args: Any, meetings: Sequence[MeetingNotes] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if meetings:
            every = [(str(one.id), f"{one.on} {one.title}") for one in meetings]
            self.fields["meeting"] = forms.ChoiceField(
                label=_("会议记录"), required=False, choices=[("", _("自己填写")), *every]
            )

    def period(self) -> Period | None:
        """Return the period if it makes sense."""
        if not self.is_valid() or self.cleaned_data["since"] > self.cleaned_data["until"]:
            return None
        return Period.until(self.cleaned_data["until"], since=self.cleaned_data["since"])


class MakeForm(SpanForm):
    """A document to be made; what its template wants filled in is added by name."""

    wide = frozenset({"title"})
    title = Words(label=_("标题"), max_length=120)
    release = forms.ModelChoiceField(
        label=_("数按哪次发布"),
        queryset=Release.objects.none(),
        required=False,
        empty_label=_("不按发布，按现在或下面的日期"),
        help_text=_("选了就用那次结账时的数，二维码指向那次发布；以后的补报和冲销不影响。"),
    )
    known_on = Day(
        label=_("或按某天止的记录"),
        required=False,
        help_text=_("例如去年报告的成文日：当天为止确认的记录才算。都不填就是现在。"),
    )
    organ = Words(
        label=_("红头：发文机关标志"), required=False, max_length=40, help_text=_("不填就没有红头。")
    )
    number = Words(label=_("发文字号"), required=False, max_length=40)
    copies = Words(
        label=_("版记：抄送机关"),
        required=False,
        max_length=200,
        help_text=_("各机关之间用顿号或逗号隔开；不填就没有这一行。"),
    )
    issuer = Words(
        label=_("版记：印发机关"), required=False, max_length=40, help_text=_("不填就没有版记的这一行。")
    )
    issued_on = Day(label=_("版记：印发日期"), required=False)
    appendix = forms.BooleanField(label=_("附上每个数的出处和二维码"), required=False, initial=True)
    keep_paragraphs = forms.BooleanField(
        label=_("字体和行距照模板"), required=False, help_text=_("不选时按 GB/T 9704 排。")
    )

    def __init__(
        self,
        *args: Any,
        asked: list[str] | None = None,
        known: Mapping[str, str] | None = None,
        scope: Scope | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        release: Any = self.fields["release"]
        if scope is not None:
            release.queryset = releases.closed(scope)
        release.label_from_instance = _named
        self.asked = asked or []
        given = known or {}
        for number, name in enumerate(self.asked):
            self.initial.setdefault(f"{WORD}{number}", given.get(name, ""))
            self.fields[f"{WORD}{number}"] = Lines(label=name, required=False, max_length=2000)

    def words(self) -> dict[str, str]:
        """Return what was filled in, by the template's name for it."""
        return {name: self.cleaned_data[f"{WORD}{number}"] for number, name in enumerate(self.asked)}

    def form(self) -> dict[str, Any]:
        """Return how the document is to look; raise UserError where half of an imprint's line is missing."""
        given = self.cleaned_data
        if bool(given["issuer"]) != bool(given["issued_on"]):
            missing = "issued_on" if given["issuer"] else "issuer"
            raise UserError(fields={missing: _("印发机关和印发日期写在同一行，请都填写，或都留空。")})
        kept = {
            name: given[name]
            for name in ("organ", "number", "copies", "issuer", "appendix", "keep_paragraphs")
        }
        return {**kept, "issued_on": str(given["issued_on"] or "")}

    def moment(self, now: dt.datetime) -> dt.datetime | None:
        """Return as known when the numbers are asked for, None for now; raise UserError beside the field."""
        release, day = self.cleaned_data["release"], self.cleaned_data["known_on"]
        if release and day:
            raise UserError(fields={"known_on": _("发布和日期只选一个：清空其中一个。")})
        if day and day > timezone.localdate(now):
            raise UserError(fields={"known_on": _("这一天还没有到，请选今天或以前的日期。")})
        if release:
            return release.known_at  # type: ignore[no-any-return]  # a release, chosen from the list
        return min(last_moment(day), now) if day else None

    def span(self) -> Period:
        """Return the period, or raise UserError beside the field."""
        found = self.period()
        if found is None:
            raise UserError(fields={"until": _("截止日期早于起始日期，请对调或改正。")})
        return found


def last_moment(day: dt.date) -> dt.datetime:
    """Return the last whole second of a day."""
    following = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
    return timezone.make_aware(following) - dt.timedelta(seconds=1)


def _named(one: Release) -> str:
    at = timezone.localtime(one.known_at).strftime("%Y-%m-%d %H:%M")
    words = {"unit": one.unit, "days": days(one.since, one.until), "version": version(one), "at": at}
    return gettext("%(unit)s %(days)s %(version)s（数据截至 %(at)s）") % words
