"""Fields that offer experts to those who keep the register: by the whole name, which other pages shorten (`Expert.__str__`)."""

from typing import Any

from django import forms

from kexie.contexts.matching.models import Expert


class ExpertChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """One expert."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the whole name."""
        return name_of(obj)


class ExpertsChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """Several experts, or other rows."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the whole name."""
        return name_of(obj)


def name_of(row: Any) -> str:
    """Return an expert's whole name, or what any other row is called."""
    return row.name if isinstance(row, Expert) else str(row)
