"""Hosts are told of published visits, once each: asked, told of a change, or that nobody comes; and they answer."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop, Season, Site, ToldVisit
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.requests import is_landline, is_mobile
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import hosts as queries
from kexie.contexts.touring.queries.hosts import Visit, What
from kexie.contexts.touring.rules.days import clock
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.ids import short_code
from kexie.platform.audit import operations as audit
from kexie.platform.notify import operations as notify
from kexie.platform.notify.models import Notice
from kexie.platform.notify.recipients import Recipient
from kexie.platform.notify.states import State

Host, How = PlannedStop.Host, ToldVisit.How
# From a host's code to the address of its page.
Link = Callable[[str], str]
_TEMPLATES = {What.ASK: "visit.ask", What.MOVE: "visit.move", What.OFF: "visit.off"}


@dataclass(frozen=True)
class Outcome:
    """How many hosts a message was sent to, how many have to be called because none reaches them, how many are left."""

    sent: int
    to_call: int
    left: int = 0


@transaction.atomic
def tell(
    *, season: Season, link: Link, actor: Account | None, now: dt.datetime, most: int | None = None
) -> Outcome:
    """Tell hosts of the published plan (at `most` so many) what they do not know yet. A second time there is nothing to tell.

    Large seasons are told in rounds: see `operations.telling`, which also writes the log then.
    """
    season = (
        Season.objects.select_for_update(of=("self",)).select_related("unit", "published").get(pk=season.pk)
    )
    if season.published is None:
        raise PlanRefused(_("还没有发布方案，发布后再通知接待方。"))
    operations.require_still(season.published)
    season.published.season = season
    visits = queries.visits(season.published)
    _keep_links(visits)
    news = queries.news_of(visits, timezone.localdate(now))
    found = news[:most]
    told = [_tell(season, what, visit, link, now) for what, visit in found]
    made, changed = [one for one in told if one._state.adding], [one for one in told if not one._state.adding]
    ToldVisit.objects.bulk_create(made)
    ToldVisit.objects.bulk_update(changed, _WRITTEN)
    asked = [visit.stop for _what, visit in found if visit.stop is not None]
    PlannedStop.objects.bulk_update(
        asked, ["host_code", "host_state", "host_note", "answered_at"], batch_size=500
    )
    sent = sum(one.how == How.SMS for one in told)
    outcome = Outcome(sent, len(told) - sent, len(news) - len(found))
    if told and most is None:
        operations.log(season, "touring.tell_hosts", actor, {"sent": sent, "to_call": outcome.to_call}, now)
    return outcome


@transaction.atomic
def keep_links(*, plan: Plan) -> None:
    """Let every visit of the published plan be found by the link that its host has, also one taken out and put in again."""
    if plan.season.published_id != plan.pk:
        return
    _keep_links(queries.visits(plan))


@transaction.atomic
def answer(
    *, stop: PlannedStop, confirms: bool, note: str, now: dt.datetime, actor: Account | None = None
) -> None:
    """Take a host's answer, from its page or, by `actor`, from the telephone; what was asked is known from then on."""
    operations.answer(stop=stop, confirms=confirms, note=note, actor=actor, now=now)
    visit = queries.visit(stop)
    if visit.told is None or visit.is_moved or visit.told.how == How.CALL:
        told = _learn(stop.trip.plan.season, visit, now)
        told.how = How.PHONE if actor else How.LINK
        told.save()


@transaction.atomic
def called(*, season: Season, told_id: UUID, actor: Account, now: dt.datetime) -> ToldVisit:
    """Note that a host whom no message reaches was called."""
    told = ToldVisit.objects.select_for_update().filter(season=season, pk=told_id, how=How.CALL).first()
    if told is None:
        raise PlanRefused(_("这一站不用再打电话，请刷新后再看。"))
    told.how, told.told_at = How.PHONE, now
    told.save(update_fields=["how", "told_at"])
    operations.log(season, "touring.call_host", actor, {"site": str(told.site_id)}, now)
    return told


@transaction.atomic
def send_again(*, season: Season, told_id: UUID, link: Link, actor: Account, now: dt.datetime) -> ToldVisit:
    """Send a host the message once more, say after a number was noted or as a reminder."""
    told = (
        ToldVisit.objects.select_for_update(of=("self",))
        .select_related("site")
        .get(pk=told_id, season=season)
    )
    if told.day < timezone.localdate(now):
        raise PlanRefused(_("这次来访的日期已过，不用再通知。"))
    what = What.OFF if told.off_at else What.MOVE if told.old_day else What.ASK
    notice = _send(season, what, told, link, now)
    if notice is None or notice.state == State.SKIPPED:
        raise PlanRefused(_("发不出短信：没有登记手机号码，或没有接通短信网关。请打电话。"))
    told.how, told.notice_id, told.told_at = How.SMS, notice.pk, now
    told.save(update_fields=["how", "notice_id", "told_at"])
    operations.log(season, "touring.tell_host_again", actor, {"site": str(told.site_id)}, now)
    return told


