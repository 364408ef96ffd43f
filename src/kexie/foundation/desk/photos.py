"""Photographs in forms: taken if given, never asked for twice."""

from typing import Any

from django import forms

from kexie.kernel.errors import UserError
from kexie.platform.files import pictures

PHOTO_ACCEPT = pictures.ACCEPT


class PhotoField(forms.FileField):
    """A picture whose name, content and size agree; `pictures.plain` is what is to be kept of it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the picture, or refuse what is none."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            pictures.check(upload)
        except UserError as refused:
            raise forms.ValidationError(str(refused)) from refused
        return upload
