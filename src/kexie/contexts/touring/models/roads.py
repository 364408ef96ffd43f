"""Tables of ways by road between sites and depots: imported, or fetched from a routing service."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant


class RoadTable(Tenant):
    """Metres and seconds among points. Points, not names, say which way is meant: a site that moves has no known way any more."""

    class Kind(models.TextChoices):
        IMPORTED = "IMPORTED", _("导入的里程表")
        SERVICE = "SERVICE", _("路线服务")

    class State(models.TextChoices):
        WAITING = "WAITING", _("排队中")
        RUNNING = "RUNNING", _("正在取")
        DONE = "DONE", _("可用")
        CANCELLED = "CANCELLED", _("已停止")
        FAILED = "FAILED", _("没有取完")

    BUSY = (State.WAITING, State.RUNNING)

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    # The season that it was made for takes it over once it is there.
    season = models.ForeignKey("touring.Season", models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("来源"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=60)
    state = models.CharField(_("状态"), max_length=9, choices=State.choices)
    # [[longitude, latitude], …] in WGS-84
    points: "models.JSONField[Any, Any]" = models.JSONField(_("点"), default=list)
    # Compressed 32-bit integers, metres then seconds, row by row; see `rules.roads.Table`.
    ways = models.BinaryField(_("里程"), default=bytes, editable=False)
    known = models.PositiveIntegerField(_("已知的路线数"), default=0)
    parts_done = models.PositiveIntegerField(_("已取的部分"), default=0)
    parts = models.PositiveIntegerField(_("全部部分"), default=0)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    is_stopping = models.BooleanField(_("要求停止"), default=False)
    made_by = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("道路里程表")
        ordering: ClassVar = ["-made_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_road_table_name",
                fields=["association", "unit", "name"],
                violation_error_message=_("已经有同名的里程表，请换一个名称。"),
            ),
            models.CheckConstraint(
                name="touring_road_table_kind", condition=Q(kind__in=("IMPORTED", "SERVICE"))
            ),
        ]

    def __str__(self) -> str:
        return self.name
