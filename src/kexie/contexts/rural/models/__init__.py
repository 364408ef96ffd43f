"""What rural work keeps: postings, help results, backyards, trainings and what they promoted."""

from kexie.contexts.rural.models.backyard import Backyard, BackyardStage
from kexie.contexts.rural.models.help import HelpResult, VillagePosting
from kexie.contexts.rural.models.training import PromotedItem, Promotion, Training

__all__ = [
    "Backyard",
    "BackyardStage",
    "HelpResult",
    "PromotedItem",
    "Promotion",
    "Training",
    "VillagePosting",
]