@transaction.atomic
def note_contact(*, site: Site, name: str, phone: str, actor: Account, now: dt.datetime) -> None:
    """Keep whom a crew asks for at a site, encrypted."""
    phone = texts.clean(phone).replace(" ", "")
    errors = {} if name else {"name": _("请填写联系人姓名。")}
    if not is_mobile(phone) and not is_landline(phone):
        errors["phone"] = _("请填写11位手机号码，或带区号的固定电话，例如0558-1234567。")
    if errors:
        raise PlanRefused(fields=errors)
    site = Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    site.seal_contact(name=name, phone=phone)
    site.save(update_fields=["contact"])
    _log_site(site, "touring.note_contact", actor, now)


@transaction.atomic
def open_contacts(
    *, season: Season, sites: Iterable[Site], actor: Account, now: dt.datetime
) -> dict[UUID, tuple[str, str]]:
    """Return names and numbers in clear by site, and write down who opened how many."""
    found = {one.pk: one.open_contact() for one in sites}
    operations.log(season, "touring.open_contacts", actor, {"sites": [str(pk) for pk in found]}, now)
    return found


def _log_site(site: Site, action: str, actor: Account, now: dt.datetime) -> None:
    audit.append(
        association_id=site.association_id, actor=actor, action=action, subject=site, detail={}, now=now
    )


def _keep_links(visits: Iterable[Visit]) -> None:
    changed = []
    for one in visits:
        if one.told is None or one.stop is None or one.stop.host_code == one.told.code:
            continue
        one.stop.host_code = one.told.code
        if one.stop.host_state == Host.NONE and not one.is_moved:
            one.stop.host_state = Host.ASKED
        changed.append(one.stop)
    operations.write_hosts(changed)


def _tell(season: Season, what: What, visit: Visit, link: Link, now: dt.datetime) -> ToldVisit:
    told = _learn(season, visit, now)
    if visit.stop is not None:
        _ask(visit.stop, told)
    notice = _send(season, what, told, link, now)
    told.how = How.SMS if notice is not None and notice.state != State.SKIPPED else How.CALL
    told.notice_id = notice.pk if notice is not None else None
    return told


def _learn(season: Season, visit: Visit, now: dt.datetime) -> ToldVisit:
    """Return what the host knows from now on."""
    told, stop = visit.told, visit.stop
    if told is None:
        told = ToldVisit(
            association_id=season.association_id, season=season, number=visit.number,
            code=(stop.host_code if stop else "") or short_code(16),
        )  # fmt: skip
    else:
        told.sequence += stop is None or visit.is_moved
    told.told_at = now
    if stop is None:
        told.off_at = now
        return told
    if visit.is_moved:
        told.old_caravan_id, told.old_day, told.old_begins = told.caravan_id, told.day, told.begins
    told.site, told.caravan = stop.site, stop.trip.van.caravan
    told.day, told.begins, told.ends = stop.trip.day, stop.begins, stop.ends
    return told


def _ask(stop: PlannedStop, told: ToldVisit) -> None:
    """Put a planned visit to its host by the link that the host has; another day has to be answered anew."""
    stop.host_code = told.code
    if stop.host_state == Host.NONE or (
        stop.host_state == Host.DECLINED and told.old_day not in {None, told.day}
    ):
        stop.host_state, stop.host_note, stop.answered_at = Host.ASKED, "", None


def _send(season: Season, what: What, told: ToldVisit, link: Link, now: dt.datetime) -> Notice | None:
    """Send a message to the mobile number of the site; None where there is none."""
    _name, phone = told.site.open_contact()
    if not is_mobile(phone):
        return None
    evening = timezone.make_aware(dt.datetime.combine(told.day, dt.time(23, 59)))
    values = {
        "unit": season.unit, "site": told.site, "day": told.day, "hours": hours(told), "van": told.caravan,
        "old_day": told.old_day or told.day, "old_time": clock(told.old_begins or told.begins), "link": link(told.code),
    }  # fmt: skip
    return notify.send(
        association_id=season.association_id, to=Recipient(phone=phone), template=_TEMPLATES[what],
        values=values, expires_at=evening, now=now,
    )  # fmt: skip


def hours(told: ToldVisit) -> str:
    """Return from when to when a visit lasts."""
    return f"{clock(told.begins):%H:%M}–{clock(told.ends):%H:%M}"


_WRITTEN = (
    "caravan", "day", "begins", "ends", "old_caravan", "old_day", "old_begins", "sequence", "how", "told_at", "off_at",
    "notice_id",
)  # fmt: skip
