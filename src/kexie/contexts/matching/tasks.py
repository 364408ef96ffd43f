"""What matching does by itself: invitations that run out or are nearly over, timetables of meetings, vectors, days to remind of."""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from kexie.contexts.matching.models import ExpertImport
from kexie.contexts.matching.operations import (
    casework,
    expert_imports,
    expert_self,
    invitations,
    meetings,
    problem_reminders,
    reminders,
    vectors,
)
from kexie.foundation.access import queries as access
from kexie.foundation.access.roles import Action
from kexie.platform import tasks


@tasks.periodic("7 * * * *")
def end_unanswered_invitations(*, at: dt.datetime) -> None:
    """End invitations that were not answered in time, every hour."""
    invitations.expire_due(now=at)


@tasks.periodic("30 1 * * *")
def remind_experts(*, at: dt.datetime) -> None:
    """Remind experts whose time is nearly over, every morning (01:30 UTC is 09:30 in Beijing)."""
    invitations.remind_due(now=at)


@tasks.task()
def compute_timetable(*, meeting_id: str) -> None:
    """Compute the timetable of a meeting."""
    meetings.compute(meeting_id=UUID(meeting_id), now=timezone.now())


@tasks.periodic("*/10 * * * *")
def make_vectors(*, at: dt.datetime) -> None:
    """Have new works and problems turned into vectors, where an endpoint is set."""
    vectors.refresh_all(now=at)


@tasks.periodic("40 0 * * *")
def remind_of_days(*, at: dt.datetime) -> None:
    """Tell of promises, terms and evaluations that are near, every morning (00:40 UTC is 08:40 in Beijing)."""
    reminders.remind_due(now=at)


@tasks.periodic("45 0 * * *")
def remind_of_problems(*, at: dt.datetime) -> None:
    """Make the follow-ups that are missing, and remind of what is promised or due, every morning (00:45 UTC is 08:45 in Beijing)."""
    casework.plan_all_follow_ups()
    problem_reminders.remind_due(now=at)


@tasks.task()
def import_experts(*, import_id: str) -> None:
    """Bring the people of a checked file in; begun again, it goes on where it stopped."""
    job = ExpertImport.objects.select_related("account").get(pk=UUID(import_id))
    scope = access.scope_for(job.account, Action.IMPORT, "matching")
    expert_imports.run(import_id=job.pk, scope=scope, now=timezone.now())


@tasks.periodic("50 1 * * *")
def ask_stale_experts(*, at: dt.datetime) -> None:
    """Ask experts who said nothing for a year whether their page is right, every morning (01:50 UTC is 09:50 in Beijing)."""
    expert_self.remind_stale(now=at)


@tasks.periodic("40 18 * * *")
def forget_imported_files(*, at: dt.datetime) -> None:
    """Drop files of people that are a month old, every night."""
    expert_imports.forget_files(now=at)
