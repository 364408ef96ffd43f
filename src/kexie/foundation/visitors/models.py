"""Accounts of the public, the people they come with, and the codes they sign in with. Nothing personal is in clear."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kexie.foundation.people.masking import mask_phone
from kexie.foundation.visitors import details, rules
from kexie.foundation.visitors.consent import Relation
from kexie.kernel.ids import uuid7
from kexie.platform import crypto


class Visitor(models.Model):
    """Somebody of the public, known by a mobile number alone.

    After the account was deleted the row stays, so that bookings keep their key, but it says nothing of anybody.
    A token or cookie holds the `epoch` it was made in; raising the epoch ends them all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    phone = models.BinaryField(_("手机号码"), null=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    epoch = models.PositiveIntegerField(default=1, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("建立时间"))
    seen_at = models.DateTimeField(_("最近登录"), null=True)
    erased_at = models.DateTimeField(_("注销时间"), null=True)

    class Meta:
        verbose_name = _("观众账号")
        verbose_name_plural = _("观众账号")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["association", "seen_at"], name="visitor_seen")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "phone_digest"],
                name="visitor_phone_unique",
                condition=~Q(phone_digest=""),
            ),
            models.CheckConstraint(
                name="visitor_has_phone_until_erased",
                condition=Q(erased_at=None, phone__isnull=False) & ~Q(phone_digest="")
                | Q(erased_at__isnull=False, phone=None, phone_digest="", is_active=False),
            ),
        ]

    def __str__(self) -> str:
        """A name for the audit log, which outlives the account: it must not say who it was."""
        return f"{self._meta.verbose_name} {str(self.pk)[-8:]}"

    @property
    def phone_number(self) -> str:
        """The mobile number, for sending messages; "" once erased. Pages show `masked_phone`."""
        return crypto.decrypt(bytes(self.phone)).decode() if self.phone else ""

    @property
    def masked_phone(self) -> str:
        """138****5678."""
        return mask_phone(self.phone_number)


class Companion(models.Model):
    """Somebody a visitor comes with, or the visitor: kept to be chosen at the next booking.

    `sealed` holds the details, encrypted and bound to this row; `digest` is `details.Person.digest`.
    """

    Relation = Relation

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    visitor = models.ForeignKey(
        Visitor, verbose_name=_("观众账号"), on_delete=models.CASCADE, related_name="companions"
    )
    is_self = models.BooleanField(_("本人"), default=False)
    sealed = models.BinaryField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    consent_relation = models.CharField(
        _("与孩子的关系"), max_length=12, choices=Relation.choices, blank=True
    )
    consent_version = models.CharField(_("同意书版本"), max_length=12, blank=True, editable=False)
    consented_at = models.DateTimeField(_("监护人同意时间"), null=True, editable=False)
    created_at = models.DateTimeField(_("添加时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True)

    class Meta:
        verbose_name = _("常用同行人")
        verbose_name_plural = _("常用同行人")
        ordering: ClassVar = ["-is_self", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "visitor", "digest"],
                name="companion_once",
                condition=Q(removed_at=None),
            ),
            models.UniqueConstraint(
                fields=["association", "visitor"],
                name="companion_one_self",
                condition=Q(is_self=True, removed_at=None),
            ),
            models.CheckConstraint(
                name="companion_consent_whole",
                condition=Q(consented_at=None, consent_version="", consent_relation="")
                | Q(consented_at__isnull=False) & ~Q(consent_version="") & ~Q(consent_relation=""),
            ),
        ]

    def __str__(self) -> str:
        """A name for the audit log, which outlives the details."""
        return f"{self._meta.verbose_name} {str(self.pk)[-8:]}"

    @cached_property
    def person(self) -> details.Person:
        """The details."""
        return details.from_bytes(bytes(self.sealed), context=self.pk.bytes)[0]

    @property
    def masked_name(self) -> str:
        """张*三."""
        return self.person.masked_name

    @property
    def masked_number(self) -> str:
        """The document number with its middle starred."""
        return self.person.masked_number


class OneTimeCode(models.Model):
    """A code sent to a number, of which only a keyed hash is kept; and the count of what was asked and tried."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+", editable=False)
    phone = models.BinaryField(editable=False)
    phone_digest = models.CharField(max_length=64, editable=False)
    code_digest = models.CharField(max_length=64, editable=False)
    notice_id = models.UUIDField(null=True, editable=False)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    used_at = models.DateTimeField(_("使用时间"), null=True)
    ip = models.GenericIPAddressField(_("来源地址"), null=True)

    class Meta:
        verbose_name = _("登录验证码")
        verbose_name_plural = _("登录验证码")
        ordering: ClassVar = ["-sent_at"]
        indexes: ClassVar = [
            models.Index(fields=["association", "phone_digest", "-sent_at"], name="code_phone"),
            models.Index(fields=["association", "ip", "-sent_at"], name="code_address"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def phone_number(self) -> str:
        """The number it was sent to."""
        return crypto.decrypt(bytes(self.phone), context=self.pk.bytes).decode()

    @property
    def masked_phone(self) -> str:
        """138****5678."""
        return mask_phone(self.phone_number)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be answered."""
        return self.used_at is None and self.expires_at > now and self.tries < rules.CODE_TRIES
