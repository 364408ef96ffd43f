"""Taking a whole merge back: what it made is reversed, what it changed says again what it said before."""

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.platform.audit import operations as audit
from kexie.workbench.packages import offering, operations, snapshots
from kexie.workbench.packages.models import Line, Merge, Package
from kexie.workbench.packages.states import Outcome, Stage, Step

log = logging.getLogger(__name__)
CHUNK = 250
_DONE = (Outcome.CREATED, Outcome.CORRECTED, Outcome.EDITED, Outcome.REVERSED, Outcome.DISCARDED)


def start(*, merge: Merge, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> bool:
    """Claim a merge for undoing; whether this call did. Raises UserError without a reason."""
    said = text.clean_lines(reason)
    if not said:
        raise UserError(fields={"reason": _("请写明撤销原因，例如“交错了文件”。")})
    mine = Merge.objects.filter(scope.q("package__unit"), pk=merge.pk, state__in=(Step.READY, Step.MERGED))
    values = {"state": Step.UNDOING, "reason": said, "done": 0, "cancel_asked": False, "beat_at": now}
    try:
        with transaction.atomic():
            return bool(mine.update(**values, account=actor))
    except IntegrityError as error:
        raise UserError(_("这个工作包的另一个文件正在并入，请等它完成后再试。")) from error


def run(*, merge: Merge) -> Merge:
    """Undo row by row, some at a time; what was changed by somebody since is left alone and said."""
    merge = operations.loaded(merge)
    if merge.state != Step.UNDOING:
        return merge
    waiting = merge.lines.filter(outcome__in=_DONE, undone=False).order_by("-result_id")
    ids = list(waiting.values_list("pk", flat=True))
    Merge.objects.filter(pk=merge.pk).update(total=len(ids))
    try:
        for begin in range(0, len(ids), CHUNK):
            _some(merge, ids[begin : begin + CHUNK])
            Merge.objects.filter(pk=merge.pk).update(done=begin + CHUNK, beat_at=timezone.now())
    except Exception:
        log.exception("undoing %s failed", merge.pk)
        operations.end(merge, Step.MERGED, message=_("系统出错，撤销没有完成；可以再次撤销。"))
        raise
    _finish(merge)
    return merge


@transaction.atomic
def _finish(merge: Merge) -> None:
    operations.end(merge, Step.UNDONE)
    others = Merge.objects.filter(package=merge.package, state=Step.MERGED).exists()
    Package.objects.filter(pk=merge.package_id).update(state=Stage.MERGED if others else Stage.RETURNED)
    audit.append(
        association_id=merge.association_id, actor=merge.account, action="packages.undo", subject=merge,
        detail={"package": merge.package.code}, reason=merge.reason, now=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def _some(merge: Merge, ids: list[Any]) -> None:
    lines = list(merge.lines.select_for_update(of=("self",)).filter(pk__in=ids, undone=False))
    now = timezone.now()
    for line in lines:
        try:
            with transaction.atomic():
                _Undo(merge, line, now).act()
            line.undone = True
        except (UserError, ValidationError, IntegrityError) as error:
            line.message = str(error) or _("没有撤销：您无权冲销这条记录。")
    Line.objects.bulk_update(lines, ["undone", "message"], batch_size=CHUNK)


class _Undo:
    """Takes back what became of one row."""

    def __init__(self, merge: Merge, line: Line, now: dt.datetime) -> None:
        self.merge, self.line, self.now = merge, line, now
        self.record_type = operations.type_of(line)
        self.actor: Account = merge.account
        self.reason = _("撤销离线工作包%(code)s的并入：%(reason)s") % {
            "code": merge.package.code,
            "reason": merge.reason,
        }

    def act(self) -> None:
        """Do it. Raises UserError where the record was changed since."""
        match self.line.outcome:
            case Outcome.CREATED:
                self._remove()
            case Outcome.CORRECTED:
                self._put_back()
            case Outcome.EDITED:
                self._edit_back()
            case _:
                self._record_again()

    def _remove(self) -> None:
        record = self._found()
        if record.state == State.DRAFT:
            ledger.discard_draft(record=record, **self._by(Action.DRAFT))
        else:
            ledger.reverse(record=record, reason=self.reason, **self._by(Action.REVERSE))

    def _put_back(self) -> None:
        self._scope(Action.REVERSE)
        record = self._found()
        ledger.correct(
            record=record, replacement=self._before(), reason=self.reason, **self._by(Action.CONFIRM)
        )

    def _edit_back(self) -> None:
        record = self._found()
        if record.state != State.DRAFT:
            raise UserError(_("没有撤销：这条草稿已被确认。"))
        snapshots.restore(self.record_type, self.line.before, record)
        ledger.edit_draft(record=record, **self._by(Action.DRAFT))

    def _record_again(self) -> None:
        record = self._before()
        record.corrects = self.line.result_id
        by = self._by(Action.CONFIRM)
        ledger.draft(record=record, **by)
        if self.line.outcome == Outcome.REVERSED:
            ledger.confirm(records=[record], **by)

    def _found(self) -> Any:
        rows = self.record_type.model._base_manager.select_for_update(of=("self",)).select_related("unit")
        record = rows.filter(pk=self.line.result_id).exclude(state=State.REVERSED).first()
        if record is None:
            raise UserError(_("没有撤销：这条记录并入后又被更正、冲销或删除。"))
        return record

    def _before(self) -> Any:
        return snapshots.blank(self.record_type, self.line.before, self._scope(Action.CONFIRM))

    def _by(self, action: Action) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now, "scope": self._scope(action)}

    def _scope(self, action: Action) -> Scope:
        return offering.scope(self.actor, action, self.record_type, self.merge.package.unit.path)
