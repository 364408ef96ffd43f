"""Entries that may be of one person: the list of them, two side by side, and the merge."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import Expert, ExpertConsent
from kexie.contexts.matching.operations import expert_merges as operations
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import lookalikes as queries
from kexie.contexts.matching.web.experts.base import ExpertsView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.ui import lists
from kexie.ui.nav import Link


class LookalikesPage(ExpertsView):
    """Pairs that look like one person."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them, the likeliest first."""
        found: Any = queries.pairs(self.scope)
        page = lists.paged(found, request.GET)
        return self.page("lookalikes", {"page": page, "trail": self.trail(Link(_("可能重复的专家")))})


class MergeForm(DeskForm):
    """Which entry is kept, and from which each field is taken."""

    def __init__(self, *args: Any, pair: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        one, other = pair
        both = [(str(one.pk), _("左边")), (str(other.pk), _("右边"))]
        self.fields["kept"] = forms.ChoiceField(
            label=_("保留哪一份"), choices=both, initial=str(one.pk), widget=forms.RadioSelect,
            help_text=_("编号、登记和以后的办理都用保留的这份；另一份的成果、邀请、同意原样保存，合在一起看。"),
        )  # fmt: skip
        for name in operations.FIELDS:
            if getattr(one, name) != getattr(other, name):
                first = one if getattr(one, name) else other
                told = [(str(row.pk), _shown(name, row) or _("（空）")) for row in pair]
                self.fields[f"field_{name}"] = forms.ChoiceField(
                    label=_label(name), choices=told, initial=str(first.pk), widget=forms.RadioSelect
                )

    def choices(self) -> tuple[str, list[str]]:
        """Return which entry is kept, and the fields taken from the other."""
        kept = self.cleaned_data["kept"]
        named = {
            name.removeprefix("field_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("field_")
        }
        return kept, [name for name, value in named.items() if value != kept]


class PairPage(ExpertsView, ActPage):
    """Two entries side by side."""

    action = to_write = Action.CONFIRM
    template = "pair"

    def check(self) -> None:
        """Find both."""
        self.one = register.expert(self.scope, self.kwargs["pk"])
        self.other = register.expert(self.scope, self.kwargs["other"])

    def acts(self) -> list[Act]:
        """Merge, or say that they are two."""
        return [_MERGE, _APART]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the fields that differ."""
        if act is _MERGE:
            return MergeForm(*args, **{"auto_id": "id_merge_%s", "pair": (self.one, self.other), **options})
        return super().act_form(act, *args, **options)

    def post(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Go on to the list of pairs once it is done."""
        answer = super().post(request, **kwargs)
        if answer.status_code == 302:  # noqa: PLR2004 - done
            answer["Location"] = self.url("lookalikes")
        return answer

    def context_of(self) -> dict[str, Any]:
        """Both entries, row by row, and what speaks for one person."""
        pair = [
            found
            for found in queries.like(self.scope, self.one)
            if self.other.pk in {found.one.pk, found.other.pk}
        ]
        return {
            "one": self.one, "other": self.other, "reasons": pair[0].reasons if pair else [],
            "rows": list(_rows(self.one, self.other)),
            "trail": self.trail(Link(_("可能重复的专家"), self.url("lookalikes")), Link(self.one.name)),
        }  # fmt: skip


def _shown(name: str, row: Any) -> str:
    values = {"disciplines": row.discipline_names, "languages": row.language_names}
    return str(values.get(name, getattr(row, name)))


def _label(name: str) -> Any:
    if name == "name":
        return _("姓名")
    return Expert._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a column


def _rows(one: Any, other: Any) -> Any:
    shown = (
        ("name", one.name, other.name), ("other_names", one.other_names, other.other_names), ("title", one.title, other.title),
        ("employer", one.employer, other.employer), ("disciplines", one.discipline_names, other.discipline_names),
        ("skills", one.skills, other.skills), ("languages", one.language_names, other.language_names),
        ("region", one.region, other.region), ("orcid", one.orcid, other.orcid), ("openalex", one.openalex, other.openalex),
        ("phone", one.masked_phone, other.masked_phone), ("email", one.masked_email, other.masked_email),
        ("verified_on", one.verified_on, other.verified_on), ("confirmed_on", one.confirmed_on, other.confirmed_on),
    )  # fmt: skip
    for name, first, second in shown:
        if first or second:
            yield _label(name), first, second, first != second
    yield _("成果（项）"), one.work_count, other.work_count, False
    uses = [register.standing_uses(row) for row in (one, other)]
    said = [
        "、".join(str(label) for use, label in ExpertConsent.Use.choices if use in agreed) for agreed in uses
    ]
    yield _("本人同意"), said[0], said[1], said[0] != said[1]


def _merge(view: PairPage, _data: dict[str, Any]) -> Any:
    form = MergeForm(view.request.POST, pair=(view.one, view.other))
    form.is_valid()
    kept, take = form.choices()
    one, other = (view.one, view.other) if kept == str(view.one.pk) else (view.other, view.one)
    return operations.merge(kept_id=one.pk, gone_id=other.pk, take=take, **view.by)


_MERGE = Act(
    key="merge",
    label=gettext_lazy("合并"),
    done=gettext_lazy("已合并，可以在专家资料页撤销。"),
    run=_merge,
    action=Action.CONFIRM,
)
_APART = Act(
    key="apart", label=gettext_lazy("不是同一个人"), done=gettext_lazy("已记下，不再提示。"), action=Action.CONFIRM,
    run=lambda view, _data: operations.keep_apart(one_id=view.one.pk, other_id=view.other.pk, **view.by),
)  # fmt: skip
