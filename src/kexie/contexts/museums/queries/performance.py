"""What the free-opening performance file and the museum's part of the national return say (domain.md 2.4, 1.3, 2.2).

Every number is a figure: a measure, a period, the museum's unit, with its rows, moment and digest. Where there are no
records the line stays empty; nought is only said where records say it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Hall, Museum, MuseumStage
from kexie.contexts.museums.queries import yearbook
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.figures import Figure
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell
from kexie.ledger.models import Activity
from kexie.platform.capacity.models import Channel

# Places that the law calls museums of science: from this floor area on (domain.md 1.3).
SMALLEST_MUSEUM_M2 = 500
# A visit a year for each square metre of halls, and people at once (domain.md 2.2).
VISITS_A_M2 = (30, 60)
M2_A_PERSON = (Decimal(4), Decimal(5))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: what, its value as shown, unit, the figure behind it (None: from the register), and a remark."""

    item: Text
    value: Number | str = None
    unit: str = ""
    figure: Figure | None = None
    remark: Text = ""
    code: str = ""

    @property
    def shown(self) -> Number | str:
        """The value; None (an empty cell) where no record answers."""
        if self.figure is not None:
            return self.figure.value if self.figure.rows else None
        return self.value


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a file with its lines."""

    title: Text
    lines: tuple[Line, ...]
    note: Text = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A file about a museum's year."""

    title: Text
    museum: Museum
    year: int
    as_of: dt.datetime
    until: dt.date
    parts: tuple[Part, ...]

    def figures(self) -> Iterator[Figure]:
        """Every figure in it, in order."""
        return (line.figure for part in self.parts for line in part.lines if line.figure)


@dataclass
class _Asking:
    """A museum's year being asked about."""

    museum: Museum
    period: Period
    scope: Scope
    now: dt.datetime

    def line(self, key: str, *, item: Text = "", remark: Text = "", code: str = "", **filters: str) -> Line:
        cell = yearbook.cell_of(key, self.museum, self.period)
        cell = Cell(cell.measure, cell.period, unit=cell.unit, filters=tuple(sorted(filters.items())))
        found = figures.figure(cell, self.scope, now=self.now)
        said = remark or (_("另有%(n)d条没有计数") % {"n": found.uncounted} if found.uncounted else "")
        if not found.rows:
            said = said or _("没有记录")
        return Line(
            item=item or found.measure.label, unit=found.measure.unit, figure=found, remark=said, code=code
        )


def performance(museum: Museum, year: int, scope: Scope, *, today: dt.date, now: dt.datetime) -> Paper:
    """Return the free-opening performance file of a museum's year."""
    asking = _asking(museum, year, scope, today, now)
    return Paper(
        title=_("科技馆免费开放绩效材料"),
        museum=museum,
        year=year,
        as_of=now,
        until=asking.period.last_day,
        parts=(
            _basics(museum),
            _opening(asking),
            _exhibits(asking),
            _education(asking),
            _satisfaction(asking),
        ),
    )


def _asking(museum: Museum, year: int, scope: Scope, today: dt.date, now: dt.datetime) -> _Asking:
    until = min(today, dt.date(year, 12, 31))
    return _Asking(museum, Period.until(until, since=dt.date(year, 1, 1)), scope, now)


def _basics(museum: Museum) -> Part:
    return Part(
        title=_("基本情况"),
        note=_("本部分取自科技馆登记信息。"),
        lines=(
            Line(item=_("建筑面积"), value=museum.floor_area, unit="㎡"),
            Line(item=_("展教面积"), value=museum.exhibition_area, unit="㎡"),
            Line(item=_("瞬时最大承载量"), value=museum.instant_cap, unit="人", remark=_norm(museum)),
            Line(item=_("日最大接待量"), value=museum.daily_cap, unit="人"),
            Line(item=_("票务"), value=museum.ticket or None),
            Line(
                item=_("免费项目"),
                value=None,
                remark=_("常设展厅、讲座、教育活动、基本服务是否免费，请按实际填写。"),
            ),
        ),
    )


def _norm(museum: Museum) -> str:
    if not museum.exhibition_area:
        return ""
    least, most = (int(museum.exhibition_area / each) for each in reversed(M2_A_PERSON))
    return _("按建标101-2007每人4至5㎡，参考%(least)d至%(most)d人") % {"least": least, "most": most}


def _opening(asking: _Asking) -> Part:
    channels = [
        asking.line(
            "museums.booked_people",
            item=_("预约人数（%(channel)s）") % {"channel": label},
            channel=value,
        )
        for value, label in Channel.choices
    ]
    return Part(
        title=_("开放与接待"),
        lines=(
            asking.line("museums.open_days"),
            asking.line("museums.closed_days"),
            asking.line("museums.visits"),
            asking.line("museums.places_offered"),
            *(line for line in channels if line.figure and line.figure.rows),
            asking.line("museums.no_show_rate"),
            asking.line("museums.crowded_days"),
        ),
    )


def _exhibits(asking: _Asking) -> Part:
    return Part(
        title=_("展品更新与完好"),
        note=_("展品更新率为当年安装的展品占年末在展展品的百分比。"),
        lines=(
            asking.line("museums.exhibits"),
            asking.line("museums.exhibits_intact"),
            _renewal(asking),
            asking.line("museums.repairs"),
            asking.line("museums.repairs_in_time"),
        ),
    )


