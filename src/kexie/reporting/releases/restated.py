"""What everybody may see of a release's restatements: dates, units, numbers and reasons, nothing of the records' people."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kexie.ledger.models import LogEntry, Record
from kexie.reporting.releases import documents, restating
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.restating import Change, Effect

FORMAT = "kexie-restatements/1"
_KEPT_SECONDS = 600
# Telephone, identity and account numbers, and addresses of mail: what people write into reasons by mistake.
_PERSONAL = re.compile(r"\d[\d\- ]{5,}\d[Xx]?|[\w.+-]+@[\w.-]+")


def restated(release: Release) -> Mapping[str, Any]:
    """Return what changed since a release as plain JSON; made anew once the log has grown."""
    entries = LogEntry.objects.filter(association_id=release.association_id).order_by("-at", "-id")
    latest = entries.values_list("pk", "at").first()
    key = f"releases.restated.{release.pk}.{latest and latest[0]}.{get_language()}"
    found: Any = cache.get_or_set(key, lambda: _made(release, latest and latest[1]), _KEPT_SECONDS)
    return cast("Mapping[str, Any]", found)


def _made(release: Release, until: dt.datetime | None) -> dict[str, Any]:
    effects = restating.effects(release)
    behind = restating.records(effects, "unit")
    return {
        "format": FORMAT,
        "release": str(release.pk),
        "version": release.version,
        "known_at": release.known_at.isoformat(),
        "log_until": until.isoformat() if until else None,
        "measures": [_measure(one) for one in restating.changes(release, effects)],
        "effects": [_effect(one, behind[one.record]) for one in effects],
    }


def _measure(one: Change) -> dict[str, Any]:
    return {
        "measure": one.measure.key,
        "label": str(one.measure.label),
        "unit": str(one.measure.unit),
        "released": one.released,
        "present": one.present,
        "sum_of_effects": documents.plain(one.total),
        "effects": one.rows,
    }


def _effect(one: Effect, record: Record) -> dict[str, Any]:
    return {
        "measure": one.measure.key,
        "label": str(one.measure.label),
        "record": str(one.record),
        "day": record.occurred_on.isoformat(),
        "unit": record.unit.code,
        "unit_name": str(record.unit),
        "before": documents.plain(one.before),
        "after": documents.plain(one.after),
        "effect": documents.plain(one.value),
        "reason": _reason(one, record),
    }


def _reason(one: Effect, record: Record) -> str:
    """Return why, without what a late record's note says, which was written for colleagues."""
    if one.after is None and record.reversal_reason:
        return _("冲销：%(why)s") % {"why": _PERSONAL.sub("***", record.reversal_reason)}
    if one.before is None and one.after is not None:
        return _("更正一条记录") if record.corrects else _("补报")
    return _("因另一条记录而变")
