"""Who looks after a facility: it is handed over to another unit, and goes on as it was."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.facilities.models.facility import Facility
from kexie.ledger.models import Tenant

_ACCOUNT, _UNIT = "access.Account", "units.Unit"


class FacilityHandover(Tenant):
    """A facility passed from one unit's keeper to another's; whoever keeps for the new unit has access from then on."""

    facility = models.ForeignKey(
        Facility, models.CASCADE, related_name="handovers", verbose_name=pgettext_lazy("one", "科普设施")
    )
    from_unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="+", verbose_name=_("原管理单位"))
    to_unit = models.ForeignKey(_UNIT, models.PROTECT, related_name="+", verbose_name=_("接管单位"))
    keeper_before = models.CharField(_("原管理员"), max_length=40, blank=True)
    keeper = models.CharField(_("新管理员"), max_length=40)
    on = models.DateField(_("交接日期"))
    reason = models.CharField(_("原因"), max_length=200)
    document = models.CharField(_("依据"), max_length=80, blank=True)
    made_by = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"))
    undone_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )
    undone_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("设施交接")
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="facilities_handover_units",
                condition=~Q(from_unit=F("to_unit")),
                violation_error_message=_("接管单位就是现在的管理单位。"),
            ),
            models.CheckConstraint(
                name="facilities_handover_undone",
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.on}"
