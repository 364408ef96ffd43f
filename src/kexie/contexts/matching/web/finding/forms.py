"""Forms of finding: they read input and show what operations refuse; operations decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.rules.disclosure import WORDING
from kexie.foundation.desk.forms import DeskForm, Lines, Whole, Words


class Ids(forms.Field):
    """What was ticked; the operation knows what may be."""

    def to_python(self, value: Any) -> list[UUID]:
        """Return the ids."""
        try:
            return [UUID(one) for one in value or ()]
        except ValueError as error:
            raise forms.ValidationError(_("请刷新页面后重新选择。")) from error


class ExpertForm(DeskForm):
    """An act on one suggested expert."""

    expert = forms.UUIDField(widget=forms.HiddenInput)


class UnfitForm(ExpertForm):
    """Why an expert does not fit."""

    reason = Words(label=_("为什么不合适"), required=False, max_length=200)


class InviteForm(DeskForm):
    """Whom to invite; the boxes stand beside the suggestions."""

    wide = frozenset({"words"})

    experts = Ids(label=_("要邀请的专家"), required=False, widget=forms.MultipleHiddenInput)
    words = Lines(
        label=_("给专家的话"), required=False, max_length=300,
        help_text=_("和题目、摘要一起给专家看；不写涉密内容。"),
    )  # fmt: skip
    days = Whole(label=_("几天内答复"), initial=7, min_value=1, max_value=60)


class InvitationForm(DeskForm):
    """An act on one invitation."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class WithdrawForm(InvitationForm):
    """Why an invitation is taken back."""

    reason = Words(label=_("撤回原因"), required=False, max_length=200)


class AcceptForm(DeskForm):
    """That the expert will look at the problem."""

    undertakes = forms.BooleanField(label=_("我作出以上保密承诺"), help_text=WORDING, required=False)


class UndertakeForm(DeskForm):
    """That an expert who accepted keeps things to themselves."""

    undertakes = forms.BooleanField(
        label=_("我作出以上保密承诺"),
        help_text=WORDING,
        error_messages={"required": _("请先勾选保密承诺。")},
    )


class DeclineForm(DeskForm):
    """Why the expert will not."""

    reason = Words(
        label=_("原因"), required=False, max_length=200, help_text=_("例如：不是我的方向、近期时间不够。")
    )
