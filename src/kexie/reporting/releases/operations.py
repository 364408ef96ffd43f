"""Closing a period, step by step, and publishing it."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import log, registry
from kexie.ledger.models import TreeHead
from kexie.platform.audit import operations as audit
from kexie.reporting.releases import documents, freezing, keys
from kexie.reporting.releases.models import Release, SigningKey
from kexie.reporting.releases.states import TRANSITIONS, Stage


class CannotClose(UserError):
    """The period is not over, is closed already, or a revision says no reason."""


class WrongStage(UserError):
    """What was asked for does not follow from the present state."""


@transaction.atomic
def close(
    *, unit: Unit, period: Period, reason: str = "", scope: Scope, actor: Account, now: dt.datetime
) -> Release:
    """Begin to freeze a unit's period as it is known now; a further closing of the same is a revision with a reason."""
    _inside(scope, unit)
    if period.start is None or period.end > timezone.localdate(now):
        raise CannotClose(fields={"last": _("这段时间还没有过完，过完才能结账。")})
    association = Unit.objects.select_for_update().get(pk=unit.association_id)
    previous = Release.objects.filter(
        association=association, unit=unit, since=period.start, until=period.end
    ).first()
    if previous and previous.state != Stage.CLOSED:
        raise CannotClose(_("这段时间正在结账：请先完成或继续上一次。"))
    if previous and not reason:
        raise CannotClose(fields={"reason": _("这段时间已经结账：再次结账是修订，请写明原因。")})
    if keys.newest(unit) is None:
        keys.make(unit=unit, actor=actor, now=now)
    moment, head = _moment(association.pk, now)
    release = Release(
        association=association,
        unit=unit,
        since=period.start,
        until=period.end,
        version=previous.version + 1 if previous else 0,
        predecessor=previous,
        reason=reason if previous else "",
        known_at=moment,
        log_size=head.size,
        log_root=head.root,
        closed_by=actor,
    )
    release.measures = freezing.in_order(one for one in registry.measures().values() if one.public)
    release.save(force_insert=True)
    _log("releases.close", release, actor, now)
    return release


def _moment(association_id: UUID, now: dt.datetime) -> tuple[dt.datetime, TreeHead]:
    """Wait for writers under way, then sign the head; whole seconds, as addresses of figures name moments."""
    log.wait_for_writers()
    return now.replace(microsecond=0), log.sign_head(association_id=association_id, now=now)


@transaction.atomic
def advance(*, release_id: UUID, now: dt.datetime | None = None) -> bool:
    """Freeze the next measure with those that count the same rows, or sign after the last; whether there is more to do."""
    release = Release.objects.select_for_update().get(pk=release_id)
    if release.state != Stage.RUNNING:
        return False
    if release.done < len(release.measures):
        alike = freezing.first_alike(release.measures[release.done :])
        freezing.keep(freezing.freeze(release, alike))
        release.done += len(alike)
        release.save(update_fields=["done"])
        return True
    key = keys.newest(release.unit) or keys.make(
        unit=release.unit, actor=release.closed_by, now=now or timezone.now()
    )
    release.document = documents.signed(release, key)
    release.state, release.closed_at = Stage.CLOSED, now or timezone.now()
    release.save(update_fields=["document", "state", "closed_at"])
    return False


@transaction.atomic
def rotate_key(*, unit: Unit, scope: Scope, actor: Account, now: dt.datetime) -> SigningKey:
    """Sign from now on with a new key, which the old one endorses; what the old one signed stays verifiable."""
    _inside(scope, unit)
    Unit.objects.select_for_update().get(pk=unit.association_id)
    key = keys.make(unit=unit, actor=actor, now=now)
    audit.append(
        association_id=unit.association_id, actor=actor, action="releases.rotate_key", subject=key,
        detail={"unit": unit.code, "number": key.number, "public": key.public}, now=now,
    )  # fmt: skip
    return key


@transaction.atomic
def cancel(*, release: Release, scope: Scope, actor: Account, now: dt.datetime) -> None:
    """Stop a closing between two measures; it can be resumed."""
    _inside(scope, release.unit)
    _move(release, Stage.CANCELLED)
    _log("releases.cancel", release, actor, now)


@transaction.atomic
def resume(*, release: Release, scope: Scope, actor: Account, now: dt.datetime) -> Release:
    """Go on where a closing was stopped, with the same moment."""
    _inside(scope, release.unit)
    _move(release, Stage.RUNNING)
    _log("releases.resume", release, actor, now)
    return release


@transaction.atomic
def publish(*, release: Release, scope: Scope, actor: Account, now: dt.datetime) -> None:
    """Show a closed release to everyone."""
    _inside(scope, release.unit)
    changed = Release.objects.filter(pk=release.pk, state=Stage.CLOSED, published_at=None).update(
        published_at=now
    )
    if not changed:
        raise WrongStage(_("结账完成后才能发布，而且只发布一次。"))
    _log("releases.publish", release, actor, now)


def _inside(scope: Scope, unit: Unit) -> None:
    if unit.association_id != scope.association_id or not scope.covers(unit.path):
        raise NotFound(unit.code)


def _move(release: Release, to: Stage) -> None:
    before = [stage for stage, after in TRANSITIONS.items() if to in after]
    if not Release.objects.filter(pk=release.pk, state__in=before).update(state=to):
        raise WrongStage(_("结账的状态已经变了，请刷新页面再看。"))


def _log(action: str, subject: Release, actor: Account, now: dt.datetime) -> None:
    detail = {"period": f"{subject.since}/{subject.until}", "version": subject.version}
    audit.append(
        association_id=subject.association_id,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        now=now,
    )
