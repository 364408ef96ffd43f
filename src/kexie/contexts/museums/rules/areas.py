"""What the construction standard says about a museum's size: 《科学技术馆建设标准》建标101-2007 (domain.md 2.2).

Norms are shown beside what a museum decided. They never block: who decides has reasons.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kexie.kernel.errors import Text

# Persons at once and visitors a year for each square metre of halls; square metres for each exhibit.
AT_ONCE_PER_1000_M2 = (200, 250)
A_YEAR_PER_M2 = (30, 60)
M2_AN_EXHIBIT = (15, 30)


@dataclass(frozen=True, kw_only=True)
class Norm:
    """A span by the standard beside what is set or counted (`actual` None: nothing is)."""

    label: Text
    unit: Text
    low: int
    high: int
    actual: int | None
    actual_label: Text

    @property
    def note(self) -> str:
        """What to look at, "" where there is nothing."""
        if self.actual is None:
            return _("尚未设定")
        if self.actual > self.high:
            return _("高于标准上限，请核对面积或说明理由。")
        if self.actual < self.low:
            return _("低于标准下限，可能是有意从严。")
        return ""

    @property
    def sentence(self) -> str:
        """Everything in one line."""
        values = {"label": self.label, "low": self.low, "high": self.high, "unit": self.unit}
        said = _("%(label)s %(low)d–%(high)d %(unit)s") % values
        if self.actual is None:
            return said
        return said + _("；%(what)s %(actual)d %(unit)s") % {
            "what": self.actual_label,
            "actual": self.actual,
            "unit": self.unit,
        }


def at_once(area_m2: int) -> tuple[int, int]:
    """Return how many people the halls may hold at once: 4 to 5 square metres each."""
    low, high = AT_ONCE_PER_1000_M2
    return area_m2 * low // 1000, area_m2 * high // 1000


def a_year(area_m2: int) -> tuple[int, int]:
    """Return how many visitors a year the halls are built for."""
    low, high = A_YEAR_PER_M2
    return area_m2 * low, area_m2 * high


def exhibits(area_m2: int) -> tuple[int, int]:
    """Return how many exhibits the halls are to have: one for every 15 to 30 square metres."""
    few, many = M2_AN_EXHIBIT
    return -(-area_m2 // many), area_m2 // few


def norms(
    area_m2: int | None,
    *,
    instant_cap: int | None = None,
    visits: int | None = None,
    exhibit_count: int | None = None,
) -> list[Norm]:
    """Return the norms for a museum's exhibition area beside its own numbers; none without an area."""
    if not area_m2:
        return []
    people, items = _("人"), _("件")
    rows = (
        (_("同时在馆"), people, at_once(area_m2), instant_cap, _("现行设定")),
        (_("全年参观"), _("人次"), a_year(area_m2), visits, _("近12个月")),
        (_("展品数量"), items, exhibits(area_m2), exhibit_count, _("现有")),
    )
    return [
        Norm(label=label, unit=unit, low=low, high=high, actual=actual, actual_label=said)
        for label, unit, (low, high), actual, said in rows
    ]
