"""Invented values for the gallery page: every component in its states."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from kexie.ui.charts import Point
from kexie.ui.figures import FigureView, Share
from kexie.ui.nav import Group, Link
from kexie.ui.tables import Cell, Column, Row, Table

DAY = dt.date(2026, 6, 30)
TEN_THOUSAND = 10_000
VISITS = (2.1, 2.4, 1.8, 2.9, 3.6, 3.1, 4.8, 5.2, 3.0, 3.3, 2.7, 2.2)


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("活动名称"), help_text=_("写参加的人认得出的名字。"))
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label=_("类型"), choices=[("SHOW", _("科普展演")), ("LECTURE", _("报告会"))])
    people = forms.IntegerField(
        label=_("参加人次"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    method = forms.ChoiceField(
        label=_("计数方法"),
        widget=forms.RadioSelect,
        choices=[("GATE", _("闸机或核销")), ("ROSTER", _("花名册"))],
    )
    note = forms.CharField(label=_("说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


def _figure(**changes: Any) -> FigureView:
    values: dict[str, Any] = {
        "label": _("科技馆参观人次"),
        "value": 1330245,
        "unit": "人次",
        "as_of": DAY,
        "href": "#figure",
    }
    return FigureView(**{**values, **changes})


def _figures() -> dict[str, FigureView]:
    mix = (
        Share(_("闸机或核销"), 918400),
        Share(_("预约签到"), 322000),
        Share(_("计数器"), 61245),
        Share(_("主办方估计"), 28600),
    )
    return {
        "plain": _figure(),
        "full": _figure(trend=VISITS, mix=mix, delta=18240, delta_label=_("比上年同期")),
        "less": _figure(
            label=_("科普大篷车下乡"), value=612, unit="场次", delta=-9, delta_label=_("比上年同期")
        ),
        "same": _figure(
            label=_("省级科普教育基地"), value=8, unit="个", delta=0, delta_label=_("比上年同期")
        ),
        "ratio": _figure(label=_("高新技术企业科协占比"), value=Decimal("21.4"), unit="%"),
        "none": _figure(label=_("小巨人企业科协覆盖率"), value=None, unit="%"),
    }


def _table() -> Table:
    columns = (
        Column(_("标题")),
        Column(_("日期"), nowrap=True, sort_url="?sort=day", sorted="descending"),
        Column(_("单位")),
        Column(_("人次"), numeric=True, sort_url="?sort=people"),
        Column(_("状态")),
    )
    values = (
        ("气象科普进校园", 3, _("颍州区科协"), 320, "CONFIRMED"),
        ("小麦赤霉病防治培训", 9, _("阜南县科协"), 86, "DRAFT"),
        ("科普大篷车：黄岭镇中心学校", 12, _("临泉县科协"), 1140, "REVERSED"),
    )
    rows = [
        Row(
            (Cell(title, "#row"), Cell(dt.date(2026, 6, day)), Cell(unit), Cell(people), Cell(state=state)),
            str(day),
            state == "REVERSED",
            name=title,
        )
        for title, day, unit, people, state in values
    ]
    return Table(columns, rows, (Cell(_("合计（不含已冲销）")), Cell(), Cell(), Cell(406), Cell()))


def context() -> dict[str, Any]:
    """What the gallery template shows."""
    bound = SampleForm({"title": "", "day": "2026-13-01", "kind": "SHOW"})
    months = [
        Point(_("%(month)s月") % {"month": n}, value * TEN_THOUSAND, "#month", n == len(VISITS))
        for n, value in enumerate(VISITS, 1)
    ]
    counties = [
        Point(name, value, "#county")
        for name, value in zip(
            ("颍州区", "颍东区", "颍泉区", "临泉县", "太和县", "阜南县", "颍上县", "界首市"),
            (126, 84, 91, 142, 117, 98, 133, 74),
            strict=True,
        )
    ]
    return {
        "figures": _figures(),
        "table": _table(),
        "empty_table": Table(_table().columns),
        "form_empty": SampleForm(),
        "form_bound": bound,
        "months": months,
        "counties": counties,
        "page_sample": Paginator(range(1, 1240), 50).page(4),
        "chips": (
            Link(_("全部"), "#all", count=128, current=True),
            Link(_("本周"), "#week", count=12),
            Link(_("本月"), "#month", count=41),
        ),
        "sorts": (Link(_("新的在前"), "#new", current=True), Link(_("人数多的在前"), "#size")),
        "tabs": (
            Link(_("概况"), "#a", current=True),
            Link(_("记录"), "#b", count=318),
            Link(_("历史"), "#c"),
        ),
        "trail": (Link(_("首页"), "/"), Link(_("界面"), "#"), Link(_("部件"))),
        "rail": (
            Group("", (Link(_("今日"), "#", "home", current=True), Link(_("待确认"), "#", "inbox", 14))),
            Group(
                _("科学普及"),
                (
                    Link(_("科技馆"), "#", "museum"),
                    Link(_("大篷车"), "#", "van"),
                    Link(_("科普设施"), "#", "facility"),
                ),
            ),
        ),
        "icons": ICONS,
        "day": DAY,
        "tones": (
            "paper",
            "sheet",
            "wash",
            "rule",
            "rule-strong",
            "ink",
            "ink-2",
            "ink-3",
            "accent",
            "red",
            "amber",
        ),
    }


ICONS = (
    "arrow-right arrow-left arrow-up arrow-down chevron-right chevron-left chevron-down chevron-up check close plus minus search filter "
    "menu more edit trash reverse download upload print save info warn error clock calendar pin phone person people museum van facility "
    "trophy match leaf worker organisation governance figure ledger book home file evidence lock eye settings exit external moon sun "
    "type globe star inbox link list bell help folder copy history"
).split()
