"""A returned file from upload to preview: taken in, read, compared row by row, decided."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.platform.files import content
from kexie.platform.files import operations as files
from kexie.platform.imports import reading
from kexie.platform.imports.reading import SheetRefused
from kexie.workbench.packages import offering, returned, snapshots, workbook
from kexie.workbench.packages.checking import SheetChecker
from kexie.workbench.packages.models import Line, Merge, Package, PackageRow
from kexie.workbench.packages.returned import Part
from kexie.workbench.packages.states import CHOICES, SPENT, TRANSITIONS, Decision, Stage, Step, Verdict

log = logging.getLogger(__name__)
CONTEXT = "packages"
# Whatever ran a job is gone if it has said nothing for so long.
SILENT = dt.timedelta(minutes=2)


class Stopped(Exception):
    """Somebody asked to stop."""


@transaction.atomic
def take_in(
    *, upload: "File[bytes]", confirms: bool, actor: Account, now: dt.datetime, scope: Scope
) -> Merge:
    """Keep a returned file and open its merging; the same file again finds the one that is there.

    Raises SheetRefused where it is no package of ours, or one of a unit out of scope.
    """
    upload.seek(0)
    given = upload.read()
    reading.check(upload.name or "", given)
    package = returned.find_package(returned.read(given, scope).code, scope)
    stored = files.store(association_id=actor.association_id, upload=upload, actor=actor, now=now)
    same = Merge.objects.filter(scope.q("package__unit"), package=package, file=stored).exclude(
        state__in=SPENT
    )
    if (found := same.first()) is not None:
        return found
    if package.state == Stage.OUT:
        Package.objects.filter(pk=package.pk).update(state=Stage.RETURNED)
    notes = []
    if package.valid_until < timezone.localdate(now):
        notes.append(
            _("这个工作包已过有效期（%(day)s），仍可并入，请仔细核对冲突。") % {"day": package.valid_until}
        )
    return Merge.objects.create(
        association_id=actor.association_id, package=package, file=stored, account=actor, confirms=confirms,
        file_name=files.safe_name(upload.name or ""), notes=notes, started_at=now, beat_at=now,
    )  # fmt: skip


def check(*, merge: Merge) -> Merge:
    """Compare every row and write down what was found. Begun again, it keeps what was merged and decided."""
    merge = loaded(merge)
    if merge.state != Step.CHECKING:
        return merge
    try:
        written = content.read(merge.file.digest)
        found = returned.read(written, _scope(merge))
        _check(merge, found)
        notes = [one for one in merge.notes if one not in found.notes]
        end(merge, Step.READY, notes=[*notes, *found.notes])
    except SheetRefused as error:
        end(merge, Step.REFUSED, message=str(error))
    except Stopped:
        end(merge, Step.CANCELLED, message=_("已停止核对，没有并入任何一行；可以继续。"))
    except Exception:
        log.exception("merge %s failed", merge.pk)
        end(merge, Step.FAILED, message=_("系统出错，没有并入任何一行。可以继续，或联系系统管理员。"))
        raise
    return merge


def decide(
    *,
    lines: Any,
    decision: str,
    choices: dict[str, str] | None = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> int:
    """Decide what is to be done with open or decided rows of one merge; return how many it fits.

    `lines` is a queryset of one merge's lines; `choices` says for each field in conflict whose value holds.
    """
    with transaction.atomic():
        found = lines.filter(scope.q("merge__package__unit"), outcome="").select_for_update(of=("self",))
        fit = [one for one in found if decision in CHOICES[one.verdict]]
        for one in fit:
            one.decision = decision
            if one.verdict == Verdict.CONFLICT and decision == Decision.TAKE:
                one.choices = choices or {said["name"]: "mine" for said in one.shown if said["conflict"]}
        Line.objects.bulk_update(fit, ["decision", "choices"], batch_size=500)
    return len(fit)


def mend(
    *, line: Line, cells: dict[str, str], as_new: bool, actor: Account, now: dt.datetime, scope: Scope
) -> Line:
    """Read a faulty row again with what was put right in its cells; its line says what became of it.

    `as_new` takes a row whose hidden key does not fit for a new one.
    """
    with transaction.atomic():
        locked = Line.objects.select_for_update(of=("self",)).filter(
            scope.q("merge__package__unit"), pk=line.pk
        )
        kept = locked.filter(outcome="", verdict=Verdict.ERROR).select_related("merge__package__unit").first()
        if kept is None:
            raise UserError(_("这一行已处理过，请刷新后再看。"))
        found = _read_again(kept, {**kept.raw, **cells}, as_new=as_new)
        found.pk, found.number, found._state.adding = kept.pk, kept.number, False
        found.save(force_update=True)
    return found


def begin_again(*, merge: Merge, now: dt.datetime, scope: Scope) -> bool:
    """Have a stopped, failed or silent check done again, or a checked file compared anew; whether this call did."""
    mine = Merge.objects.filter(scope.q("package__unit"), pk=merge.pk)
    resting = [one for one, onward in TRANSITIONS.items() if Step.CHECKING in onward]
    silent = mine.filter(state=Step.CHECKING, beat_at__lt=now - SILENT)
    fresh = {"state": Step.CHECKING, "cancel_asked": False, "message": "", "done": 0, "beat_at": now}
    return bool(mine.filter(state__in=resting).update(**fresh) or silent.update(**fresh))


def stop(*, merge: Merge, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Stop a running job at its next step, or put away a file of which nothing is in yet."""
    mine = Merge.objects.filter(scope.q("package__unit"), pk=merge.pk)
    if mine.filter(state__in=(Step.CHECKING, Step.MERGING)).update(cancel_asked=True):
        return
    is_in = Line.objects.filter(merge=merge).exclude(outcome="").exclude(verdict=Verdict.SAME).exists()
    if not is_in:
        mine.filter(state__in=(Step.READY, Step.FAILED)).update(state=Step.CANCELLED, finished_at=now)


