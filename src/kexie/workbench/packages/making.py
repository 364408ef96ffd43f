"""Making a package: asked for, then written (at once or in the background) with what is recorded already."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.ids import short_code, uuid7
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.models import State
from kexie.ledger.record_types import RecordType
from kexie.platform.audit import operations as audit
from kexie.platform.files import operations as files
from kexie.workbench.desk.columns import Kind
from kexie.workbench.desk.rights import Rights
from kexie.workbench.packages import offering, snapshots, workbook
from kexie.workbench.packages.models import Package, PackageRow
from kexie.workbench.packages.states import Stage

log = logging.getLogger(__name__)
MOST_ROWS = 50_000
# As many are written while the person waits: about two seconds.
FEW_ROWS = 1_500
VALID_DAYS = 60
_CHUNK = 1_000


@transaction.atomic
def ask(
    *,
    unit: Unit,
    type_keys: Sequence[str],
    period: Period,
    with_records: bool,
    valid_until: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Package:
    """Open a package for a unit in scope. Raises UserError by field where it asks for too much or nothing."""
    if not scope.covers(unit.path):
        raise Forbidden(_("这个单位不在您的权限范围内。"), fields={"unit": _("请选择您所管理的单位。")})
    allowed = {one.key for one in offering.types(Rights(actor))}
    kept = [key for key in type_keys if key in allowed]
    first = period.start or dt.date.min
    if not kept:
        raise UserError(fields={"type_keys": _("请至少选一类您有权导入的记录。")})
    package = Package(
        association_id=unit.association_id, code=short_code(10), unit=unit, type_keys=kept,
        starts_on=first, ends_on=period.end, with_records=with_records, valid_until=valid_until,
        made_by=actor, made_at=now,
    )  # fmt: skip
    package.row_count = (
        sum(_rows(package, actor, one).count() for one in types_of(package)) if with_records else 0
    )
    if package.row_count > MOST_ROWS:
        values = {"n": package.row_count, "limit": MOST_ROWS}
        raise UserError(
            fields={"with_records": _("已有记录%(n)d条，超过%(limit)d条；请缩短期间或少选几类。") % values}
        )
    package.save(force_insert=True)
    return package


def build(*, package: Package) -> Package:
    """Write an opened package's workbook and keep it; nothing is written twice."""
    try:
        with transaction.atomic():
            locked = Package.objects.select_for_update(of=("self",)).select_related(
                "unit", "association", "made_by"
            )
            found = locked.get(pk=package.pk)
            if found.state == Stage.MAKING:
                _build(found)
    except Exception:
        log.exception("package %s failed", package.code)
        message = _("系统出错，没有生成工作包。请稍后重做。")
        Package.objects.filter(pk=package.pk).update(state=Stage.FAILED, message=message)
        raise
    return found


def types_of(package: Package) -> list[RecordType]:
    """Return a package's types, in the order of their declaration."""
    return [one for key, one in registry.record_types().items() if key in package.type_keys]


def file_name(package: Package) -> str:
    """Return what the package is called when it is saved."""
    return f"{_('工作包')}-{package.unit}-{package.code}.xlsx"


def _build(package: Package) -> None:
    titles = workbook.titles(types_of(package))
    sheets = [
        workbook.Sheet(one, titles[one.key], _scope(package, one), rows, len(rows))
        for one in types_of(package)
        for rows in (list(_handed_out(package, one)),)
    ]
    with workbook.write(package, sheets) as written:
        upload: File[bytes] = File(written, name=file_name(package))
        upload.size = written.seek(0, 2)
        package.file = files.store(
            association_id=package.association_id, upload=upload, actor=package.made_by, now=package.made_at
        )
    package.state = Stage.OUT
    package.save(update_fields=["file", "state"])
    audit.append(
        association_id=package.association_id, actor=package.made_by, action="packages.make", subject=package,
        detail={"package": package.code, "unit": str(package.unit), "types": package.type_keys,
                "rows": package.row_count}, now=package.made_at,
    )  # fmt: skip


def _scope(package: Package, record_type: RecordType) -> Scope:
    return offering.scope(package.made_by, Action.IMPORT, record_type, package.unit.path)


def _rows(package: Package, actor: Account, record_type: RecordType) -> QuerySet[Any]:
    """Return the records of a type that go out: of the unit, within the days, as far as the account reads them."""
    readable = offering.scope(actor, Action.READ, record_type, package.unit.path)
    return (
        record_type.model._default_manager.filter(readable.q())
        .filter(occurred_on__gte=package.starts_on, occurred_on__lt=package.ends_on)
        .exclude(state=State.REVERSED)
        .order_by("occurred_on", "pk")
    )


def _handed_out(package: Package, record_type: RecordType) -> Iterator[workbook.KeyedRow]:
    """Yield each record's key, version and cells, and keep what it said as the base of a later merge."""
    if not package.with_records:
        return
    shown = snapshots.columns_of(record_type)
    relations = [one.name for one in shown if one.kind is Kind.RELATION]
    found = _rows(package, package.made_by, record_type).select_related(*relations)
    batch: list[PackageRow] = []
    for record in found.iterator(chunk_size=_CHUNK):
        row = _base(package, record_type, record)
        batch.append(row)
        yield row.key, row.version, [snapshots.cell(one, record, row.labels) for one in shown]
        if len(batch) == _CHUNK:
            PackageRow.objects.bulk_create(batch)
            batch = []
    PackageRow.objects.bulk_create(batch)


def _base(package: Package, record_type: RecordType, record: Any) -> PackageRow:
    said = snapshots.snapshot(record_type, record)
    return PackageRow(
        id=uuid7(), association_id=package.association_id, package=package, type_key=record_type.key,
        key=secrets.token_hex(8), version=snapshots.version(said), record_id=record.pk, base=said,
        labels=snapshots.labels(record_type, record),
    )  # fmt: skip
