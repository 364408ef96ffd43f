"""What brings firms and experts together: people, problems, agreements, carriers, events and visits."""

from kexie.contexts.matching.models.agreement import Agreement, AgreementEnd
from kexie.contexts.matching.models.carrier import CarrierStage, ServiceCarrier
from kexie.contexts.matching.models.carrier_application import (
    ApplicationFact,
    ApplicationStep,
    CarrierApplication,
)
from kexie.contexts.matching.models.carrier_work import (
    CarrierCondition,
    CarrierEvaluation,
    CarrierExpert,
    CarrierNeed,
    CarrierOutput,
)
from kexie.contexts.matching.models.casework import (
    FollowUp,
    ProblemQuestion,
    ProblemReminder,
    ProblemTerm,
    SameProblem,
)
from kexie.contexts.matching.models.disclosure import ProblemFile, ProblemText, TextOpening, Undertaking
from kexie.contexts.matching.models.event import EventIndustry, ExpertVisit, MatchEvent
from kexie.contexts.matching.models.expert import Expert, Industry
from kexie.contexts.matching.models.expert_changes import (
    ExpertApart,
    ExpertImport,
    ExpertMerge,
    ExpertOpening,
    ExpertRequest,
)
from kexie.contexts.matching.models.expert_facts import ExpertConsent, ExpertWork
from kexie.contexts.matching.models.invitation import Invitation, Suggestion
from kexie.contexts.matching.models.meeting import (
    Meeting,
    MeetingExpert,
    MeetingGuest,
    MeetingProblem,
    MeetingTalk,
    MeetingWish,
)
from kexie.contexts.matching.models.obligation import AgreementFile, Obligation, Reminder
from kexie.contexts.matching.models.problem import Problem, ProblemStage
from kexie.contexts.matching.models.team import ServiceTeam, TeamMember, TeamVisit
from kexie.contexts.matching.models.vectors import TextVector

__all__ = [
    "Agreement",
    "AgreementEnd",
    "AgreementFile",
    "ApplicationFact",
    "ApplicationStep",
    "CarrierApplication",
    "CarrierCondition",
    "CarrierEvaluation",
    "CarrierExpert",
    "CarrierNeed",
    "CarrierOutput",
    "CarrierStage",
    "EventIndustry",
    "Expert",
    "ExpertApart",
    "ExpertConsent",
    "ExpertImport",
    "ExpertMerge",
    "ExpertOpening",
    "ExpertRequest",
    "ExpertVisit",
    "ExpertWork",
    "FollowUp",
    "Industry",
    "Invitation",
    "MatchEvent",
    "Meeting",
    "MeetingExpert",
    "MeetingGuest",
    "MeetingProblem",
    "MeetingTalk",
    "MeetingWish",
    "Obligation",
    "Problem",
    "ProblemFile",
    "ProblemQuestion",
    "ProblemReminder",
    "ProblemStage",
    "ProblemTerm",
    "ProblemText",
    "Reminder",
    "SameProblem",
    "ServiceCarrier",
    "ServiceTeam",
    "Suggestion",
    "TeamMember",
    "TeamVisit",
    "TextOpening",
    "TextVector",
    "Undertaking",
]
