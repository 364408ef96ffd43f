"""The full text of a problem: written sealed, opened by whoever may and written down each time, undertaken and ended."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Expert,
    Invitation,
    Problem,
    ProblemFile,
    ProblemText,
    TextOpening,
    Undertaking,
)
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import disclosure as queries
from kexie.contexts.matching.queries.disclosure import Viewer
from kexie.contexts.matching.rules import disclosure as rules
from kexie.contexts.matching.rules.disclosure import Disclosed
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files
from kexie.platform.files.models import StoredFile

MOST_FILES = 20
How = Undertaking.How


class NotDisclosed(Forbidden):
    """Whoever asks has no undertaking that stands."""


class UndertakingRefused(UserError):
    """An undertaking that cannot be recorded or ended so."""


# --- opening -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_text(*, problem: Problem, viewer: Viewer, now: dt.datetime) -> str:
    """Return the full text in clear to whoever may read it, and write down that they did; "" where there is none."""
    _require(problem, viewer)
    sealed = queries.text_of(problem)
    if sealed is None:
        return ""
    _opened(problem, viewer, now, version=sealed.version)
    return sealed.open()


@transaction.atomic
def open_paper(*, problem: Problem, paper_id: UUID, viewer: Viewer, now: dt.datetime) -> StoredFile:
    """Return a paper to whoever may read it, and write down that they did."""
    _require(problem, viewer)
    rows = ProblemFile.objects.filter(problem=problem, removed_at=None).select_related("file")
    found = rows.filter(pk=paper_id).first()
    if found is None:
        raise NotFound(_("没有找到这个文件，或您无权查看。"))
    _opened(problem, viewer, now, paper=found)
    return found.file


def _require(problem: Problem, viewer: Viewer) -> None:
    if queries.disclosed(problem, viewer) < Disclosed.FULL:
        raise NotDisclosed(_("详细资料在作出保密承诺以后才能查看。"))


def _opened(problem: Problem, viewer: Viewer, now: dt.datetime, **what: Any) -> None:
    made = TextOpening.objects.create(
        association_id=problem.association_id, problem=problem, expert=viewer.expert, opened_at=now,
        account=None if viewer.expert else viewer.account, **what,
    )  # fmt: skip
    note(
        problem, "open_problem_text", actor=made.account, now=now, expert=made.expert_id, paper=made.paper_id,
        version=made.version,
    )  # fmt: skip


# --- writing -----------------------------------------------------------------------------------------------------


def write(problem: Problem, clear: str, *, actor: Account, now: dt.datetime) -> None:
    """Keep the full text within the caller's transaction; what it says is in no log."""
    known = ProblemText.objects.select_for_update().filter(problem=problem).first()
    if (known.open() if known is not None else "") == clear:
        return
    row = known or ProblemText(association_id=problem.association_id, problem=problem, version=0)
    row.version, row.written_at, row.written_by = row.version + 1, now, actor
    row.seal(clear)
    row.save(force_insert=known is None)
    note(problem, "write_problem_text", actor=actor, now=now, version=row.version)


