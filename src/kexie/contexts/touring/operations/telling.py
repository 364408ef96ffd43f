"""The hosts of a season are told in the background, some at a time.

What a host was told is written down together with its message, in one transaction with a few others. Whatever breaks
off — a worker, the network, a person who stops it — nobody is told twice, and the next round goes on with the rest.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Season, Telling
from kexie.contexts.touring.operations import hosts
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import hosts as queries
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError

State = Telling.State
# So many hosts are told in one transaction; up to so many while the person waits.
BATCH, AT_ONCE = 40, 10
# A round that was not heard of for so long has lost its worker.
LOST_AFTER = dt.timedelta(minutes=2)


@transaction.atomic
def begin(*, season: Season, site_url: str, actor: Account, now: dt.datetime) -> Telling | None:
    """Have hosts told what they do not know yet; a few at once. None if there is nothing to tell.

    What is left WAITING is done by the task `tell_hosts`. A round under way is not begun again, but one that was lost is.
    """
    season = _locked(season.pk)
    if season.published is None:
        raise PlanRefused(_("还没有发布方案，发布后再通知接待方。"))
    left = queries.untold(season.published, timezone.localdate(now))
    telling = Telling.objects.filter(season=season, state__in=Telling.BUSY).first()
    if telling is not None:
        return _again(telling, left, site_url, now)
    if not left:
        return None
    telling = Telling.objects.create(
        association_id=season.association_id, season=season, site_url=site_url, total=left, made_by=actor, made_at=now,
        beat_at=now,
    )  # fmt: skip
    operations.log(season, "touring.begin_telling", actor, {"visits": left}, now)
    if left <= AT_ONCE:
        run(telling_id=telling.pk, now=now)
        telling.refresh_from_db()
    return telling


def run(*, telling_id: UUID, now: dt.datetime | None = None) -> None:
    """Tell them, some at a time, until all know or somebody stops it. Each time is a transaction of its own."""
    if not Telling.objects.filter(pk=telling_id, state=State.WAITING).update(state=State.RUNNING):
        return
    try:
        while _some(telling_id, now or timezone.now()):
            pass
    except UserError as refused:
        _end(telling_id, State.FAILED, now or timezone.now(), str(refused))
    except Exception:
        why = _("通知意外中断；已通知的不会重复，可以接着通知其余的。")
        _end(telling_id, State.FAILED, now or timezone.now(), why)
        raise


@transaction.atomic
def stop(*, season: Season, actor: Account, now: dt.datetime) -> None:
    """Let no more hosts be told; those told stay told."""
    season = _locked(season.pk)
    telling = Telling.objects.filter(season=season, state__in=Telling.BUSY).first()
    if telling is not None:
        _finish(telling, State.STOPPED, now, actor=actor)


@transaction.atomic
def take_up(*, now: dt.datetime) -> list[UUID]:
    """Return the rounds that lost their worker, waiting again."""
    lost = Telling.objects.select_for_update().filter(state__in=Telling.BUSY, beat_at__lt=now - LOST_AFTER)
    found = [one.pk for one in lost]
    Telling.objects.filter(pk__in=found).update(state=State.WAITING, beat_at=now)
    return found


def _again(telling: Telling, left: int, site_url: str, now: dt.datetime) -> Telling:
    telling.total, telling.site_url = telling.done + left, site_url
    if telling.beat_at < now - LOST_AFTER:
        telling.state, telling.beat_at = State.WAITING, now
    telling.save(update_fields=["total", "site_url", "state", "beat_at"])
    return telling


@transaction.atomic
def _some(telling_id: UUID, now: dt.datetime) -> bool:
    """Tell some; return whether to go on."""
    telling = _held(telling_id)
    if telling.state != State.RUNNING:
        return False
    told = hosts.tell(
        season=telling.season, link=lambda code: _link(telling, code), actor=telling.made_by, now=now, most=BATCH
    )  # fmt: skip
    telling.sent, telling.to_call = telling.sent + told.sent, telling.to_call + told.to_call
    telling.total, telling.beat_at = telling.done + told.left, now
    telling.save(update_fields=["sent", "to_call", "total", "beat_at"])
    if not told.left:
        _finish(telling, State.DONE, now, actor=telling.made_by)
    return bool(told.left)


@transaction.atomic
def _end(telling_id: UUID, state: State, now: dt.datetime, message: str) -> None:
    telling = _held(telling_id)
    if telling.state == State.RUNNING:
        _finish(telling, state, now, actor=telling.made_by, message=message)


def _finish(telling: Telling, state: State, now: dt.datetime, *, actor: Account, message: str = "") -> None:
    telling.state, telling.finished_at, telling.message = state, now, message[:300]
    telling.save(update_fields=["state", "finished_at", "message"])
    detail = {"sent": telling.sent, "to_call": telling.to_call, "state": str(state)}
    operations.log(telling.season, "touring.tell_hosts", actor, detail, now)


def _held(telling_id: UUID) -> Telling:
    """Return a round as it stands under its season's lock, which every change of a round takes first."""
    telling = Telling.objects.get(pk=telling_id)
    season = _locked(telling.season_id)
    telling = Telling.objects.select_related("made_by").get(pk=telling_id)
    telling.season = season
    return telling


def _locked(season_id: UUID) -> Season:
    rows = Season.objects.select_for_update(of=("self",)).select_related("unit", "published")
    return rows.get(pk=season_id)


def _link(telling: Telling, code: str) -> str:
    return f"{telling.site_url}{reverse('caravans:confirm', kwargs={'code': code})}"
