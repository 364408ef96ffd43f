"""What the pages of the cooperation desk share: its tabs and its frame."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.pages import TabbedView
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.addresses import figure_url
from kexie.ledger.measures import Cell

TABS = (
    ("agreements", _("合作协议")),
    ("carriers", _("服务载体")),
    ("applications", _("建站申请")),
    ("teams", _("科技服务团")),
)


class CooperationView(TabbedView):
    """A page of the cooperation desk."""

    context, templates, namespace = "matching", "matching/cooperation", "cooperation"
    tabs, tabs_label = TABS, _("合作与载体")

    def figures_of(self, measures: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return figures as of today, each with the page that opens it down to its rows."""
        until = Period.until(timezone.localdate())
        cells = [(label, Cell(key, until)) for key, label in measures.items()]
        return [
            {"label": label, "value": figures.value(cell, self.scope), "href": figure_url(cell)}
            for label, cell in cells
        ]
