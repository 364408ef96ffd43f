"""What tours: touring sets with their stops and daily logs, caravans with their trips, stops and sites."""

from kexie.contexts.touring.models.applications import TourApplication
from kexie.contexts.touring.models.caravan import Caravan, CaravanStop, CaravanTrip
from kexie.contexts.touring.models.crews import CrewLeave, CrewMember, DrivingSpell, LicenceReminder
from kexie.contexts.touring.models.field import FieldLog, FieldNote, FieldPhone
from kexie.contexts.touring.models.fleet import (
    CaravanDocument,
    CaravanExhibit,
    CaravanReminder,
    CaravanRepair,
    OdometerReading,
)
from kexie.contexts.touring.models.handovers import GroupVisit, Handover, HandoverLine
from kexie.contexts.touring.models.hosts import ToldVisit
from kexie.contexts.touring.models.maintenance import Condition, SetExhibit, SetTicket
from kexie.contexts.touring.models.requests import CaravanRequest
from kexie.contexts.touring.models.roads import RoadTable
from kexie.contexts.touring.models.seasons import Plan, PlannedStop, PlannedTrip, Season, SeasonVan
from kexie.contexts.touring.models.set_plans import PlannedTourStop, SetPlan, SetPlanItem, StopDay
from kexie.contexts.touring.models.sites import SchoolTerm, Site
from kexie.contexts.touring.models.telling import Telling
from kexie.contexts.touring.models.tour import SetDays, TourDailyLog, TouringSet, TourStop
from kexie.contexts.touring.models.trips import StopSignOff, TripCost, TripIncident
from kexie.contexts.touring.models.venues import TourVenue, VenueCheck, VenueClosure

__all__ = [
    "Caravan",
    "CaravanDocument",
    "CaravanExhibit",
    "CaravanReminder",
    "CaravanRepair",
    "CaravanRequest",
    "CaravanStop",
    "CaravanTrip",
    "Condition",
    "CrewLeave",
    "CrewMember",
    "DrivingSpell",
    "FieldLog",
    "FieldNote",
    "FieldPhone",
    "GroupVisit",
    "Handover",
    "HandoverLine",
    "LicenceReminder",
    "OdometerReading",
    "Plan",
    "PlannedStop",
    "PlannedTourStop",
    "PlannedTrip",
    "RoadTable",
    "SchoolTerm",
    "Season",
    "SeasonVan",
    "SetDays",
    "SetExhibit",
    "SetPlan",
    "SetPlanItem",
    "SetTicket",
    "Site",
    "StopDay",
    "StopSignOff",
    "Telling",
    "ToldVisit",
    "TourApplication",
    "TourDailyLog",
    "TourStop",
    "TourVenue",
    "TouringSet",
    "TripCost",
    "TripIncident",
    "VenueCheck",
    "VenueClosure",
]