def tell(merge: Merge, done: int) -> None:
    """Say how far a job is. Raises Stopped if somebody asked to stop."""
    mine = Merge.objects.filter(pk=merge.pk)
    mine.update(done=done, beat_at=timezone.now())
    if mine.filter(cancel_asked=True).exists():
        raise Stopped


def type_of(line: Line) -> Any:
    """Return the type of a line's record."""
    return registry.record_type(line.type_key)


def _check(merge: Merge, found: returned.Returned) -> None:
    Merge.objects.filter(pk=merge.pk).update(total=sum(len(one.rows) for one in found.parts), done=0)
    decided = {(one.type_key, one.number): one for one in merge.lines.filter(outcome="").exclude(decision="")}
    merge.lines.filter(outcome="").delete()
    merge.lines.filter(verdict=Verdict.SAME).delete()
    done = 0
    settled = set(merge.lines.values_list("type_key", "number"))
    for part in found.parts:
        for lines in _lines(merge, part):
            fresh = [one for one in lines if (one.type_key, one.number) not in settled]
            for one in fresh:
                _keep_decision(one, decided.get((one.type_key, one.number)))
            Line.objects.bulk_create(fresh, batch_size=500)
            done += sum(1 for one in lines if one.number > 0)
            tell(merge, done)


def _lines(merge: Merge, part: Part) -> Iterator[list[Line]]:
    try:
        checker = _checker(merge, part)
    except SheetRefused as error:
        raise SheetRefused(_("“%(title)s”表：%(why)s") % {"title": part.title, "why": error}) from error
    except Forbidden as error:
        values = {"title": part.title}
        raise SheetRefused(_("您无权导入“%(title)s”，请由有权的人交回这个工作包。") % values) from error
    yield from checker.lines()


def _checker(merge: Merge, part: Part, *, rows: Any = None) -> SheetChecker:
    path = merge.package.unit.path
    action = Action.CONFIRM if merge.confirms else Action.IMPORT
    out = PackageRow.objects.filter(package=merge.package, type_key=part.record_type.key)
    return SheetChecker(
        merge=merge, part=part, rows=list(out) if rows is None else rows, actor=merge.account, now=timezone.now(),
        scope=offering.scope(merge.account, action, part.record_type, path), confirms=merge.confirms,
    )  # fmt: skip


def _keep_decision(line: Line, before: Line | None) -> None:
    """Carry over what a person decided of the same row, as far as it is still the same."""
    if before is not None and (before.verdict, before.mine) == (line.verdict, line.mine):
        line.decision, line.choices = before.decision, before.choices


def _read_again(line: Line, cells: dict[str, str], *, as_new: bool) -> Line:
    record_type, merge = type_of(line), line.merge
    out = list(PackageRow.objects.filter(package=merge.package, type_key=line.type_key, key=line.key))
    known = out[0] if out and not as_new else None
    shown = [one for one in snapshots.columns_of(record_type) if one.name in cells]
    head = (workbook.KEY, workbook.VERSION, *(str(one.label) for one in shown))
    values = (
        known.key if known else None, known.version if known else None,
        *(cells[one.name] or None for one in shown),
    )  # fmt: skip
    number = abs(line.number) + workbook.HEAD_ROW
    rows = [reading.SheetRow(workbook.HEAD_ROW, head), reading.SheetRow(number, values)]
    part = Part(record_type, str(record_type.name), rows)
    found: Line = next(_checker(merge, part, rows=[known] if known else []).lines())[0]
    return found


def _scope(merge: Merge) -> Scope:
    return access.scope_for(merge.account, Action.IMPORT, CONTEXT)


def loaded(merge: Merge) -> Merge:
    """Return a merge with what its jobs read."""
    related = ("account", "file", "package__unit", "package__association")
    return Merge.objects.select_related(*related).get(pk=merge.pk)


def end(merge: Merge, state: str, **values: Any) -> None:
    """Write down that a job came to its end, and what is told of it."""
    merge.state, merge.finished_at = state, timezone.now()
    fresh = {"message": "", "cancel_asked": False, **values}
    for name, value in fresh.items():
        setattr(merge, name, value)
    merge.save(update_fields=["state", "finished_at", *fresh])
