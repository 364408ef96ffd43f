"""Forms of the season's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Site
from kexie.contexts.touring.web.season.fields import Days, Hours, Numbers
from kexie.foundation.desk.forms import Day, DeskForm, Fraction, Whole, Words

WEEKDAYS = (
    ("1", gettext_lazy("星期一")), ("2", gettext_lazy("星期二")), ("3", gettext_lazy("星期三")),
    ("4", gettext_lazy("星期四")), ("5", gettext_lazy("星期五")), ("6", gettext_lazy("星期六")),
    ("7", gettext_lazy("星期日")),
)  # fmt: skip
MARKETS = (
    ("", gettext_lazy("没有集日")),
    ("LUNAR", gettext_lazy("农历，按日期的尾数")),
    ("MONTH", gettext_lazy("公历，按日期的尾数")),
    ("WEEKDAYS", gettext_lazy("按星期几")),
)
_MOST_WEEKDAY, _MOST_DAY = 7, 30


class SeasonForm(DeskForm):
    """A season's days and limits."""

    name = Words(label=gettext_lazy("巡展季"), max_length=60, help_text=gettext_lazy("例如：2026年秋季巡展"))
    starts_on = Day(label=gettext_lazy("第一天"))
    ends_on = Day(label=gettext_lazy("最后一天"))
    starts_at = forms.TimeField(
        label=gettext_lazy("最早出车时间"),
        initial="07:30",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    shift_minutes = Whole(label=gettext_lazy("班时（分钟）"), initial=540, min_value=120, max_value=720)
    overtime_minutes = Whole(label=gettext_lazy("可加班（分钟）"), initial=60, min_value=0, max_value=240)
    drive_minutes = Whole(
        label=gettext_lazy("每天最多驾驶（分钟）"),
        initial=300,
        min_value=30,
        max_value=480,
        help_text=gettext_lazy("法律规定24小时内累计驾驶不得超过8小时。"),
    )
    rest_minutes = Whole(
        label=gettext_lazy("收车到第二天出车至少休息（分钟）"), initial=600, min_value=480, max_value=840
    )
    off_days = Days(label=gettext_lazy("全队休息日"))
    factor = Fraction(
        label=gettext_lazy("道路系数"),
        initial="1.35",
        min_value=1,
        max_value=3,
        decimal_places=2,
        help_text=gettext_lazy("没有道路里程时，按直线距离乘以这个系数。"),
    )
    kmh = Whole(label=gettext_lazy("平均车速（公里/时）"), initial=45, min_value=10, max_value=100)
    weekends = forms.BooleanField(label=gettext_lazy("周末和节假日也出车"), required=False)


class VanForm(DeskForm):
    """A caravan of the season."""

    caravan = forms.ChoiceField(label=gettext_lazy("大篷车"))
    longitude = Fraction(label=gettext_lazy("驻地经度"), max_digits=9, decimal_places=6)
    latitude = Fraction(label=gettext_lazy("驻地纬度"), max_digits=9, decimal_places=6)
    shift_minutes = Whole(
        label=gettext_lazy("班时（分钟）"),
        required=False,
        min_value=120,
        max_value=720,
        help_text=gettext_lazy("不填就按巡展季的设置。"),
    )
    overtime_minutes = Whole(
        label=gettext_lazy("可加班（分钟）"), required=False, min_value=0, max_value=240,
        help_text=gettext_lazy("不填就按巡展季的设置。"),
    )  # fmt: skip
    most_nights = Whole(
        label=gettext_lazy("连续外宿最多（晚）"),
        initial=0,
        min_value=0,
        max_value=6,
        help_text=gettext_lazy(
            "0 是每天回驻地。外宿前后两天，每天驾驶不超过4小时；住在登记了“附近可住宿”的点位。"
        ),
    )
    off_days = Days(label=gettext_lazy("停驶日"))

    def __init__(self, *args: Any, caravans: list[tuple[str, str]] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["caravan"]
        if caravans is None:
            del self.fields["caravan"]
        elif isinstance(field, forms.ChoiceField):
            field.choices = caravans


class HoursForm(DeskForm):
    """When and how often a site may be visited."""

    service_minutes = Whole(label=gettext_lazy("每场时长（分钟）"), min_value=15, max_value=480)
    every_months = Whole(label=gettext_lazy("每几个月去一次"), min_value=1, max_value=36)
    least_days = Whole(label=gettext_lazy("两次至少间隔（天）"), min_value=0, max_value=730)
    priority = forms.TypedChoiceField(label=gettext_lazy("优先级"), choices=Site.Priority.choices, coerce=int)
    can_stay = forms.BooleanField(label=gettext_lazy("附近可住宿"), required=False)
    usual = forms.BooleanField(
        label=gettext_lazy("按这类点位通常的时间"),
        required=False,
        help_text=gettext_lazy("学校是上课日的上午和下午，集市是上午，其他是白天。要写具体时间就不要勾选。"),
    )
    market_kind = forms.ChoiceField(label=gettext_lazy("集日"), choices=MARKETS, required=False)
    market_days = Numbers(
        label=gettext_lazy("哪几天"),
        required=False,
        help_text=gettext_lazy("例如逢一逢六写 1 6；星期二和星期五写 2 5。"),
    )
    market_use = forms.ChoiceField(label=gettext_lazy("集日安排"), choices=Site.MarketUse.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, label in WEEKDAYS:
            hint = gettext_lazy("例如 08:30-11:30 14:00-16:30；不填是这天不开放。") if number == "1" else ""
            self.fields[f"hours_{number}"] = Hours(label=label, required=False, help_text=hint)
        self.order_fields(self._order())

    @staticmethod
    def of(site: Site) -> dict[str, Any]:
        """Return what the form begins with."""
        names = ("service_minutes", "every_months", "least_days", "priority", "can_stay", "market_use")
        return {
            **{name: getattr(site, name) for name in names},
            "usual": not site.windows,
            **{f"hours_{number}": site.windows.get(number, []) for number, _label in WEEKDAYS},
            "market_kind": site.market.get("kind", ""),
            "market_days": list(site.market.get("days", ())),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        data = super().clean() or {}
        kind, days = data.get("market_kind"), data.get("market_days", [])
        most = _MOST_WEEKDAY if kind == "WEEKDAYS" else _MOST_DAY
        if kind and not days:
            self.add_error("market_days", _("请写明哪几天是集日。"))
        elif kind and not 1 <= min(days) <= max(days) <= most:
            self.add_error("market_days", _("要在 1 到 %(n)s 之间。") % {"n": most})
        if not kind and data.get("market_use") != Site.MarketUse.ANY:
            self.add_error("market_kind", _("没有集日，就不能按集日安排；请先写集日。"))
        if not data.get("usual") and not any(self._hours(data).values()) and not self.errors:
            self.add_error("hours_1", _("至少写一天的开放时间，或勾选“按这类点位通常的时间”。"))
        return data

    def kept(self) -> dict[str, Any]:
        """Return what is kept with the site."""
        data = self.cleaned_data
        names = ("service_minutes", "every_months", "least_days", "priority", "can_stay", "market_use")
        kind = data["market_kind"]
        return {
            **{name: data[name] for name in names},
            "windows": {} if data["usual"] else self._hours(data),
            "market": {"kind": kind, "days": data["market_days"]} if kind else {},
        }

    def _hours(self, data: dict[str, Any]) -> dict[str, Any]:
        return {number: hours for number, _label in WEEKDAYS if (hours := data.get(f"hours_{number}"))}

    def _order(self) -> list[str]:
        """Return the names with the market's after the week's."""
        return sorted(self.fields, key=lambda name: name.startswith("market"))


class TermForm(DeskForm):
    """A school term of a county or of the whole city."""

    area = forms.ChoiceField(label=gettext_lazy("地区"))
    name = Words(label=gettext_lazy("学期"), max_length=60, help_text=gettext_lazy("例如：2026年秋季学期"))
    starts_on = Day(label=gettext_lazy("开学日期"))
    ends_on = Day(label=gettext_lazy("放假前最后一天"))
    off_days = Days(
        label=gettext_lazy("停课日"),
        help_text=gettext_lazy("秋假、考试等；用空格分开，一段写成 2026-10-01~2026-10-07"),
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["area"]
        if isinstance(field, forms.ChoiceField):
            field.choices = areas