@transaction.atomic
def attach(
    *, problem: Problem, upload: "File[bytes]", viewer: Viewer, actor: Account, now: dt.datetime
) -> ProblemFile:
    """Add a paper; whoever may read the others may."""
    _require(problem, viewer)
    if ProblemFile.objects.filter(problem=problem, removed_at=None).count() >= MOST_FILES:
        raise UndertakingRefused(fields={"file": _("附件太多，请先移除不用的。")})
    kept = files.store(association_id=problem.association_id, upload=upload, actor=actor, now=now)
    made = ProblemFile(
        association_id=problem.association_id, problem=problem, file=kept, added_at=now, added_by=actor
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise UndertakingRefused(fields={"file": _("这个文件已经附上了。")}) from error
    note(problem, "attach_problem_file", actor=actor, now=now, paper=made.pk)
    return made


@transaction.atomic
def detach(*, problem: Problem, paper_id: UUID, viewer: Viewer, actor: Account, now: dt.datetime) -> None:
    """Take a paper away: nobody opens it any more, who did stays written down."""
    _require(problem, viewer)
    changed = ProblemFile.objects.filter(problem=problem, pk=paper_id, removed_at=None).update(removed_at=now)
    if not changed:
        raise NotFound(_("没有找到这个文件，或您无权查看。"))
    note(problem, "detach_problem_file", actor=actor, now=now, paper=paper_id)


# --- undertaking -------------------------------------------------------------------------------------------------


@transaction.atomic
def undertake(
    *, problem_id: UUID, agrees: bool, actor: Account, now: dt.datetime, scope: Scope
) -> Undertaking:
    """Somebody who looks after a problem undertakes to keep its full text; `scope`: where they confirm records."""
    if not agrees:
        raise UndertakingRefused(fields={"agrees": _("请先勾选保密承诺。")})
    one = locked(Problem, problem_id, scope)
    ended = Undertaking.objects.filter(problem=one, account=actor, withdrawn_at__isnull=False)
    if ended.exclude(withdrawn_by=actor).exists():
        raise UndertakingRefused(_("您的保密承诺已被终止，不能自己恢复，请与企业联系。"))
    return _given(one, account=actor, how=How.ONLINE, actor=actor, now=now)


@transaction.atomic
def record_paper(
    *, problem_id: UUID, expert: Expert, actor: Account, now: dt.datetime, scope: Scope
) -> Undertaking:
    """Record that an expert signed the undertaking on paper."""
    one = locked(Problem, problem_id, scope)
    if expert.association_id != one.association_id:
        raise NotFound(_("没有找到这位专家，或您无权查看。"))
    return _given(one, expert=expert, how=How.PAPER, actor=actor, now=now)


def by_link(invitation: Invitation, now: dt.datetime) -> Undertaking:
    """Record what an invited expert undertook on their page, within the caller's transaction; once."""
    standing = queries.standing_of(invitation.problem, invitation.expert).first()
    if standing is not None:
        return standing
    if Undertaking.objects.filter(invitation=invitation).exists():
        raise UndertakingRefused(_("您的保密承诺已被终止，请与邀请您的单位联系。"))
    return _given(
        invitation.problem, expert=invitation.expert, invitation=invitation, how=How.LINK, actor=None, now=now
    )


@transaction.atomic
def end(*, undertaking_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> Undertaking:
    """End an undertaking: the full text is closed to whoever gave it. The firm may, and whoever looks after the problem."""
    rows = Undertaking.objects.select_for_update(of=("self",)).select_related("problem", "expert", "account")
    mine = scope.q("problem__unit") | scope.q("problem__firm")
    found = rows.filter(mine, pk=undertaking_id, withdrawn_at=None).first()
    if found is None:
        raise NotFound(_("没有找到这份承诺，或已经终止。"))
    return _ended(found, reason=reason, actor=actor, now=now)


def end_with(invitation: Invitation, *, actor: Account, now: dt.datetime) -> None:
    """End what was undertaken with an invitation that is taken back, within the caller's transaction."""
    for found in queries.standing_of(invitation.problem, invitation.expert):
        _ended(found, reason=invitation.reason, actor=actor, now=now)


def _ended(found: Undertaking, *, reason: str, actor: Account, now: dt.datetime) -> Undertaking:
    said = texts.clean(reason)[:200]
    if not said:
        raise UndertakingRefused(fields={"reason": _("请写明终止原因。")})
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = now, actor, said
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    note(found.problem, "end_undertaking", actor=actor, now=now, reason=said, undertaking=found.pk)
    return found


def _given(one: Problem, *, actor: Account | None, now: dt.datetime, **who: Any) -> Undertaking:
    made = Undertaking(
        association_id=one.association_id, problem=one, wording=rules.CURRENT, given_at=now, recorded_by=actor, **who
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise UndertakingRefused(_("已经有保密承诺。")) from error
    note(
        one, "undertake_problem_text", actor=actor, now=now, undertaking=made.pk, wording=made.wording, how=made.how,
        expert=made.expert_id,
    )  # fmt: skip
    return made
