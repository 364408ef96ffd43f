"""What contests keep: the contests announced, that they were held, who won, and the youth programmes."""

from kexie.contexts.contests.models.contest import Contest, ContestHolding, Level
from kexie.contexts.contests.models.programme import ProgrammeEdition
from kexie.contexts.contests.models.result import ContestResult

__all__ = ["Contest", "ContestHolding", "ContestResult", "Level", "ProgrammeEdition"]
