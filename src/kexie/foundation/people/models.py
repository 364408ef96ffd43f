"""Natural persons. Identity documents and telephone numbers are encrypted at rest."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.foundation.people.masking import mask_document, mask_name, mask_phone
from kexie.kernel.ids import uuid7
from kexie.platform import crypto


class Sex(models.TextChoices):
    """GB/T 2261.1 in words."""

    UNKNOWN = "UNKNOWN", _("未知")
    MALE = "MALE", _("男")
    FEMALE = "FEMALE", _("女")


class Document(models.TextChoices):
    """What kind of document identifies a person; a household register serves children without a card."""

    RESIDENT_ID = "RESIDENT_ID", _("居民身份证")
    HONG_KONG_MACAO = "HONG_KONG_MACAO", _("港澳居民来往内地通行证")
    TAIWAN = "TAIWAN", _("台湾居民来往大陆通行证")
    FOREIGN_RESIDENT = "FOREIGN_RESIDENT", _("外国人永久居留身份证")
    PASSPORT = "PASSPORT", _("护照")
    HOUSEHOLD = "HOUSEHOLD", _("户口簿")


class Person(models.Model):
    """A person as one association knows them.

    `resident_id` is the encrypted number of the document that `document` names; it leaves this table only
    through `people.operations.reveal`, which writes to the audit log. `resident_id_digest` is its keyed
    hash and finds the same person again.
    """

    Sex = Sex
    Document = Document

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    unit = models.ForeignKey(
        "units.Unit",
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField(_("姓名"), max_length=60)
    document = models.CharField(
        _("证件类型"), max_length=20, choices=Document.choices, default=Document.RESIDENT_ID
    )
    resident_id = models.BinaryField(_("证件号码"), null=True, blank=True, editable=False)
    resident_id_digest = models.CharField(max_length=64, blank=True, editable=False)
    phone = models.BinaryField(_("手机号码"), null=True, blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)
    title = models.CharField(_("职称职务"), max_length=60, blank=True)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["association", "phone_digest"], name="person_phone")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "resident_id_digest"],
                name="person_resident_id_unique",
                condition=~Q(resident_id_digest=""),
            ),
            models.CheckConstraint(
                name="person_resident_id_with_digest",
                condition=Q(resident_id=None, resident_id_digest="")
                | (Q(resident_id__isnull=False) & ~Q(resident_id_digest="")),
            ),
        ]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        """The name with all but the first character starred, for lists and public pages."""
        return mask_name(self.name)

    @property
    def masked_resident_id(self) -> str:
        """The document number with its middle starred, or nothing."""
        return mask_document(crypto.decrypt(bytes(self.resident_id)).decode()) if self.resident_id else ""

    @property
    def masked_phone(self) -> str:
        """The telephone number with its middle starred, or nothing."""
        return mask_phone(crypto.decrypt(bytes(self.phone)).decode()) if self.phone else ""
