"""Other cities' releases: loading their files, each named with what became of it, and their sum."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel.errors import Forbidden
from kexie.platform.imports.writing import Heading
from kexie.reporting.releases import documents, loading, queries
from kexie.reporting.releases.loading import Outcome
from kexie.reporting.releases.models import LoadedRelease
from kexie.reporting.releases.queries import Sum
from kexie.reporting.releases.web import forms
from kexie.reporting.releases.web.base import ReleasesView, by_area, days, version
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table


class LoadedPage(ReleasesView):
    """What is loaded of one period, its sum, and loading more."""

    tab = "loaded"
    to_write = Action.IMPORT

    def check(self) -> None:
        """Others' figures belong to the whole association."""
        if not self.scope.is_whole:
            raise Forbidden(_("各市汇总由管全部单位的人查看。"))

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the period asked for, or send its sum as a file."""
        return self._send() if request.GET.get("export") and self.allowed.get("export") else self._show()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Load files, or take one out."""
        return self._remove() if request.POST.get("act") == "remove" else self._load()

    def _load(self) -> HttpResponse:
        form = forms.FilesForm(self.request.POST, self.request.FILES)
        outcomes = form.carry_out(lambda data: loading.load_all(files=data["uploads"], **self.by))
        if outcomes is None:
            return self._show(form, status=UNPROCESSABLE)
        is_bad = any(one.loaded is None for one in outcomes)
        return self._show(outcomes=outcomes, status=UNPROCESSABLE if is_bad else 200)

    def _remove(self) -> HttpResponse:
        form = forms.RowForm(self.request.POST)
        done = form.carry_out(
            lambda data: loading.remove(loaded=queries.loaded_one(self.scope, data["row"]), **self.by)
        )
        if done:
            messages.success(self.request, str(_("已移出汇总；要用，再载入原文件。")))
        return HttpResponseRedirect(self.request.get_full_path())

    def _period(self) -> tuple[list[Any], Any]:
        every = queries.periods(self.scope)
        asked = self.request.GET.get("period", "")
        return every, next((one for one in every if _key(one) == asked), every[0] if every else None)

    def _sums(self, period: Any) -> list[Sum]:
        found = queries.loaded(self.scope).defer(None).filter(since=period[0], until=period[1])
        return queries.sums(list(found)) if period else []

    def _show(
        self, form: Any = None, *, outcomes: list[Outcome] | None = None, status: int = 200
    ) -> HttpResponse:
        every, period = self._period()
        sums = self._sums(period) if period else []
        asked = self.request.GET.get("measure", "")
        context = {
            "form": form or forms.FilesForm(), "outcomes": [_told(one) for one in outcomes or ()],
            "periods": every, "chips": [_chip(one, period) for one in every], "days": period and days(*period), "loaded": self._rows(period) if period else [],
            "areas": self._areas(sums), "chosen": next((one for one in sums if one.key == asked), None),
        }  # fmt: skip
        return self.page("loaded", context, status=status)

    def _rows(self, period: Any) -> list[tuple[LoadedRelease, str]]:
        found = queries.loaded(self.scope).filter(since=period[0], until=period[1])
        return [(one, version(one)) for one in found]

    def _areas(self, sums: list[Sum]) -> list[tuple[Any, Table]]:
        columns = (Column(_("指标")), Column(_("合计"), numeric=True), Column(_("城市数"), numeric=True))
        return by_area(columns, {one.key: self._row(one) for one in sums})

    def _row(self, one: Sum) -> Row:
        query = self.request.GET.copy()
        query["measure"] = one.key
        shown = total(one) if one.total is None else f"{one.total} {one.unit}"
        return Row((Cell(one.label, f"?{query.urlencode()}#cities"), Cell(shown), Cell(len(one.cities))))

    def _send(self) -> HttpResponseBase:
        _every, period = self._period()
        sums = self._sums(period) if period else []
        names = list(dict.fromkeys(name for one in sums for name, _value in one.cities))
        headings = [Heading(str(label), 18) for label in (_("指标"), _("合计"), _("计量单位"), *names)]
        rows = [
            [one.label, total(one), one.unit, *(number(dict(one.cities).get(name)) for name in names)]
            for one in sums
        ]
        return exports.send(
            self, str(_("各市汇总")), headings, [[_plain(cell) for cell in row] for row in rows]
        )


def _chip(one: Any, current: Any) -> Link:
    return Link(days(*one), f"?period={_key(one)}", current=one == current)


def _key(period: Any) -> str:
    return f"{period[0]}_{period[1]}"


def total(one: Sum) -> Any:
    """Return the sum, or why there is none."""
    return _("不能相加") if one.total is None else number(one.total)


def number(value: str | None) -> Any:
    """Return a total as a number."""
    return "" if value is None else documents.number(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else str(value)


def _told(one: Outcome) -> tuple[str, str, Any]:
    """Return the file's name, the tone, and what became of it."""
    if one.loaded is None:
        return one.name, "bad", one.why
    what = f"{one.loaded.name} {days(one.loaded.since, one.loaded.until)} {version(one.loaded)}"
    if not one.is_new:
        return one.name, "warn", _("重复：%(what)s 已经载入过，没有再计一次。") % {"what": what}
    return one.name, "", _("核验通过，已载入：%(what)s") % {"what": what}
