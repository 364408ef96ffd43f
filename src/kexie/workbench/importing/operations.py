"""An import from upload to records: taken in, checked, run as one transaction, or given up."""

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger import registry
from kexie.ledger.models import State
from kexie.ledger.record_types import DeskType, ReferenceType
from kexie.platform.audit import operations as audit
from kexie.platform.files import content as contents
from kexie.platform.files import operations as files
from kexie.platform.imports import tables
from kexie.platform.imports.reading import SheetRow
from kexie.workbench.importing.checking import Built, Checker, Findings
from kexie.workbench.importing.references import ReferenceChecker
from kexie.workbench.models import ImportJob

log = logging.getLogger(__name__)
SHEET = "填写"


class Cancelled(Exception):
    """Somebody asked to stop; everything done so far is undone."""


class Faulty(Exception):
    """What was sound when it was checked is not any more."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(findings.problem_count)
        self.findings = findings


@transaction.atomic
def take_in(
    *,
    desk_type: DeskType,
    upload: "File[bytes]",
    actor: Account,
    confirms: bool,
    now: dt.datetime,
    system: str = "",
) -> ImportJob:
    """Keep an uploaded sheet, with its coordinates in `system`, and open a job for it. Raises SheetRefused."""
    upload.seek(0)
    content = upload.read()
    tables.check(upload.name or "", content)
    upload.name = tables.named(upload.name or "", content)
    stored = files.store(association_id=actor.association_id, upload=upload, actor=actor, now=now)
    return ImportJob.objects.create(
        association_id=actor.association_id,
        account=actor,
        type_key=desk_type.key,
        file=stored,
        file_name=files.safe_name(upload.name or ""),
        confirms=confirms and not isinstance(desk_type, ReferenceType),
        system=system if system in _systems(desk_type) else "",
        started_at=now,
    )


def check(*, job: ImportJob) -> ImportJob:
    """Check every row of a job's file and write down what was found."""
    watch = _Watch(job)
    try:
        rows = read(job)
        checker = _checker(job, rows, timezone.now())
        watch.expect(len(checker.rows))
        findings = checker.check(watch.tell)
        _note(job, checker, findings)
        job.state = _state_after_check(findings)
    except UserError as error:
        job.state, job.message = ImportJob.State.FAULTY, str(error)
        job.problem_count = 1
    except Cancelled:
        job.state = ImportJob.State.CANCELLED
    except Exception:
        log.exception("import %s failed", job.pk)
        _fail(job)
        raise
    finally:
        watch.close()
    job.finished_at = timezone.now()
    job.save()
    return job


def run(*, job: ImportJob) -> ImportJob:
    """Bring a checked file's rows in as one transaction: all of them, or none."""
    watch = _Watch(job)
    now = timezone.now()
    try:
        checker = _checker(job, read(job), now)
        watch.expect(len(checker.rows))
        with transaction.atomic():
            _bring_in(job, checker, watch, now)
    except UserError as error:
        job.state, job.message = ImportJob.State.FAULTY, str(error)
    except Faulty as error:
        _note(job, checker, error.findings)
        job.state, job.message = ImportJob.State.FAULTY, _("校验之后数据有变化，请重新核对。")
    except Cancelled:
        job.state, job.created = ImportJob.State.CANCELLED, 0
    except Exception:
        log.exception("import %s failed", job.pk)
        _fail(job)
        raise
    finally:
        watch.close()
    job.finished_at = timezone.now()
    job.save()
    return job


def start(*, job: ImportJob, confirms: bool) -> bool:
    """Claim a checked job for running; whether this call did (nobody runs one twice)."""
    ready = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.READY)
    claimed = ready.update(
        state=ImportJob.State.IMPORTING, done=0, confirms=confirms, finished_at=None, cancel_asked=False
    )
    job.refresh_from_db()
    return bool(claimed)


def cancel(*, job: ImportJob) -> None:
    """Stop a running job at its next step, or put away one that waits.

    Asked a second time, a job counts as cancelled at once: whatever ran it may be gone. If it is not, its transaction
    ends as it ends, and the job says so.
    """
    cancelled, now = ImportJob.State.CANCELLED, timezone.now()
    mine = ImportJob.objects.filter(pk=job.pk)
    waiting = Q(state__in=(ImportJob.State.READY, ImportJob.State.FAULTY))
    running = Q(state__in=ImportJob.RUNNING)
    if not mine.filter(waiting | running & Q(cancel_asked=True)).update(state=cancelled, finished_at=now):
        mine.filter(running).update(cancel_asked=True)


def read(job: ImportJob) -> list[SheetRow]:
    """Return the rows of a job's file."""
    content = contents.read(job.file.digest)
    return list(tables.rows(content, sheet=SHEET))


