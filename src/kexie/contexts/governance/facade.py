"""What other parts may use of governance: frozen dataclasses in and out."""

from kexie.contexts.governance.queries import (
    STATUS_WORDS,
    CampaignSummary,
    PopularCard,
    TargetProgress,
    campaigns,
    popular_activities,
    targets,
)

__all__ = [
    "STATUS_WORDS",
    "CampaignSummary",
    "PopularCard",
    "TargetProgress",
    "campaigns",
    "popular_activities",
    "targets",
]
