"""What other parts may use of governance: frozen dataclasses in and out."""

from kexie.contexts.governance.queries import (
    CampaignSummary,
    MeetingNotes,
    PopularCard,
    campaigns,
    meetings,
    popular_activities,
)
from kexie.contexts.governance.queries.mine import mine
from kexie.contexts.governance.queries.progress import STATUS_WORDS, TargetProgress, targets

__all__ = [
    "STATUS_WORDS",
    "CampaignSummary",
    "MeetingNotes",
    "PopularCard",
    "TargetProgress",
    "campaigns",
    "meetings",
    "mine",
    "popular_activities",
    "targets",
]
