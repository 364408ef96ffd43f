"""What the pages of releases share: tabs, frame, and how a period and its days are said."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.desk.pages import TabbedView
from kexie.kernel.errors import Text
from kexie.reporting.releases import queries, tasks
from kexie.reporting.releases.models import LoadedRelease, Release
from kexie.ui.tables import Column, Row, Table

TABS = (
    ("list", gettext_lazy("数据发布")),
    ("loaded", gettext_lazy("各市汇总")),
    ("keys", gettext_lazy("发布密钥")),
)


class ReleasesView(TabbedView):
    """A page of releases."""

    context, templates, namespace = "releases", "releases", "releases"
    tabs, tabs_label = TABS, gettext_lazy("数据发布")
    tab = "list"

    def shown_tabs(self) -> Sequence[tuple[str, Text]]:
        """Leave out the sum of cities where the account sees less than the whole association."""
        return [tab for tab in self.tabs if tab[0] != "loaded" or self.scope.is_whole]


def frozen(act: Callable[..., Release], **asked: Any) -> Release:
    """Begin or resume a closing by `act`, and have it frozen once that is committed."""
    with transaction.atomic():
        made = act(**asked)
        tasks.close.defer(release_id=str(made.pk))
    return made


class OneView(ReleasesView):
    """A page about one release."""

    def check(self) -> None:
        """Find the release."""
        self.one = queries.release(self.scope, self.kwargs["pk"])


def days(since: dt.date, until: dt.date) -> str:
    """Return a half-open period as people say it: a year by its number, else first and last day."""
    last = until - dt.timedelta(days=1)
    if (since.month, since.day, until) == (1, 1, since.replace(year=since.year + 1, month=1, day=1)):
        return _("%(year)s年") % {"year": since.year}
    return _("%(first)s 至 %(last)s") % {"first": since, "last": last}


def version(one: Release | LoadedRelease) -> str:
    """Return which version a release is."""
    return _("初版") if one.version == 0 else _("第%(n)s次修订") % {"n": one.version}


def said(one: Release) -> dict[str, Any]:
    """Return what every page of one release says of it."""
    return {"one": one, "days": days(one.since, one.until), "version": version(one)}


def by_area(columns: Sequence[Column], lines: Mapping[str, Row]) -> list[tuple[Text, Table]]:
    """Return one table for each area of work; lines by the key of their measure."""
    names = {app.label: app.verbose_name for app in apps.get_app_configs()}
    areas: dict[Text, list[Row]] = {}
    for key, row in lines.items():
        context = key.partition(".")[0]
        areas.setdefault(names.get(context, context), []).append(row)
    return [(area, Table(columns, rows)) for area, rows in areas.items()]