def type_of(job: ImportJob) -> DeskType:
    """Return what kind of rows a job brings in."""
    return registry.desk_type(job.type_key)


def _bring_in(job: ImportJob, checker: Checker, watch: "_Watch", now: dt.datetime) -> None:
    """Insert chunk by chunk; the caller's transaction makes it one."""
    job.created = job.known = 0
    for chunk in checker.chunks(watch.tell):
        if checker.findings.problem_count:
            raise Faulty(checker.findings)
        fresh = checker.fresh(chunk)
        job.known += len(chunk) - len(fresh)
        job.created += _insert(job, checker, fresh, now)
    # The last word before the transaction ends: from here on the job's own row is locked.
    watch.tell(len(checker.rows))
    job.state, job.done = ImportJob.State.DONE, len(checker.rows)
    audit.append(
        association_id=job.association_id,
        actor=job.account,
        action="records.import",
        subject=job,
        detail={"type": job.type_key, "digest": job.file.digest, "created": job.created, "known": job.known},
        now=now,
    )


def _insert(job: ImportJob, checker: Checker, fresh: Sequence[Built], now: dt.datetime) -> int:
    records: list[Any] = [built.record for built in fresh]
    if isinstance(checker.desk_type, ReferenceType):
        checker.desk_type.model._base_manager.bulk_create(records)
        return len(records)
    if job.confirms:
        created = ledger.record_many(records=records, actor=job.account, now=now, scope=checker.scope)
        ledger.ask_about(records, now)
        return created
    for record in records:
        record.state = State.DRAFT
    checker.desk_type.model._base_manager.bulk_create(records)
    return len(records)


def _checker(job: ImportJob, rows: Sequence[SheetRow], now: dt.datetime) -> Checker:
    desk_type = type_of(job)
    facts: dict[str, Any] = {
        "rows": rows, "scope": _scope(job, desk_type), "actor": job.account, "now": now, "confirms": job.confirms,
    }  # fmt: skip
    if isinstance(desk_type, ReferenceType):
        return ReferenceChecker(desk_type=desk_type, system=job.system, **facts)
    return Checker(desk_type=desk_type, **facts)


def _systems(desk_type: DeskType) -> dict[str, Any]:
    coordinates = desk_type.coordinates if isinstance(desk_type, ReferenceType) else None
    return dict(coordinates.systems) if coordinates else {}


def _scope(job: ImportJob, desk_type: DeskType) -> Scope:
    """Return where the job's account may import, and confirm if it does that too."""
    scope = access.scope_for(job.account, Action.IMPORT, desk_type.context)
    return access.scope_for(job.account, Action.CONFIRM, desk_type.context) if job.confirms else scope


def _note(job: ImportJob, checker: Checker, findings: Findings) -> None:
    job.total, job.known, job.problem_count = findings.total, findings.known, findings.problem_count
    job.problems = [one.as_json() for one in findings.problems]
    job.warnings = [one.as_json() for one in findings.warnings]
    job.preview = {"heads": [str(one.label) for one in checker.columns], "rows": findings.preview}
    if not findings.total:
        job.message = _("表头下面没有数据。")


def _state_after_check(findings: Findings) -> str:
    return ImportJob.State.FAULTY if findings.problem_count or not findings.total else ImportJob.State.READY


def _fail(job: ImportJob) -> None:
    """Write down that something unforeseen happened; nothing was brought in."""
    ImportJob.objects.filter(pk=job.pk).update(
        state=ImportJob.State.FAILED,
        finished_at=timezone.now(),
        message=_("系统出错，没有导入任何一行。请稍后重试或联系系统管理员。"),
    )


class _Watch:
    """Tells how far a job is, and hears whether to stop, on a connection of its own.

    The work itself is one transaction, which nobody else sees into until it ends.
    """

    def __init__(self, job: ImportJob) -> None:
        self.pk: UUID = job.pk
        self.connection: Any = connections["default"].copy()

    def expect(self, total: int) -> None:
        """Say how many rows there are."""
        self._ask(
            "UPDATE workbench_importjob SET total = %s, done = 0 WHERE id = %s RETURNING cancel_asked", total
        )

    def tell(self, done: int) -> None:
        """Say how many rows are done; raises Cancelled if somebody asked to stop."""
        row = self._ask("UPDATE workbench_importjob SET done = %s WHERE id = %s RETURNING cancel_asked", done)
        if row and row[0]:
            raise Cancelled

    def close(self) -> None:
        """Let the connection go."""
        self.connection.close()

    def _ask(self, sql: str, number: int) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [number, self.pk])
            return cursor.fetchone()
