"""The association's log: one leaf for each confirmation and reversal (RFC 9162's tree), and signed heads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models.record import Tenant


class LogEntry(Tenant):
    """A leaf: the salted hash of a record's canonical bytes at the moment it was confirmed or reversed.

    `position` is null until the sequencer gives committed entries their places, so that writers never wait
    for one another. `payload` is kept so that verification can say what changed, not only that something did.
    """

    class Kind(models.TextChoices):
        CONFIRMED = "CONFIRMED", _("确认")
        REVERSED = "REVERSED", _("冲销")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    payload = models.BinaryField()
    salt = models.BinaryField()
    leaf_hash = models.BinaryField()
    at = models.DateTimeField()
    position = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("台账日志")
        indexes: ClassVar = [
            # A closing reads the leaves of millions of records from this index alone.
            models.Index(
                name="ledger_log_leaves", fields=["association", "record_id"], include=["kind", "leaf_hash"]
            ),
            models.Index(name="ledger_log_at", fields=["association", "at"]),
            models.Index(
                name="ledger_log_unsequenced",
                fields=["association", "id"],
                condition=models.Q(position=None),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="ledger_log_position", fields=["association", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_type} {self.record_id}"


class TreeHead(Tenant):
    """The root over the first `size` leaves, signed with the association's key."""

    size = models.BigIntegerField()
    root = models.BinaryField()
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("树根")
        constraints: ClassVar = [
            models.UniqueConstraint(name="ledger_head_size", fields=["association", "size"]),
        ]

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()[:16]}"
