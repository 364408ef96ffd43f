"""Keeping texts to check, and people's corrections of their links."""

import datetime as dt
import hashlib
from collections import Counter

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.quantities import read
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.measures import Cell
from kexie.platform.audit import operations as audit
from kexie.platform.files import operations as files
from kexie.reporting.claims import queries
from kexie.reporting.claims.checking import check
from kexie.reporting.claims.findings import Finding
from kexie.reporting.claims.models import CheckedText, Correction
from kexie.reporting.claims.statements import claims_of

MOST_CHARACTERS = 1_000_000
_TITLE_LENGTH = 60


class NothingToCheck(UserError):
    """The text is empty, or longer than can be checked at once."""


class NoSuchClaim(UserError):
    """The text makes no claim at this place."""


@transaction.atomic
def add_text(
    *,
    text: str,
    title: str,
    as_of: dt.date,
    scope: Scope,
    actor: Account,
    now: dt.datetime,
    word: bytes | None = None,
) -> CheckedText:
    """Keep a text and check it; the same text given again by the same unit is the same text, with its corrections."""
    body = text.replace("\0", "").strip("\ufeff")
    if not body.strip():
        raise NothingToCheck(fields={"text": _("请粘贴正文，或选择一个文件。")})
    if len(body) > MOST_CHARACTERS:
        raise NothingToCheck(fields={"text": _("正文超过一百万字：请分成几份核对。")})
    checked, is_new = CheckedText.objects.get_or_create(
        association_id=scope.association_id,
        unit_id=actor.unit_id or scope.association_id,
        digest=hashlib.sha256(body.encode()).hexdigest(),
        defaults={
            "title": title or _first_line(body),
            "text": body,
            "as_of": as_of,
            "created_by": actor,
            "created_at": now,
            "checked_at": now,
        },
    )
    if word:
        upload = ContentFile(word, name=f"{checked.title}.docx")
        checked.word = files.store(association_id=scope.association_id, upload=upload, actor=actor, now=now)
        checked.save(update_fields=["word"])
    if is_new:
        _log("claims.add_text", checked, {"characters": len(body)}, actor, now)
    recheck(checked=checked, as_of=as_of, scope=scope, now=now)
    return checked


def recheck(*, checked: CheckedText, as_of: dt.date, scope: Scope, now: dt.datetime) -> list[Finding]:
    """Check again, up to another day if need be, and keep how many claims got which verdict."""
    found = check(checked.text, scope=scope, as_of=as_of, decisions=queries.decisions(checked))
    checked.as_of, checked.checked_at = as_of, now
    checked.counts = dict(Counter(one.verdict.value for one in found))
    checked.save(update_fields=["as_of", "checked_at", "counts"])
    return found


@transaction.atomic
def correct(
    *,
    checked: CheckedText,
    start: int,
    end: int,
    kind: str,
    cell: Cell | None = None,
    source: str = "",
    actor: Account,
    now: dt.datetime,
) -> Correction:
    """Decide what a claim speaks of, in place of what was decided before. `cell` is needed for a figure."""
    _see_claim(checked, start, end)
    if kind == Correction.Kind.FIGURE:
        if cell is None:
            raise UserError(fields={"measure": _("请选择指标。")})
        for name, _value in cell.filters:
            registry.measure(cell.measure).dim(name)
    correction, _is_new = Correction.objects.update_or_create(
        association_id=checked.association_id,
        checked_text=checked,
        start=start,
        end=end,
        defaults={
            "kind": kind,
            "source": source,
            "decided_by": actor,
            "decided_at": now,
            **_columns(cell if kind == Correction.Kind.FIGURE else None),
        },
    )
    detail = {
        "start": start,
        "end": end,
        "kind": kind,
        "measure": correction.measure,
        "filters": correction.filters,
    }
    _log("claims.correct", checked, detail, actor, now)
    return correction


@transaction.atomic
def undo_correction(*, checked: CheckedText, start: int, end: int, actor: Account, now: dt.datetime) -> None:
    """Let the rules decide about a claim again."""
    deleted, _kinds = checked.corrections.filter(start=start, end=end).delete()
    if deleted:
        _log("claims.undo_correction", checked, {"start": start, "end": end}, actor, now)


@transaction.atomic
def remove_text(*, checked: CheckedText, actor: Account, now: dt.datetime) -> None:
    """Delete a text with its corrections; the audit log keeps that it was here."""
    _log("claims.remove_text", checked, {"title": checked.title, "digest": checked.digest}, actor, now)
    checked.delete()


def _see_claim(checked: CheckedText, start: int, end: int) -> None:
    spans = [(one.quantity.start, one.quantity.end) for one in claims_of(read(checked.text))]
    if (start, end) not in spans:
        raise NoSuchClaim(_("文稿的这个位置没有需要核对的数，请从核对页重新进入。"))


def _columns(cell: Cell | None) -> dict[str, object]:
    if cell is None:
        return {"measure": "", "since": None, "until": None, "area": "", "place_id": None, "filters": []}
    return {
        "measure": cell.measure,
        "since": cell.period.start,
        "until": cell.period.last_day,
        "area": cell.area or "",
        "place_id": cell.unit,
        "filters": [list(pair) for pair in cell.filters],
    }


def _first_line(text: str) -> str:
    line = next(line.strip() for line in text.splitlines() if line.strip())
    return line[:_TITLE_LENGTH]


def _log(
    action: str, checked: CheckedText, detail: dict[str, object], actor: Account, now: dt.datetime
) -> None:
    audit.append(
        association_id=checked.association_id,
        actor=actor,
        action=action,
        subject=checked,
        detail=detail,
        now=now,
    )
