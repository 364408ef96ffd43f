"""What a workbook says of itself, signed: which package it is, and which sheet holds which type."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.imports.reading import SheetRefused, SheetRow
from kexie.workbench.packages.models import Package

SHEET = "_kexie"
FORM = "kexie-package/1"


@dataclass(frozen=True)
class Manifest:
    """Which package a workbook is."""

    code: str
    sheets: Mapping[str, str]


def sign(package: Package, sheets: Mapping[str, str]) -> tuple[str, str]:
    """Return the manifest's text and its signature; `sheets` are titles by type."""
    said = {
        "form": FORM, "association": str(package.association_id), "name": str(package.association),
        "package": package.code, "unit": str(package.unit), "sheets": dict(sheets),
    }  # fmt: skip
    written = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return written, crypto.sign(written.encode()).hex()


def read(rows: list[SheetRow] | None, scope: Scope) -> Manifest:
    """Return a workbook's manifest. Raises SheetRefused where it is none of ours, or was tampered with."""
    if not rows:
        raise SheetRefused(
            _(
                "这个文件不是工作包：没有找到工作包的清单。请用系统下载的工作包填写，不要把表复制到新文件里；"
                "别的 Excel 表请从各类记录的“导入”上传。"
            )
        )
    cells = [str(value) for row in rows for value in row.values if value]
    written, signature = (*cells, "", "")[:2]
    said = _said(written)
    if said.get("association") not in {None, str(scope.association_id)}:
        values = {"name": said.get("name", "")}
        raise SheetRefused(_("这是“%(name)s”的工作包，不能并入这里。请交回发出它的科协。") % values)
    if not _is_signed(written, signature) or said.get("form") != FORM:
        raise SheetRefused(
            _("工作包的清单被改动过，或不是本系统发出的，不能并入。请重新下载工作包，把填好的内容粘贴进去。")
        )
    return Manifest(said["package"], said["sheets"])


def _said(written: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_signed(written: str, signature: str) -> bool:
    try:
        return crypto.verify(written.encode(), bytes.fromhex(signature))
    except ValueError:
        return False
