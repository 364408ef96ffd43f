"""A file that came back: whether it is a package of ours, and the rows of its sheets."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.record_types import RecordType
from kexie.platform.imports import reading
from kexie.platform.imports.reading import SheetRefused, SheetRow
from kexie.workbench.packages import manifest, workbook
from kexie.workbench.packages.models import Package


@dataclass(frozen=True)
class Part:
    """One type's sheet as it came back; `formulas` are the places (row, column) that hold one."""

    record_type: RecordType
    title: str
    rows: list[SheetRow]
    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Returned:
    """A returned workbook: its package's code, its sheets, and what is worth telling about it."""

    code: str
    parts: list[Part]
    notes: list[str]


def read(content: bytes, scope: Scope) -> Returned:
    """Read a workbook. Raises SheetRefused unless it is a package of this association."""
    sheets = reading.every(content)
    said = manifest.read(sheets.pop(manifest.SHEET, None), scope)
    formulas = reading.uncomputed(content)
    parts, notes = [], []
    for key, title in said.sheets.items():
        rows = sheets.pop(title, None)
        record_type = registry.record_types().get(key)
        if record_type is None:
            continue
        if rows is None:
            notes.append(_("文件里没有“%(title)s”表，这一类按没有改动处理。") % {"title": title})
            continue
        parts.append(Part(record_type, title, rows, formulas.get(title, set())))
    extra = [one for one in sheets if one not in {workbook.README, workbook.CODES} and sheets[one]]
    if extra:
        notes.append(_("这些工作表不属于工作包，没有读取：%(names)s。") % {"names": _("、").join(extra)})
    return Returned(said.code, parts, notes)


def find_package(code: str, scope: Scope) -> Package:
    """Return the package of a code, if its unit lies in scope. Raises SheetRefused."""
    found = Package.objects.filter(scope.q(), code=code).select_related("unit", "association").first()
    if found is None:
        raise SheetRefused(
            _("系统中没有这个工作包（编号%(code)s），或它不属于您管理的单位。") % {"code": code}
        )
    return found
