"""What other parts may use of governance: frozen dataclasses in and out."""

from kexie.contexts.governance.queries import (
    STATUS_WORDS,
    CampaignSummary,
    MeetingNotes,
    PopularCard,
    TargetProgress,
    campaigns,
    meetings,
    popular_activities,
    targets,
)

__all__ = [
    "STATUS_WORDS",
    "CampaignSummary",
    "MeetingNotes",
    "PopularCard",
    "TargetProgress",
    "campaigns",
    "meetings",
    "popular_activities",
    "targets",
]
