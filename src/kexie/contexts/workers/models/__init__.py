"""What the association does with and for science workers: sites, voices, contacts, recommendations, awards."""

from kexie.contexts.workers.models.merits import AwardResult, Level, Recommendation
from kexie.contexts.workers.models.survey import SurveySite, SurveySiteStage
from kexie.contexts.workers.models.voices import ContactVisit, Suggestion, SuggestionAdoption

__all__ = [
    "AwardResult",
    "ContactVisit",
    "Level",
    "Recommendation",
    "Suggestion",
    "SuggestionAdoption",
    "SurveySite",
    "SurveySiteStage",
]
