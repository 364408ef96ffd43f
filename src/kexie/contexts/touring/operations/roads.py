"""Tables of ways: imported from a file, or fetched from a routing service in the background, part by part."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import RoadTable, Season
from kexie.contexts.touring.operations.seasons import log
from kexie.contexts.touring.queries import roads as queries
from kexie.contexts.touring.queries import ways
from kexie.contexts.touring.rules import road_sheets, roads
from kexie.contexts.touring.rules.roads import Table
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Conflict, UserError
from kexie.platform.imports import delimited, reading
from kexie.platform.imports.reading import SheetRow
from kexie.platform.roads import NoAnswer, Service, blocks

State = RoadTable.State
MOST_PLACES = 2000
PAUSES = (1.0, 4.0)  # seconds before a part is asked for again
_KEEP_EVERY = 20  # parts


class WrongCells(UserError):
    """A file with cells that cannot be right."""

    def __init__(self, wrong: Sequence[road_sheets.WrongCell]) -> None:
        told = _("有 %(n)s 格不对，还没有导入。改好再上传，或勾选“跳过不对的格”。") % {"n": len(wrong)}
        super().__init__(told, fields={"file": told})
        self.cells = road_sheets.in_words(wrong)


@transaction.atomic
def import_table(
    *,
    season: Season,
    name: str,
    file_name: str,
    content: bytes,
    unit: str,
    skip_wrong: bool,
    actor: Account,
    now: dt.datetime,
) -> RoadTable:
    """Keep a file's ways and let the season use them. Raises WrongCells unless those are to be skipped, SheetRefused."""
    places = _places(season)
    found = road_sheets.read(
        _rows(file_name, content),
        points=places.points,
        names=places.names,
        straight=queries.straight(season, places.points),
        kmh=float(season.kmh),
        unit=unit,
    )
    if found.wrong and not skip_wrong:
        raise WrongCells(found.wrong)
    if not found.table.known():
        raise UserError(fields={"file": _("文件里没有一条能用的里程。")})
    table = _new(season, name, found.table, actor, now)
    table.kind = RoadTable.Kind.IMPORTED
    table.message = _("跳过 %(n)s 格") % {"n": len(found.wrong)} if found.wrong else ""
    _save_new(table, State.DONE)
    _use(season, table)
    log(season, "touring.import_roads", actor, {"name": name, "known": table.known}, now)
    return table


@transaction.atomic
def begin_fetch(*, season: Season, actor: Account, now: dt.datetime) -> RoadTable:
    """Make a table to be fetched; whoever calls has it fetched afterwards."""
    if not settings.KEXIE_ROUTING_URL:
        raise UserError(_("还没有设置路线服务，请系统管理员设置 KEXIE_ROUTING_URL；也可以导入里程表。"))
    Season.objects.select_for_update().get(pk=season.pk)
    if queries.tables(season).filter(state__in=RoadTable.BUSY).exists():
        raise Conflict(_("已有一张里程表正在取，请等它完成或先停止它。"))
    places = _places(season)
    name = f"{timezone.localtime(now):%Y-%m-%d %H:%M:%S}"
    table = _new(season, name, roads.empty(places.points), actor, now)
    table.kind = RoadTable.Kind.SERVICE
    table.parts = len(blocks(len(places.points)))
    _save_new(table, State.WAITING)
    log(season, "touring.fetch_roads", actor, {"name": name, "places": len(places.points)}, now)
    return table


@transaction.atomic
def resume(*, season: Season, table: RoadTable, actor: Account, now: dt.datetime) -> RoadTable:
    """Let a table that was stopped or failed be fetched on from where it stands."""
    waiting = RoadTable.objects.filter(
        pk=table.pk, state__in=(State.CANCELLED, State.FAILED), kind=RoadTable.Kind.SERVICE
    )
    if not waiting.update(state=State.WAITING, is_stopping=False, message=""):
        raise Conflict(_("这张里程表不用接着取，请刷新后再看。"))
    log(season, "touring.resume_roads", actor, {"name": table.name}, now)
    return table


@transaction.atomic
def stop(*, season: Season, table: RoadTable, actor: Account, now: dt.datetime) -> None:
    """Ask the fetching to stop; what is there already stays. Asked twice, it is not waited for."""
    waits = RoadTable.objects.filter(pk=table.pk)
    if not waits.filter(state=State.WAITING).update(state=State.CANCELLED) and not waits.filter(
        state=State.RUNNING, is_stopping=True
    ).update(state=State.CANCELLED):
        waits.filter(state=State.RUNNING).update(is_stopping=True)
    log(season, "touring.stop_roads", actor, {"name": table.name}, now)


