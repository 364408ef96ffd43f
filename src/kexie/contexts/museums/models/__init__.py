"""The museums' tables: the house and its exhibits, slots and groups, visits, shows, repairs, volunteers, feedback."""

from kexie.contexts.museums.models.booking_rules import BookingRules
from kexie.contexts.museums.models.days import DAY_PREFIX, BookingDay, DayCount, HandCount, HourEntries
from kexie.contexts.museums.models.draws import Draw, LotteryEntry
from kexie.contexts.museums.models.exhibits import Exhibit, ExhibitStage, Hall
from kexie.contexts.museums.models.feedback import Feedback, Rating, Score, Tag
from kexie.contexts.museums.models.groups import GroupDocument, GroupRequest
from kexie.contexts.museums.models.museum import ClosedDay, Museum, MuseumStage
from kexie.contexts.museums.models.shifts import Shift, SignUp, Volunteer, VolunteerDuty
from kexie.contexts.museums.models.shows import Show, ShowTime
from kexie.contexts.museums.models.slot_changes import SlotChange
from kexie.contexts.museums.models.slots import Allotment, DayKind, Slot, SlotPattern, SpecialDay
from kexie.contexts.museums.models.spares import Spare, SpareMovement
from kexie.contexts.museums.models.visits import DailyVisits
from kexie.contexts.museums.models.workorders import (
    FaultKind,
    FaultReport,
    Repair,
    Severity,
    Source,
    WorkNote,
    WorkOrder,
)

__all__ = [
    "DAY_PREFIX",
    "Allotment",
    "BookingDay",
    "BookingRules",
    "ClosedDay",
    "DailyVisits",
    "DayCount",
    "DayKind",
    "Draw",
    "Exhibit",
    "ExhibitStage",
    "FaultKind",
    "FaultReport",
    "Feedback",
    "GroupDocument",
    "GroupRequest",
    "Hall",
    "HandCount",
    "HourEntries",
    "LotteryEntry",
    "Museum",
    "MuseumStage",
    "Rating",
    "Repair",
    "Score",
    "Severity",
    "Shift",
    "Show",
    "ShowTime",
    "SignUp",
    "Slot",
    "SlotChange",
    "SlotPattern",
    "Source",
    "Spare",
    "SpareMovement",
    "SpecialDay",
    "Tag",
    "Volunteer",
    "VolunteerDuty",
    "WorkNote",
    "WorkOrder",
]
