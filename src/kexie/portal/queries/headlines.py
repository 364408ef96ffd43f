"""The few figures on the home page."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext as _

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.measures import Cell, Flow, Measure
from kexie.ui.figures import FigureView

MEASURES: Final = (
    "museums.visits",
    "museums.shows",
    "touring.visits",
    "touring.caravan_visits",
    "rural.trainees",
    "organisations.enterprise_associations",
)


def headlines(scope: Scope, today: dt.date) -> list[FigureView]:
    """The headline figures to today: those of the chosen measures that are declared and public."""
    declared = registry.measures()
    return [
        _view(declared[key], scope, today) for key in MEASURES if key in declared and declared[key].public
    ]


def _view(measure: Measure, scope: Scope, today: dt.date) -> FigureView:
    cell = Cell(measure.key, Period.until(today))
    return FigureView(
        label=str(measure.label),
        value=figures.value(cell, scope),
        unit=measure.unit,
        as_of=today,
        href=figure_url(cell),
        note=_("累计") if isinstance(measure.time, Flow) else _("现有"),
    )
