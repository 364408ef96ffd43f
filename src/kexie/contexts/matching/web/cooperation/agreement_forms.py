"""Forms of the agreements' pages."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models import Agreement, Expert, MatchEvent, Obligation, Problem
from kexie.contexts.matching.operations.agreements import Promise, Terms
from kexie.contexts.matching.queries import agreements as queries
from kexie.contexts.matching.states import ObligationState
from kexie.contexts.matching.web.fields import ExpertChoice
from kexie.foundation.access.models import Account
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

PAPERS = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.zip"
_PARTNERS = (Kind.SOCIETY, Kind.OUTSIDE, Kind.UNIVERSITY_ASSOCIATION, Kind.PARK_ASSOCIATION, Kind.SCHOOL)
_EVENTS = 60


class AgreementForm(DeskForm):
    """An agreement that was signed."""

    wide = frozenset({"title", "others", "note"})

    kind = forms.ChoiceField(label=_("类别"), choices=Agreement.Kind.choices)
    title = Words(
        label=_("协议名称"), max_length=200, help_text=_("照协议文本写，例如：阜阳市科协与安徽省食品学会合作协议。")
    )  # fmt: skip
    number = Words(label=_("协议编号"), max_length=60, required=False)
    on = Day(label=_("签订日期"))
    valid_to = Day(
        label=_("有效期至"), required=False, help_text=_("最后一个有效的日子；协议没有写就留空，视为长期有效。")
    )  # fmt: skip
    partner_unit = forms.ModelChoiceField(
        label=_("合作单位"), queryset=Unit.objects.none(), required=False, empty_label=_("没有登记"),
        help_text=_("学会、高校、院所；没有登记的在下一栏写名称。"),
    )  # fmt: skip
    partner = Words(label=_("合作方名称"), max_length=200, required=False)
    firm = forms.ModelChoiceField(
        label=_("签约企业"), queryset=Unit.objects.none(), required=False, empty_label=_("没有"),
        help_text=_("产学研合作协议和技术合同要选。"),
    )  # fmt: skip
    expert = ExpertChoice(
        label=_("签约专家"), queryset=Expert.objects.none(), required=False, empty_label=_("没有")
    )
    others = Words(
        label=_("其他签约方"), max_length=300, required=False, help_text=_("三方以上协议的其他各方，用顿号分开。")
    )  # fmt: skip
    problem = forms.ModelChoiceField(
        label=pgettext_lazy("one", "技术难题"), queryset=Problem.objects.none(), required=False, empty_label=_("没有"),
        help_text=_("为解决哪个难题签的；选了会同时登记难题“已签约”。"),
    )  # fmt: skip
    event = forms.ModelChoiceField(
        label=_("签约活动"), queryset=MatchEvent.objects.none(), required=False, empty_label=_("没有")
    )
    note = Lines(label=_("说明"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        whole = Scope(association_id=scope.association_id)
        self._offer("partner_unit", units.units(whole, kind=_PARTNERS).order_by("name"))
        self._offer("firm", units.units(scope, kind=Kind.FIRM).order_by("name"))
        experts = Expert.objects.filter(association=scope.association_id, withdrawn_on=None, merged_into=None)
        self._offer("expert", experts.order_by("name", "pk"))
        self._offer("problem", Problem.objects.filter(scope.q()).order_by("-number"))
        events = MatchEvent.objects.filter(scope.q(), ~Q(state=State.REVERSED)).order_by("-occurred_on")
        recent = list(events.values_list("pk", flat=True)[:_EVENTS])
        self._offer("event", MatchEvent.objects.filter(pk__in=recent).order_by("-occurred_on"))

    def _offer(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    def terms(self) -> Terms:
        """Return what was entered."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})


class RenewForm(DeskForm):
    """The agreement that follows; what is left empty stays as it was."""

    wide = frozenset({"title", "words"})

    title = Words(label=_("协议名称"), max_length=200)
    number = Words(label=_("协议编号"), max_length=60, required=False)
    on = Day(label=_("签订日期"), help_text=_("从这一天起，原协议由新协议接替。"))
    valid_to = Day(label=_("有效期至"), required=False, help_text=_("没有写就留空，视为长期有效。"))
    words = Lines(label=_("说明"), required=False, max_length=500)


class EndForm(DeskForm):
    """The day from which it is in force no longer, and why."""

    on = Day(label=_("终止日期"), help_text=_("从这一天起不再有效。"))
    reason = Lines(label=_("终止原因"), max_length=200)


class PromiseForm(DeskForm):
    """What is promised, by whom and by when."""

    wide = frozenset({"text"})

    text = Words(
        label=_("约定事项"), max_length=200, help_text=_("一件事一条，例如：每年派专家到企业服务不少于4次。")
    )  # fmt: skip
    side = forms.ChoiceField(label=_("履行方"), choices=Obligation.Side.choices)
    due_on = Day(label=_("应完成日期"), help_text=_("提前14天提醒责任人，逾期再提醒一次。"))
    owner = forms.ModelChoiceField(
        label=_("责任人"), queryset=Account.objects.none(), required=False, empty_label=_("登记协议的人"),
        help_text=_("科协里由谁盯着这件事。"),
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        owner: Any = self.fields["owner"]
        owner.queryset = queries.owners(scope)
        owner.label_from_instance = lambda account: f"{account.display_name}（{account.username}）"

    def promised(self) -> Promise:
        """Return what was entered."""
        return Promise(**{name: self.cleaned_data[name] for name in Promise.__dataclass_fields__})


class SettleForm(DeskForm):
    """What became of a promise."""

    wide = frozenset({"outcome"})

    state = forms.ChoiceField(label=_("结果"), choices=ObligationState.choices[1:])
    on = Day(label=_("办结日期"))
    outcome = Lines(
        label=_("办理情况"), required=False, max_length=300, help_text=_("做了什么；不再履行的写明原因。")
    )  # fmt: skip


class FileForm(DeskForm):
    """A scan or another paper."""

    name = Words(label=_("材料名称"), max_length=100, help_text=_("例如：协议扫描件、年度总结。"))
    file = forms.FileField(label=_("附件"), widget=forms.FileInput(attrs={"accept": PAPERS}))


class RowForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)
