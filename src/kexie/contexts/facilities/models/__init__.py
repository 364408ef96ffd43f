"""Small facilities with their stages and visits, and the titles that bases and communities are given."""

from kexie.contexts.facilities.models.accreditation import Accreditation, Title, TitleEnd
from kexie.contexts.facilities.models.facility import Facility, FacilityKind, FacilityStage, FacilityVisits

__all__ = [
    "Accreditation",
    "Facility",
    "FacilityKind",
    "FacilityStage",
    "FacilityVisits",
    "Title",
    "TitleEnd",
]
