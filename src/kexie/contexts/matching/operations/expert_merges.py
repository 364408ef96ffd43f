"""Two entries of one person made one, and that taken back.

Works, cases, invitations and consents stay with the entry they were made for: `Expert.identity` reads them together.
A use of data stands for a merged entry only where every part agreed to it (`queries.experts.agreed`), and what is
withdrawn is withdrawn of all parts, so that taking a merge back never makes anybody agree to more than they did.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertApart, ExpertMerge
from kexie.contexts.matching.operations import expert_memberships as memberships
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import expert_ties
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.ties import operations as ties

# What may be taken over from the entry that goes; numbers and the account come along by themselves.
FIELDS = (
    "name", "other_names", "title", "employer", "disciplines", "skills", "about", "languages", "region", "most_requests", "note",
)  # fmt: skip
_ALONG = ("orcid", "openalex", "account_id", "society_id")
_CONTACTS = ("phone", "email")


class MergeRefused(UserError):
    """Two entries that cannot be made one, or made two again."""


@transaction.atomic
def merge(
    *, kept_id: UUID, gone_id: UUID, take: Iterable[str] = (), actor: Account, now: dt.datetime, scope: Scope
) -> ExpertMerge:
    """Make one entry of two; of the fields in `take` the values of the one that goes are kept."""
    kept, gone = _two(kept_id, gone_id, scope)
    memberships.require_no_double(kept, gone, now)
    before = _named(kept)
    old, merged_before = list(Expert.objects.filter(merged_into=gone)), gone.merged_at
    gone.merged_into, gone.merged_at = kept, now
    gone.save(update_fields=["merged_into", "merged_at"])
    _take_over(kept, gone, [one for one in take if one in FIELDS])
    kept.full_clean(exclude=["account"])
    kept.save()
    made = ExpertMerge.objects.create(
        association_id=kept.association_id, kept=kept, gone=gone, merged_at=now, merged_by=actor,
        taken=_changes(before, _named(kept)), carried=[[str(one.pk), _said(one.merged_at)] for one in old],
        ties=[str(pk) for pk in _carry_ties(gone, kept)], memberships=memberships.carry(gone, kept, now),
    )  # fmt: skip
    # Consents given for the entry that goes covered those merged into it; they do not cover them in another.
    Expert.objects.filter(pk__in=[one.pk for one in old]).update(merged_into=kept, merged_at=now)
    note(
        kept,
        "merge_experts",
        actor=actor,
        now=now,
        gone=gone.pk,
        fields=sorted(made.taken),
        before=_said(merged_before),
    )
    return made


@transaction.atomic
def undo(*, merge_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> ExpertMerge:
    """Make two entries again. What was changed since stays; what was taken over and not changed since goes back."""
    made = locked(ExpertMerge, merge_id, scope, unit="kept__unit")
    kept, gone = locked(Expert, made.kept_id, scope), locked(Expert, made.gone_id, scope)
    if made.undone_at is not None or gone.merged_into_id is None:
        raise MergeRefused(_("这次合并已经撤销。"))
    _give_back(kept, gone, made.taken)
    kept.save()
    _require_free_numbers(gone)
    memberships.give_back(made.memberships, kept, gone)
    gone.merged_into, gone.merged_at = None, None
    gone.save(update_fields=["merged_into", "merged_at"])
    for pk, moment in made.carried:
        rows = Expert.objects.filter(pk=UUID(pk), merged_into__isnull=False)
        rows.update(merged_into=gone, merged_at=parse_datetime(moment) if moment else None)
    ties.give_back(
        association_id=kept.association_id,
        declarations=[UUID(pk) for pk in made.ties],
        to=expert_ties.expert_key(gone.pk),
    )
    made.undone_at, made.undone_by = now, actor
    made.save(update_fields=["undone_at", "undone_by"])
    note(kept, "undo_merge", actor=actor, now=now, gone=gone.pk)
    return made


@transaction.atomic
def keep_apart(*, one_id: UUID, other_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Say that two entries are of two people; they are not shown together any more."""
    first, second = sorted(
        (locked(Expert, one_id, scope), locked(Expert, other_id, scope)), key=lambda one: one.pk
    )
    ExpertApart.objects.get_or_create(
        association_id=first.association_id,
        one=first,
        other=second,
        defaults={"said_by": actor, "said_at": now},
    )
    note(first, "keep_experts_apart", actor=actor, now=now, other=second.pk)


def _two(kept_id: UUID, gone_id: UUID, scope: Scope) -> tuple[Expert, Expert]:
    if kept_id == gone_id:
        raise MergeRefused(_("这是同一份资料。"))
    by_id = {pk: locked(Expert, pk, scope) for pk in sorted((kept_id, gone_id))}
    kept, gone = by_id[kept_id], by_id[gone_id]
    if kept.merged_into_id or gone.merged_into_id:
        raise MergeRefused(_("其中一份资料已经并入别的资料，请刷新后再看。"))
    if kept.is_home != gone.is_home:
        raise MergeRefused(_("海智专家和其他专家的资料保护不同，不能直接合并；请先核对并修改其中一份。"))
    if kept.account_id and gone.account_id:
        raise MergeRefused(_("两份资料各有本人账号，请先解除其中一个。"))
    return kept, gone


def _named(one: Expert) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in (*FIELDS, *_ALONG)}
    digests = {name: getattr(one, f"{name}_digest") for name in _CONTACTS}
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in {**values, **digests}.items()
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def _take_over(kept: Expert, gone: Expert, chosen: Iterable[str]) -> None:
    for name in chosen:
        setattr(kept, name, getattr(gone, name))
        kept.origins.pop(name, None)
        if name in gone.origins:
            kept.origins[name] = gone.origins[name]
    for name in _ALONG:
        if not getattr(kept, name):
            setattr(kept, name, getattr(gone, name))
    for name in _CONTACTS:
        if not getattr(kept, name) and getattr(gone, name):
            kept.seal(name, gone.open(name))


def _give_back(kept: Expert, gone: Expert, taken: Mapping[str, Any]) -> None:
    now_said = _named(kept)
    for name, (before, after) in taken.items():
        if now_said[name] != after:
            continue
        if name in _CONTACTS:
            kept.seal(name, "")
        elif name.endswith("_id"):
            setattr(kept, name, UUID(before) if before else None)
        else:
            setattr(kept, name, before)


def _require_free_numbers(gone: Expert) -> None:
    for name in ("orcid", "openalex", "account_id"):
        value = getattr(gone, name)
        rows = Expert.objects.filter(association=gone.association_id, merged_into=None, **{name: value})
        if value and (other := rows.exclude(pk=gone.pk).first()):
            raise MergeRefused(
                _("%(name)s的资料上有同一个编号或账号，请先从那里去掉，再撤销合并。") % {"name": other.name}
            )


def _carry_ties(gone: Expert, kept: Expert) -> list[UUID]:
    return ties.carry_over(
        association_id=kept.association_id,
        old=expert_ties.expert_key(gone.pk),
        new=expert_ties.expert_key(kept.pk),
    )


def _said(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
