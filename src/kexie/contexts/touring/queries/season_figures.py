"""What a plan reaches and costs, in figures."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.queries import seasons


@dataclass(frozen=True)
class Summary:
    """A plan in figures; `share` is of the townships that have a site, in per cent."""

    stops: int
    reached: int
    townships: int
    share: float
    missing: int
    wishes: int
    wishes_kept: int
    confirmed: int
    days: int
    km: int
    overtime: int


def summary(plan: Plan) -> Summary:
    """Return a plan's figures."""
    stops = list(seasons.stops(plan))
    townships = seasons.sites(plan.season).order_by().values("area_id").distinct().count()
    reached = len({one.site.area_id for one in stops})
    totals = plan.trips.aggregate(days=Count("pk"), metres=Sum("metres"), overtime=Sum("overtime"))
    wishes = seasons.wishes(plan.season)
    return Summary(
        stops=len(stops),
        reached=reached,
        townships=townships,
        share=round(100 * reached / townships, 1) if townships else 0.0,
        missing=sum(int(one["missing"]) for one in plan.unserved),
        wishes=len(wishes),
        wishes_kept=len({one.site_id for one in stops if _is_kept(one, wishes)}),
        confirmed=sum(one.host_state == PlannedStop.Host.CONFIRMED for one in stops),
        days=totals["days"],
        km=(totals["metres"] or 0) // 1000,
        overtime=totals["overtime"] or 0,
    )


def mark(plan: Plan) -> str:
    """Return what differs as soon as other days are kept: for a page to know whether it still shows what stands."""
    totals = plan.trips.aggregate(days=Count("pk"), metres=Sum("metres"), driving=Sum("driving"))
    return "-".join(str(totals[name] or 0) for name in ("days", "metres", "driving"))


def _is_kept(one: PlannedStop, wishes: seasons.Wishes) -> bool:
    wish = wishes.get(one.site_id)
    return wish is not None and wish[0] <= one.trip.day <= wish[1]
