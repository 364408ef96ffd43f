"""What a text means to a model, as numbers."""

from typing import Any, ClassVar

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant


class TextVector(Tenant):
    """The vector of one text that may be given to an endpoint; known by a digest of the text, which is not kept here."""

    digest = models.CharField(_("文字摘要值"), max_length=64)
    model = models.CharField(_("模型"), max_length=120)
    dimension = models.PositiveIntegerField(_("维数"))
    # Numbers of four bytes, little-endian, of length one.
    vector = models.BinaryField(_("向量"), editable=False)
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = _("文字向量")
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_vector_once", fields=["association", "model", "digest"])
        ]

    def __str__(self) -> str:
        return f"{self.model} · {self.digest[:8]}"

    def numbers(self) -> Any:
        """Return the vector."""
        return np.frombuffer(bytes(self.vector), dtype="<f4")
