"""Meetings, rectification, action programmes with targets, and popular activities of the association."""

from kexie.contexts.governance.models.activities import CAMPAIGN_KINDS, POPULAR_KINDS, PopularActivity
from kexie.contexts.governance.models.meetings import LearningMeeting
from kexie.contexts.governance.models.programmes import (
    ActionProgramme,
    Basis,
    Direction,
    Milestone,
    Target,
    TargetChange,
    TargetStanding,
)
from kexie.contexts.governance.models.rectification import RectificationItem, RectificationStage

__all__ = [
    "CAMPAIGN_KINDS",
    "POPULAR_KINDS",
    "ActionProgramme",
    "Basis",
    "Direction",
    "LearningMeeting",
    "Milestone",
    "PopularActivity",
    "RectificationItem",
    "RectificationStage",
    "Target",
    "TargetChange",
    "TargetStanding",
]
