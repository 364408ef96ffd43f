"""Forms of finding: they read input and show what operations refuse; operations decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.forms import DeskForm, Words


class ExpertForm(DeskForm):
    """An act on one suggested expert."""

    expert = forms.UUIDField(widget=forms.HiddenInput)


class UnfitForm(ExpertForm):
    """Why an expert does not fit."""

    reason = Words(label=_("为什么不合适"), required=False, max_length=200)
