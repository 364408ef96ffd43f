"""Societies, enterprise and other associations, the lists coverage is measured against, and trainings."""

from kexie.contexts.organisations.models.academic import (
    AcademicOutcome,
    Conference,
    ConferenceCost,
    Guest,
    Paper,
    PaperReview,
    Session,
)
from kexie.contexts.organisations.models.associations import (
    AssociationStage,
    CountyAssociationStage,
    GrassrootsAssociation,
)
from kexie.contexts.organisations.models.events import AcademicEvent, CadreTraining
from kexie.contexts.organisations.models.lists import JurisdictionListing, TitleListing
from kexie.contexts.organisations.models.societies import Inspection, SocietyTerm

__all__ = [
    "AcademicEvent",
    "AcademicOutcome",
    "AssociationStage",
    "CadreTraining",
    "Conference",
    "ConferenceCost",
    "CountyAssociationStage",
    "GrassrootsAssociation",
    "Guest",
    "Inspection",
    "JurisdictionListing",
    "Paper",
    "PaperReview",
    "Session",
    "SocietyTerm",
    "TitleListing",
]