@transaction.atomic
def choose(*, season: Season, table: RoadTable | None, actor: Account, now: dt.datetime) -> None:
    """Let a season's next plans use a table, or estimate."""
    if table is not None and table.state != State.DONE:
        raise UserError(_("这张里程表还没有取完，不能用。"))
    _use(season, table)
    log(season, "touring.choose_roads", actor, {"name": table.name if table else ""}, now)


@transaction.atomic
def remove(*, season: Season, table: RoadTable, actor: Account, now: dt.datetime) -> None:
    """Throw a table away that no season uses."""
    if table.state in RoadTable.BUSY:
        raise UserError(_("这张里程表正在取，先停止再删除。"))
    if table.used_by.exists():
        raise UserError(_("还有巡展季在用这张里程表，请先给它们换一种里程来源。"))
    RoadTable.objects.filter(pk=table.pk).delete()
    log(season, "touring.remove_roads", actor, {"name": table.name}, now)


def fetch(*, table_id: UUID, pause: Callable[[float], None] = time.sleep, timeout: float = 30.0) -> None:
    """Fetch a table part by part until it is whole or somebody stops it. Not one transaction: its progress is seen."""
    if not RoadTable.objects.filter(pk=table_id, state=State.WAITING).update(state=State.RUNNING):
        return
    table = RoadTable.objects.get(pk=table_id)
    try:
        whole = _fetch(table, Service(settings.KEXIE_ROUTING_URL, timeout), pause)
    except NoAnswer as refused:
        _end(
            table, State.FAILED, _("路线服务没有给出能用的答复：%(why)s。稍后可以接着取。") % {"why": refused}
        )
    except Exception:
        _end(table, State.FAILED, _("意外中断，已取到的保留着；可以接着取。"))
        raise
    else:
        _end(table, State.DONE if whole else State.CANCELLED)
        if whole and table.season is not None:
            _use(table.season, table)


def _fetch(table: RoadTable, service: Service, pause: Callable[[float], None]) -> bool:
    found = ways.kept(table)
    places, done = list(found.points), table.parts_done
    try:
        for rows, columns in blocks(len(places))[table.parts_done :]:
            if not RoadTable.objects.filter(pk=table.pk, state=State.RUNNING, is_stopping=False).exists():
                return False
            some = _asked(service, [places[n] for n in rows], [places[n] for n in columns], pause)
            part = (slice(rows.start, rows.stop), slice(columns.start, columns.stop))
            found.metres[part], found.seconds[part] = some
            done += 1
            RoadTable.objects.filter(pk=table.pk).update(parts_done=done)
            if done % _KEEP_EVERY == 0:
                _keep(table, found, done)
    finally:
        _keep(table, found, done)
    return True


def _asked(
    service: Service,
    sources: Sequence[tuple[float, float]],
    targets: Sequence[tuple[float, float]],
    pause: Callable[[float], None],
) -> tuple[roads.Numbers, roads.Numbers]:
    """Ask for one part, again after a while where there is no answer."""
    for wait in PAUSES:
        try:
            return service.table(sources, targets)
        except NoAnswer:
            pause(wait)
    return service.table(sources, targets)


def _keep(table: RoadTable, found: Table, done: int) -> None:
    RoadTable.objects.filter(pk=table.pk).update(ways=found.packed(), known=found.known(), parts_done=done)


def _end(table: RoadTable, state: str, message: str = "") -> None:
    RoadTable.objects.filter(pk=table.pk, state=State.RUNNING).update(
        state=state, message=message[:300], is_stopping=False
    )


def _places(season: Season) -> queries.Places:
    places = queries.places(season)
    if len(places.points) < 2:  # noqa: PLR2004 -- a way has two ends
        raise UserError(_("本季还没有两个带坐标的地点，请先登记点位和车辆驻地。"))
    if len(places.points) > MOST_PLACES:
        raise UserError(_("地点超过 %(n)s 个，请分成几个巡展季。") % {"n": MOST_PLACES})
    return places


def _rows(file_name: str, content: bytes) -> Iterator[SheetRow]:
    if file_name.lower().endswith((".csv", ".txt")):
        return delimited.rows(content)
    reading.check(file_name, content)
    return reading.rows(content)


def _new(season: Season, name: str, found: Table, by: Account, now: dt.datetime) -> RoadTable:
    return RoadTable(
        association_id=season.association_id, unit=season.unit, season=season, name=name,
        points=[list(point) for point in found.points], ways=found.packed(), known=found.known(),
        made_by=by, made_at=now,
    )  # fmt: skip


def _save_new(table: RoadTable, state: str) -> None:
    table.state = state
    table.full_clean(exclude=["association", "points"])
    table.save(force_insert=True)


def _use(season: Season, table: RoadTable | None) -> None:
    season.roads = table
    season.save(update_fields=["roads"])
