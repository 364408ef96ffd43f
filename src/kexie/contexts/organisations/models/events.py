"""Activities that belong to the work on organisations: societies' academic events, trainings of cadres."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.foundation.units.models import Unit
from kexie.ledger.models import Activity


class AcademicEvent(Activity):
    """An academic conference, seminar or forum that a municipal society holds or undertakes."""

    KIND = Activity.Kind.FORUM
    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(Activity.Kind.FORUM)

    class Meta:
        proxy = True
        verbose_name = _("学术研讨论坛")

    def clean(self) -> None:
        """Refuse an event without a society among its organisers."""
        super().clean()
        organisers = (unit for unit in (_unit(self, "unit"), self.host) if unit is not None)
        if not any(unit.kind == Unit.Kind.SOCIETY for unit in organisers):
            raise ValidationError({"host": _("主办单位或承办单位中至少要有一个市级学会。")})


class CadreTraining(Activity):
    """A training class for cadres of grass-roots associations."""

    KIND = Activity.Kind.CADRE_TRAINING
    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(Activity.Kind.CADRE_TRAINING)

    class Meta:
        proxy = True
        verbose_name = _("科协干部培训")


def _unit(record: Activity, name: str) -> Unit | None:
    unit: Unit | None = getattr(record, name) if getattr(record, f"{name}_id") else None
    return unit
