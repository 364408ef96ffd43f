"""What other parts may use of governance: frozen dataclasses in and out."""

from kexie.contexts.governance.queries import (
    CampaignSummary,
    MeetingNotes,
    PopularCard,
    campaigns,
    meetings,
    popular_activities,
)
from kexie.contexts.governance.queries.campaign_forms import CampaignForm, campaign_forms
from kexie.contexts.governance.queries.mine import mine
from kexie.contexts.governance.queries.progress import STATUS_WORDS, TargetProgress, targets

__all__ = [
    "STATUS_WORDS",
    "CampaignForm",
    "CampaignSummary",
    "MeetingNotes",
    "PopularCard",
    "TargetProgress",
    "campaign_forms",
    "campaigns",
    "meetings",
    "mine",
    "popular_activities",
    "targets",
]
