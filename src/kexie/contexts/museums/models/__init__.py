"""The museums' tables: museums and their stages, halls and exhibits, daily visits, shows."""

from kexie.contexts.museums.models.exhibits import Exhibit, ExhibitStage, Hall
from kexie.contexts.museums.models.museum import ClosedDay, Museum, MuseumStage
from kexie.contexts.museums.models.shows import Show, ShowTime
from kexie.contexts.museums.models.visits import DailyVisits

__all__ = [
    "ClosedDay",
    "DailyVisits",
    "Exhibit",
    "ExhibitStage",
    "Hall",
    "Museum",
    "MuseumStage",
    "Show",
    "ShowTime",
]