def _renewal(asking: _Asking) -> Line:
    """Return the share of exhibits shown at the end that were installed within the year, from the figure's own rows."""
    cell = yearbook.cell_of("museums.exhibits", asking.museum, asking.period)
    shown = figures.rows(cell, asking.scope)
    total = shown.count()
    start, end = asking.period.start, asking.period.end
    fresh = shown.filter(exhibit__installed_on__gte=start, exhibit__installed_on__lt=end).count()
    if not total:
        return Line(item=_("展品更新率"), unit="%", remark=_("没有记录"))
    rate = (Decimal(100 * fresh) / total).quantize(Decimal("0.01"))
    return Line(
        item=_("展品更新率"), value=rate, unit="%", remark=_("%(n)d / %(m)d 件") % {"n": fresh, "m": total}
    )


def _education(asking: _Asking) -> Part:
    shows = (asking.line("museums.shows"), asking.line("museums.show_visits"))
    return Part(
        title=_("教育活动"),
        note=_("展演观众是参观人次的一部分，两者不可相加；其他活动按活动记录的类型列出。"),
        lines=(*shows, *_activities(asking)),
    )


def _activities(asking: _Asking) -> Iterator[Line]:
    """Yield the other confirmed activities of the museum by type: how many were held."""
    rows = Activity.objects.filter(
        asking.scope.q(), unit__path__startswith=asking.museum.unit.path, state="CONFIRMED", held=True,
        occurred_on__gte=asking.period.start, occurred_on__lt=asking.period.end,
    )  # fmt: skip
    kinds = dict(Activity.Kind.choices)
    for kind in rows.order_by("kind").values_list("kind", flat=True).distinct():
        if kind == Activity.Kind.SHOW:
            continue
        yield Line(
            item=kinds[kind],
            value=rows.filter(kind=kind).count(),
            unit="场次",
            remark=_("取自已确认的活动记录"),
        )


def _satisfaction(asking: _Asking) -> Part:
    lines = (asking.line("museums.satisfaction"), asking.line("museums.ratings"))
    return Part(title=_("观众满意度"), lines=lines)


# --- the national return ----------------------------------------------------------------------------------------


def national(museum: Museum, year: int, scope: Scope, *, today: dt.date, now: dt.datetime) -> Paper:
    """Return the museum's part of the national return: KP-002, one venue, stocks on the year's last day."""
    asking = _asking(museum, year, scope, today, now)
    stage = _stage(museum, asking.period.last_day, scope)
    is_museum = bool(museum.floor_area and museum.floor_area >= SMALLEST_MUSEUM_M2)
    return Paper(
        title=_("全国科普统计调查：科普场地（科技馆部分）"),
        museum=museum,
        year=year,
        as_of=now,
        until=asking.period.last_day,
        parts=(
            Part(
                title=_("KP-002 科普场地"),
                note=_(
                    "科普场馆自行填报，上级单位不重复填报；时点数为年末数，空白为没有记录，“-”为不适用。指标代码各年版本不同，请按当年报表填写。"
                ),
                lines=(
                    Line(item=_("单位名称"), value=museum.name),
                    Line(item=_("主管部门代码"), value="02", remark=_("科协组织")),
                    Line(
                        item=_("科技馆（建筑面积500㎡以上、以展教为主）"),
                        value=1 if is_museum and stage in {"TRIAL", "OPEN"} else None,
                        unit="个",
                        remark=_("年末阶段：%(stage)s") % {"stage": _stage_label(stage)},
                    ),
                    Line(item=_("建筑面积"), value=museum.floor_area, unit="㎡"),
                    Line(item=_("展厅面积"), value=_hall_area(museum, scope), unit="㎡", remark=_("各常设、临时展厅之和")),
                    asking.line("museums.visits", item=_("当年参观人次")),
                    asking.line("museums.exhibits", item=_("常设展品")),
                    asking.line("museums.open_days", item=_("年累计免费开放天数"), remark=_free(museum)),
                    Line(
                        item=_("门票收入"),
                        value="-" if "免费" in museum.ticket else None,
                        unit="万元",
                        remark=_("免费开放，不适用") if "免费" in museum.ticket else _("请按财务数据填写"),
                    ),
                ),
            ),
            _reference_values(asking),
        ),
    )  # fmt: skip


def _free(museum: Museum) -> str:
    return "" if "免费" in museum.ticket else _("登记信息没有写明免费，请核对后填写。")


def _stage(museum: Museum, day: dt.date, scope: Scope) -> str:
    rows = MuseumStage.objects.filter(scope.q(), museum=museum, state="CONFIRMED", occurred_on__lte=day)
    return rows.order_by("-occurred_on", "-id").values_list("stage", flat=True).first() or ""


def _stage_label(stage: str) -> str:
    return str(MuseumStage.Stage(stage).label) if stage else _("未登记")


def _hall_area(museum: Museum, scope: Scope) -> int | None:
    uses = (Hall.Use.EXHIBITION, Hall.Use.TEMPORARY)
    rows = Hall.objects.filter(scope.q(), unit=museum.unit_id, use__in=uses, area_m2__isnull=False)
    areas = list(rows.values_list("area_m2", flat=True))
    return sum(area for area in areas if area) if areas else None


def _reference_values(asking: _Asking) -> Part:
    """Return the bounds of the construction standard, to set the year's figures beside (never a verdict)."""
    area = asking.museum.exhibition_area
    least, most = (area * each if area else None for each in VISITS_A_M2)
    return Part(
        title=_("建设标准参考（建标101-2007）"),
        note=_("只供核对，不是考核。"),
        lines=(
            Line(item=_("按展教面积参考的年参观人次下限"), value=least, unit="人次"),
            Line(item=_("按展教面积参考的年参观人次上限"), value=most, unit="人次"),
        ),
    )
