"""Loading what other cities released: each file is verified, named if it is refused, and kept to be summed."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.reporting.releases import documents, keys
from kexie.reporting.releases.models import LoadedRelease

MOST_BYTES = 64_000_000


class NotVerified(UserError):
    """The file is no release, or not as it was signed."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: loaded, or why not; `is_new` is false for one that was there already."""

    name: str
    loaded: LoadedRelease | None
    is_new: bool
    why: str = ""


def load_all(
    *, files: Sequence[tuple[str, bytes]], scope: Scope, actor: Account, now: dt.datetime
) -> list[Outcome]:
    """Load several files, each by itself: one that is refused keeps no other out."""
    return [_outcome(name, data, scope, actor, now) for name, data in files]


def _outcome(name: str, data: bytes, scope: Scope, actor: Account, now: dt.datetime) -> Outcome:
    try:
        loaded, is_new = load(data=data, scope=scope, actor=actor, now=now)
    except NotVerified as refused:
        return Outcome(name, None, is_new=False, why=str(refused))
    return Outcome(name, loaded, is_new)


@transaction.atomic
def load(*, data: bytes, scope: Scope, actor: Account, now: dt.datetime) -> tuple[LoadedRelease, bool]:
    """Keep another city's release after verifying it, and say whether it is new.

    A city must go on signing with the key it signed with first, or with one that this key endorsed.
    """
    _whole(scope)
    found = _verified(data)
    known = LoadedRelease.objects.filter(association_id=scope.association_id, origin=found["origin"]["id"])
    others = known.exclude(key=found["public_key"])
    if others and not any(_trusted(found, json.loads(one.document)) for one in others):
        raise NotVerified(
            fields={"file": _("这个城市以前用另一把密钥签名：请先向对方核实，再删除旧的发布。")}
        )
    digest = documents.digest(data.decode())
    loaded, is_new = known.get_or_create(
        association_id=scope.association_id,
        origin=found["origin"]["id"],
        **_period(found),
        defaults={
            "digest": digest,
            "name": found["unit"]["name"],
            "key": found["public_key"],
            "document": data.decode(),
            "loaded_by": actor,
            "loaded_at": now,
        },
    )
    if loaded.digest != digest:
        raise NotVerified(
            fields={"file": _("这一版已经载入过，内容却不同：请向对方核实哪一份是真的，再删除错的那份。")}
        )
    if is_new:
        _log("releases.load", loaded, actor, now)
    return loaded, is_new


@transaction.atomic
def remove(*, loaded: LoadedRelease, scope: Scope, actor: Account, now: dt.datetime) -> None:
    """Take another city's release out of the sum; the file can be loaded again."""
    _whole(scope)
    _log("releases.remove_loaded", loaded, actor, now)
    loaded.delete()


def _verified(data: bytes) -> dict[str, Any]:
    wrong = documents.problems(data) if len(data) <= MOST_BYTES else [_("文件太大")]
    if wrong:
        told = {"why": _("；").join(wrong)}
        raise NotVerified(fields={"file": _("这个文件不能载入，核验没有通过：%(why)s") % told})
    found: dict[str, Any] = json.loads(data)
    if found["unit"]["code"] != found["origin"]["code"]:
        told = {"unit": found["unit"]["name"]}
        raise NotVerified(
            fields={"file": _("这是“%(unit)s”自己的发布，上级的发布里已经有它；请载入整个科协的。") % told}
        )
    return found


def _trusted(found: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether one key of a city leads to the other, by the endorsements in the later file."""
    one, other = found["public_key"], known["public_key"]
    return keys.leads(found.get("keys", ()), other, one) or keys.leads(known.get("keys", ()), one, other)


def _period(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "since": dt.date.fromisoformat(found["period"]["start"]),
        "until": dt.date.fromisoformat(found["period"]["end"]),
        "version": found["version"],
    }


def _whole(scope: Scope) -> None:
    if not scope.is_whole:
        raise Forbidden(_("载入别的城市的发布，由管全部单位的人办理。"))


def _log(action: str, subject: LoadedRelease, actor: Account, now: dt.datetime) -> None:
    detail = {"period": f"{subject.since}/{subject.until}", "version": subject.version, "name": subject.name}
    audit.append(
        association_id=subject.association_id,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        now=now,
    )
