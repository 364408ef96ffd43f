"""What a visitor says without signing in, and how much of it one device may say."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import short_code
from kexie.ledger.models.record import Tenant


def voice_code() -> str:
    """Return the number by which a visitor may ask what became of it."""
    return short_code(8)


class Voice(Tenant):
    """Something said at `said_at`, under a public `code`.

    `device` and `address` are keyed digests of a cookie and of the network address (with the day in it, so that
    nobody can be followed over days); they limit how often one device speaks and say nothing about a person.
    """

    code = models.CharField(_("编号"), max_length=8, default=voice_code, editable=False)
    said_at = models.DateTimeField(_("提交时间"))
    device = models.CharField(max_length=32, blank=True, editable=False)
    address = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(fields=["association", "device", "said_at"]),
            models.Index(fields=["association", "address", "said_at"]),
        ]

    def __str__(self) -> str:
        return self.code
