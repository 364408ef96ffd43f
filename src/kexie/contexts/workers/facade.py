"""What other parts may use of workers: frozen dataclasses in and out."""

from kexie.contexts.workers.queries import (
    AdoptedSuggestion,
    AwardCard,
    SiteCard,
    adopted_suggestions,
    recent_awards,
    survey_sites,
)

__all__ = [
    "AdoptedSuggestion",
    "AwardCard",
    "SiteCard",
    "adopted_suggestions",
    "recent_awards",
    "survey_sites",
]
