"""Small facilities with their stages, visits and upkeep, and the titles that bases and communities are given."""

from kexie.contexts.facilities.models.accreditation import Accreditation, Title, TitleEnd
from kexie.contexts.facilities.models.checks import CheckSample, FacilityCheck, SampleCheck
from kexie.contexts.facilities.models.facility import (
    STAGE_ASKS,
    STAGE_NEEDS,
    Facility,
    FacilityKind,
    FacilityStage,
    FacilityVisits,
    month_end,
)
from kexie.contexts.facilities.models.handover import FacilityHandover
from kexie.contexts.facilities.models.reports import ReportReminder, SelfReport, TitleReminder
from kexie.contexts.facilities.models.rounds import (
    TitleApplication,
    TitleObjection,
    TitlePaper,
    TitleQuota,
    TitleReview,
    TitleRound,
    TitleStep,
)
from kexie.contexts.facilities.models.upkeep import Asset, FacilityFault, FacilityPhoto, OpenDay, OpenHours

__all__ = [
    "STAGE_ASKS",
    "STAGE_NEEDS",
    "Accreditation",
    "Asset",
    "CheckSample",
    "Facility",
    "FacilityCheck",
    "FacilityFault",
    "FacilityHandover",
    "FacilityKind",
    "FacilityPhoto",
    "FacilityStage",
    "FacilityVisits",
    "OpenDay",
    "OpenHours",
    "ReportReminder",
    "SampleCheck",
    "SelfReport",
    "Title",
    "TitleApplication",
    "TitleEnd",
    "TitleObjection",
    "TitlePaper",
    "TitleQuota",
    "TitleReminder",
    "TitleReview",
    "TitleRound",
    "TitleStep",
    "month_end",
]
