"""Where an expert belongs to (teams, carriers, meetings to come), when two entries become one or two again.

Rows go along to the entry that stays, so that its name stands in every list. Where both entries belong to the same team
or carrier, the row of the one that goes stays with it and is not counted (`queries.teams`, `queries.carriers`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import CarrierExpert, Expert, Invitation, MeetingExpert, TeamMember
from kexie.contexts.matching.models.invitation import STANDING
from kexie.kernel.errors import UserError

_HOLDERS: Mapping[str, tuple[type[Any], str]] = {
    "teams": (TeamMember, "team"),
    "carriers": (CarrierExpert, "carrier"),
    "meetings": (MeetingExpert, "meeting"),
}
_LED = "led"


class Doubled(UserError):
    """Both entries take part in something that a person can take part in once."""


def require_no_double(kept: Expert, gone: Expert, now: dt.datetime) -> None:
    """Raise Doubled where both sit at a meeting to come, or both have an invitation to one problem to answer."""
    coming = MeetingExpert.objects.filter(meeting__on__gte=timezone.localdate(now), out_at=None)
    there = coming.filter(expert=kept).values("meeting")
    if found := coming.filter(expert=gone, meeting__in=there).select_related("meeting").first():
        raise Doubled(
            _("两份资料都在对接会“%(name)s”里，请先在那里把其中一份登记为不参加，再合并。")
            % {"name": found.meeting.name}
        )
    asked = Invitation.objects.filter(state__in=STANDING)
    same = asked.filter(expert=kept).values("problem")
    if again := asked.filter(expert=gone, problem__in=same).select_related("problem").first():
        raise Doubled(
            _("两份资料都有难题“%(name)s”的邀请，请先撤回其中一份邀请，再合并。")
            % {"name": again.problem.name}
        )


def carry(gone: Expert, kept: Expert, now: dt.datetime) -> dict[str, list[str]]:
    """Move what the one entry belongs to at present to the other; return the rows moved, by kind."""
    moved = {name: _moved(name, gone, kept, now) for name in _HOLDERS}
    led = _lead_for(gone, kept)
    return {name: rows for name, rows in {**moved, _LED: led}.items() if rows}


def give_back(moved: Mapping[str, Sequence[str]], kept: Expert, gone: Expert) -> None:
    """Put back what `carry` moved, as far as it is still with the entry or with the one it was merged into since."""
    for row in TeamMember.objects.filter(pk__in=list(map(UUID, moved.get(_LED, ())))).order_by("role"):
        # First the one that was made leader: there is one leader at a time.
        mine = row.expert_id == kept.pk
        if (row.role == TeamMember.Role.LEADER) == mine:
            row.role = TeamMember.Role.MEMBER if mine else TeamMember.Role.LEADER
            row.save(update_fields=["role"])
    for name, (model, _group) in _HOLDERS.items():
        rows = model.objects.filter(pk__in=list(map(UUID, moved.get(name, ()))))
        rows.filter(expert__identity=kept.identity).update(expert=gone)


def _moved(name: str, gone: Expert, kept: Expert, now: dt.datetime) -> list[str]:
    model, group = _HOLDERS[name]
    at_present = _at_present(model, now)
    there = at_present.filter(expert=kept).values(group)
    rows = list(
        at_present.filter(expert=gone).exclude(**{f"{group}__in": there}).values_list("pk", flat=True)
    )
    model.objects.filter(pk__in=rows).update(expert=kept)
    return list(map(str, rows))


def _at_present(model: type[Any], now: dt.datetime) -> Any:
    if model is MeetingExpert:
        return model.objects.filter(meeting__on__gte=timezone.localdate(now))
    return model.objects.filter(left_on=None)


def _lead_for(gone: Expert, kept: Expert) -> list[str]:
    """Let the entry that stays lead where both are members and the other one led."""
    present = TeamMember.objects.filter(left_on=None)
    changed: list[str] = []
    for row in present.filter(expert=gone, role=TeamMember.Role.LEADER):
        own = present.get(expert=kept, team=row.team_id)
        row.role, own.role = own.role, row.role
        row.save(update_fields=["role"])
        own.save(update_fields=["role"])
        changed += [str(row.pk), str(own.pk)]
    return changed
