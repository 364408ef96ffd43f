"""Popular activities that no other context looks after: lectures, exhibitions, consulting, other activities."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Activity

_Kind = Activity.Kind
POPULAR_KINDS: tuple[str, ...] = (
    _Kind.LECTURE,
    _Kind.EXHIBITION,
    _Kind.CONSULTING,
    _Kind.POPULAR,
    _Kind.SCHOOL_VISIT,
)

# What people take part in for science; meetings of cadres and of scholars are no part of a campaign.
CAMPAIGN_KINDS: tuple[str, ...] = (
    _Kind.SHOW,
    _Kind.LECTURE,
    _Kind.EXHIBITION,
    _Kind.CONSULTING,
    _Kind.POPULAR,
    _Kind.SCHOOL_VISIT,
)


class PopularActivity(Activity):
    """A lecture, an exhibition, consulting, a visit to a school or another activity for the public."""

    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(*POPULAR_KINDS)

    class Meta:
        proxy = True
        verbose_name = _("科普活动")

    def clean(self) -> None:
        """Refuse kinds that have a desk of their own."""
        super().clean()
        if self.kind and self.kind not in POPULAR_KINDS:
            label = self.get_kind_display()
            raise ValidationError({"kind": _("“%(kind)s”请在对应的业务里登记。") % {"kind": label}})
