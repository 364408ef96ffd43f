"""Societies, enterprise and other associations, the lists coverage is measured against, and trainings."""

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
    "AssociationStage",
    "CadreTraining",
    "CountyAssociationStage",
    "GrassrootsAssociation",
    "Inspection",
    "JurisdictionListing",
    "SocietyTerm",
    "TitleListing",
]
