"""Bringing decided rows in: some at a time, each time as one transaction, so that a stop loses and doubles nothing."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.platform.audit import operations as audit
from kexie.workbench.desk import violations
from kexie.workbench.packages import comparing, offering, operations, snapshots
from kexie.workbench.packages.models import Line, Merge, Package
from kexie.workbench.packages.states import Decision, Outcome, Stage, Step, Verdict

log = logging.getLogger(__name__)
CHUNK = 250
_FIELDS = ["outcome", "message", "result_id", "before", "decision", "verdict"]
_KEY_LENGTH = 120


class Stale(UserError):
    """The record was changed after the row was compared with it."""


def start(*, merge: Merge, now: dt.datetime, scope: Scope) -> bool:
    """Claim a checked file for merging, one of its package at a time; whether this call did."""
    ready = Merge.objects.filter(scope.q("package__unit"), pk=merge.pk)
    silent = ready.filter(state=Step.MERGING, beat_at__lt=now - operations.SILENT)
    values = {"state": Step.MERGING, "done": 0, "cancel_asked": False, "message": "", "beat_at": now}
    try:
        with transaction.atomic():
            return bool(ready.filter(state=Step.READY).update(**values) or silent.update(**values))
    except IntegrityError as error:
        raise UserError(_("这个工作包的另一个文件正在并入，请等它完成后再试。")) from error


def run(*, merge: Merge) -> Merge:
    """Bring in every decided row that is not in yet; those that nobody decided stay as they are."""
    merge = operations.loaded(merge)
    if merge.state != Step.MERGING:
        return merge
    waiting = merge.lines.filter(outcome="").exclude(decision="")
    Merge.objects.filter(pk=merge.pk).update(total=waiting.count())
    try:
        _run(merge)
        _finish(merge)
    except operations.Stopped:
        operations.end(merge, Step.READY, message=_("已停止并入：停下前的行已并入，其余可以继续。"))
    except Exception:
        log.exception("merge %s failed", merge.pk)
        operations.end(merge, Step.READY, message=_("系统出错，已并入的行有效，其余没有并入；可以继续。"))
        raise
    return merge


def _run(merge: Merge) -> None:
    done = 0
    order = ("type_key", "number", "pk")
    ids = list(
        merge.lines.filter(outcome="").exclude(decision="").order_by(*order).values_list("pk", flat=True)
    )
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _some(merge, ids[start : start + CHUNK], timezone.now())
        done += len(ids[start : start + CHUNK])
        operations.tell(merge, done)


def _some(merge: Merge, ids: Sequence[Any], now: dt.datetime) -> None:
    rows = merge.lines.select_for_update(of=("self",)).filter(pk__in=ids, outcome="").exclude(decision="")
    lines = sorted(rows, key=lambda one: (one.type_key, abs(one.number)))
    for _key, group in groupby(lines, key=lambda one: one.type_key):
        some = list(group)
        hand = _Hand(merge, operations.type_of(some[0]), now)
        hand.take([one for one in some if _is_new(one)])
        for one in some:
            if not one.outcome:
                hand.change(one)
    Line.objects.bulk_update(lines, _FIELDS, batch_size=CHUNK)


def _is_new(line: Line) -> bool:
    fresh = {Verdict.NEW: Decision.TAKE, Verdict.LIKE: Decision.NEW, Verdict.AGAIN: Decision.NEW}
    return fresh.get(Verdict(line.verdict)) == line.decision


def _finish(merge: Merge) -> None:
    with transaction.atomic():
        left = merge.lines.filter(outcome="").exists()
        operations.end(merge, Step.READY if left else Step.MERGED)
        if not left:
            Package.objects.filter(pk=merge.package_id).update(state=Stage.MERGED)
        audit.append(
            association_id=merge.association_id, actor=merge.account, action="packages.merge", subject=merge,
            detail={"package": merge.package.code, "digest": merge.file.digest, "done": merge.total},
            now=timezone.now(),
        )  # fmt: skip


class _Hand:
    """Carries out decisions about rows of one type, with the rights of whoever returned the file."""

    def __init__(self, merge: Merge, record_type: Any, now: dt.datetime) -> None:
        self.merge, self.record_type, self.now = merge, record_type, now
        self.actor: Account = merge.account
        self.path = merge.package.unit.path

    def scope(self, action: Action) -> Scope:
        """Return where in the package's unit the account may do this with the type. Raises Forbidden."""
        return offering.scope(self.actor, action, self.record_type, self.path)

    # --- new rows ----------------------------------------------------------------------------------------------

    def take(self, lines: Sequence[Line]) -> None:
        """Make records of new rows: all at once, and one by one only where the database refuses."""
        if not lines:
            return
        try:
            records = self._records(lines)
            with transaction.atomic():
                kept = self._insert(records)
        except IntegrityError as error:
            if len(lines) == 1:
                _refuse(lines[0], violations.message(error, self.record_type.model))
                return
            middle = len(lines) // 2
            self.take(lines[:middle])
            self.take(lines[middle:])
            return
        except Forbidden as error:
            for one in lines:
                _refuse(one, str(error) or _("您无权并入这类记录。"))
            return
        for one, record in zip(lines, records, strict=True):
            _settle(one, record.pk, is_in=record.pk in kept)

    def _records(self, lines: Sequence[Line]) -> list[Any]:
        scope = self.scope(Action.CONFIRM if self.merge.confirms else Action.IMPORT)
        found = [snapshots.blank(self.record_type, one.mine, scope, uuid7()) for one in lines]
        units = Unit.objects.in_bulk({one.unit_id for one in found})
        for record, line in zip(found, lines, strict=True):
            record.unit, record.source_key = units[record.unit_id], line.source_key
            record.recorded_by, record.recorded_at = self.actor, self.now
        return found

    def _insert(self, records: list[Any]) -> set[Any]:
        """Insert what did not come in before and return the ids of that."""
        model = self.record_type.model._base_manager
        if self.merge.confirms:
            scope = self.scope(Action.CONFIRM)
            ledger.record_many(records=records, actor=self.actor, now=self.now, scope=scope)
            kept = set(model.filter(pk__in=[one.pk for one in records]).values_list("pk", flat=True))
            ledger.ask_about([one for one in records if one.pk in kept], self.now)
            return kept
        for record in records:
            record.state = State.DRAFT
        keys = [one.source_key for one in records]
        known = model.filter(association_id=self.merge.association_id, source_key__in=keys)
        there = set(known.values_list("source_key", flat=True))
        fresh = [one for one in records if one.source_key not in there]
        model.bulk_create(fresh)
        return {one.pk for one in fresh}

    # --- rows about records that are there ---------------------------------------------------------------------

    def change(self, line: Line) -> None:
        """Carry out a decision about a record that is there; what is refused says why and undoes nothing else."""
        try:
            with transaction.atomic():
                self._act(line)(line)
        except Stale as error:
            line.decision, line.verdict, line.message = "", Verdict.CONFLICT, str(error)
        except IntegrityError as error:
            _refuse(line, violations.message(error, self.record_type.model))
        except ValidationError as error:
            _refuse(line, _("；").join(error.messages))
        except UserError as error:
            _refuse(line, str(error) or _("您无权更正或冲销这条记录；请由有权的人并入。"))

    def _act(self, line: Line) -> Callable[[Line], None]:
        if line.decision == Decision.LEAVE:
            return _leave
        if line.decision == Decision.REVERSE:
            return self._reverse
        if line.verdict == Verdict.CONFLICT and not line.theirs_version:
            return self._renew
        return self._correct

    def _correct(self, line: Line) -> None:
        head, theirs = self._head(line)
        columns = snapshots.columns_of(self.record_type)
        is_like = line.decision == Decision.FIX
        said = line.mine if is_like else comparing.merged(columns, line.base, line.mine, theirs, line.choices)
        if said == theirs:
            _leave(line)
            return
        line.before = theirs
        if head.state == State.DRAFT:
            self._edit(line, head, said)
            return
        made = self._replacement(said, f"fix:{head.pk.hex}")
        reason = _("按离线工作包%(code)s更正") % {"code": self.merge.package.code}
        self.scope(Action.REVERSE)
        ledger.correct(
            record=head, replacement=made, reason=reason, actor=self.actor, now=self.now,
            scope=self.scope(Action.CONFIRM),
        )  # fmt: skip
        line.outcome, line.result_id = Outcome.CORRECTED, made.pk

    def _edit(self, line: Line, head: Any, said: dict[str, str]) -> None:
        snapshots.restore(self.record_type, said, head)
        ledger.edit_draft(record=head, actor=self.actor, now=self.now, scope=self.scope(Action.DRAFT))
        line.outcome, line.result_id = Outcome.EDITED, head.pk

    def _renew(self, line: Line) -> None:
        """Record anew what was taken back meanwhile."""
        made = self._replacement(line.mine, f"renew:{line.theirs_id.hex if line.theirs_id else ''}")
        scope = self.scope(Action.CONFIRM)
        made.corrects = line.theirs_id
        ledger.draft(record=made, actor=self.actor, now=self.now, scope=scope)
        ledger.confirm(records=[made], actor=self.actor, now=self.now, scope=scope)
        line.outcome, line.result_id = Outcome.CREATED, made.pk

    def _reverse(self, line: Line) -> None:
        head, theirs = self._head(line)
        line.before, line.result_id = theirs, head.pk
        if head.state == State.DRAFT:
            ledger.discard_draft(record=head, actor=self.actor, now=self.now, scope=self.scope(Action.DRAFT))
            line.outcome = Outcome.DISCARDED
            return
        reason = _("离线工作包%(code)s中已删去") % {"code": self.merge.package.code}
        ledger.reverse(
            record=head, reason=reason, actor=self.actor, now=self.now, scope=self.scope(Action.REVERSE)
        )
        line.outcome = Outcome.REVERSED

    def _replacement(self, said: dict[str, str], what: str) -> Any:
        made = snapshots.blank(self.record_type, said, self.scope(Action.CONFIRM), uuid7())
        key = f"{self.record_type.key}:{what}:{snapshots.version(said)}"
        made.source_key = key[:_KEY_LENGTH]
        return made

    def _head(self, line: Line) -> tuple[Any, dict[str, str]]:
        """Return the record a row is about, locked, and what it says. Raises Stale if that is not what was shown."""
        rows = self.record_type.model._base_manager.select_for_update(of=("self",)).select_related("unit")
        head = rows.filter(pk=line.theirs_id).exclude(state=State.REVERSED).first()
        said = snapshots.snapshot(self.record_type, head) if head is not None else {}
        if head is None or snapshots.version(said) != line.theirs_version:
            raise Stale(_("核对之后，系统中的这条记录又有改动；请点“重新核对”后再决定。"))
        if not self.scope(Action.IMPORT).covers(head.unit.path):
            raise Forbidden
        return head, said


def _leave(line: Line) -> None:
    line.outcome = Outcome.LEFT


def _settle(line: Line, record_id: Any, *, is_in: bool) -> None:
    if is_in:
        line.outcome, line.result_id = Outcome.CREATED, record_id
    else:
        line.outcome, line.message = Outcome.LEFT, _("此前已并入，不会重复。")


def _refuse(line: Line, why: str) -> None:
    line.outcome, line.message = Outcome.REFUSED, why
