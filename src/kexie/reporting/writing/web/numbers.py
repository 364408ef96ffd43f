"""The numbers that templates may ask for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.pages import ListPage
from kexie.kernel import text
from kexie.ledger import registry
from kexie.ledger.measures import Measure
from kexie.reporting.writing.web.base import WritingView
from kexie.ui.lists import SORT, Sortable
from kexie.ui.tables import Cell, Row


class NumbersPage(WritingView, ListPage):
    """Every measure, with the tag that asks for it."""

    tab, template = "numbers", "numbers"
    title, sub = _("可用的数"), _("把标记复制到 Word 模板里；引号用中文或英文的都可以。")
    columns = (
        Sortable("label", _("指标"), ("label",)),
        Sortable("unit", _("单位"), ("unit",)),
        Sortable("context", _("业务"), ("context",)),
        Sortable("tag", _("标记")),
        Sortable("dims", _("分类")),
    )
    empty = (_("没有这样的指标"), _("换一个词找，例如 科技馆、培训。"))

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By area of work and by unit."""
        contexts = {one.context for one in self._every()}
        units = sorted({str(one.unit) for one in self._every()})
        return {
            "context": (_("业务"), sorted((one, str(_area(one))) for one in contexts)),
            "unit": (_("单位"), [(one, one) for one in units]),
        }

    def asked(self) -> Any:
        """Return the measures asked for, in the order asked for."""
        chosen, words = self.filters.chosen(), text.clean(self.request.GET.get("q", "")).split()
        found = [
            one
            for one in self._every()
            if all(word in f"{one.key} {one.label} {one.unit}" for word in words)
            and chosen.get("context", one.context) == one.context
            and chosen.get("unit", str(one.unit)) == str(one.unit)
        ]
        asked = self.request.GET.get(SORT, "")
        by = _ORDERS.get(asked.lstrip("-"))
        return sorted(found, key=by, reverse=asked.startswith("-")) if by else found

    def row(self, one: Any) -> Row:
        """Show a measure."""
        cells = (
            Cell(str(one.label), f"/figures/{one.key}/"),
            Cell(str(one.unit)),
            Cell(str(_area(one.context))),
            Cell(f'{{{{ 数("{one.key}") | 余 }}}}'),
            Cell("、".join(str(dim.label) for dim in one.dims)),
        )
        return Row(cells, title=0, name=str(one.label))

    def more(self) -> dict[str, Any]:
        """How tags are written."""
        return {"help": _HELP}

    def _every(self) -> list[Measure]:
        scope = self.by["scope"]
        return [one for one in registry.measures().values() if scope.allows(one.context)]


def _area(context: str) -> Any:
    """Return the name of the area of work that a measure belongs to."""
    names = {app.label: app.verbose_name for app in apps.get_app_configs()}
    return names.get(context, context)


_ORDERS: Mapping[str, Callable[[Measure], str]] = {
    "label": lambda one: str(one.label),
    "unit": lambda one: str(one.unit),
    "context": lambda one: one.context,
}
_HELP = (
    ('{{ 数("museums.visits") }}', _("本期的准确数，带单位；也可以写指标的中文名")),
    ('{{ 数("museums.visits") | 余 }}', _("写法：准确、万、余、多、超、达、近、约；说不成立时写准确数")),
    ('{{ 数("museums.visits") | 万(2) }}', _("以万为单位，两位小数")),
    ('{{ 数("museums.visits", 期="累计") }}', _("期：本期、上期、本年、累计、2024年")),
    ('{{ 数("museums.visits", 起="2021-06") }}', _("从某月或某日到本期末")),
    ('{{ 数("museums.visits", 地区="临泉县") }}', _('一个地区；单位="…" 是一个单位，分类写它的名称')),
    ('{{ 比("museums.visits") }}', _("与上年（同期）比，增长或下降由数决定")),
    (
        '{%tr for 行 in 表("museums.visits", 按="县") %}',
        _("表：这一行以下到 endfor 的行重复；行.名称、行.数、行.上期、行.比"),
    ),
    ('{{ 图("museums.visits", 按="月") }}', _("柱形图，单独成段")),
    (
        "{% for 项 in 荣誉() %}{{ 项.名称 }}{% endfor %}",
        _("本期获得的荣誉：项.名称、项.授予、项.年度、项.获得者"),
    ),
    ('{{ 填("收信单位") }}', _("生成时再填的字")),
    ("{{ 年 }} {{ 截至 }} {{ 日期 }} {{ 单位 }} {{ 标题 }}", _("年份、截止日、成文日期、单位、标题")),
)
