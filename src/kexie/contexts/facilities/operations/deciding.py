"""What becomes of an application: the county recommends within its quota, the city reviews, decides and awards."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    Accreditation,
    TitleApplication,
    TitleObjection,
    TitleQuota,
    TitleReview,
    TitleRound,
)
from kexie.contexts.facilities.operations.applications import (
    ApplicationRefused,
    locked_application,
    move_to,
)
from kexie.contexts.facilities.operations.common import locked, note, require_city
from kexie.contexts.facilities.operations.rounds import locked_round, step
from kexie.contexts.facilities.rules.questions import CRITERIA
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger

State = TitleApplication.State
Visit = TitleReview.Visit


@transaction.atomic
def recommend(
    *, application_id: UUID, rank: int | None, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Recommend an application in a place (the first free one if None); who has that place moves to the next free.

    The county's quota is locked first: two people who recommend at once come one after the other.
    """
    found, quota = _with_quota(application_id, scope)
    move_to(found, State.RECOMMENDED)
    _in_time(found, now)
    free = _free_ranks(found, quota)
    if not free:
        raise ApplicationRefused(
            _("%(county)s在这一批的推荐名额是%(n)d个，已经用完。要推荐这一份，请先收回一份已推荐的。")
            % {"county": quota.county.name, "n": quota.most}
        )
    _give_place(found, rank or free[0], quota, otherwise=free[0])
    return step(found, State.RECOMMENDED, actor, now, reason=_("第%(n)d位") % {"n": found.rank})


@transaction.atomic
def change_rank(
    *, application_id: UUID, rank: int, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Give a recommended application another place; who has that one takes the place that becomes free."""
    found, quota = _with_quota(application_id, scope)
    if found.state != State.RECOMMENDED or found.rank is None:
        raise ApplicationRefused(_("只有已推荐、还没有决定的申报可以改排序。"))
    _in_time(found, now)
    _give_place(found, rank, quota, otherwise=found.rank)
    found.save(update_fields=["rank"])
    note(found, "rank_title_application", actor=actor, now=now, rank=rank)
    return found


@transaction.atomic
def take_back_recommendation(
    *, application_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Take a recommendation back; the place becomes free."""
    found, _quota = _with_quota(application_id, scope)
    if found.state != State.RECOMMENDED:
        raise ApplicationRefused(_("这份申报的状态已经变了，请刷新后再办理。"))
    _in_time(found, now)
    found.rank = None
    return step(found, State.SUBMITTED, actor, now, reason=_("收回推荐"))


@transaction.atomic
def send_back(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Send an application back to be completed, with the reason; one that was recommended only the city sends back."""
    found = _with_reason(application_id, reason, scope)
    if found.state == State.RECOMMENDED:
        require_city(scope, found.association)
    move_to(found, State.RETURNED)
    found.rank = None
    return step(found, State.RETURNED, actor, now, reason=reason)


@transaction.atomic
def refuse(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Refuse an application: the county before it recommends, the city afterwards."""
    found = _with_reason(application_id, reason, scope)
    if found.state != State.SUBMITTED:
        require_city(scope, found.association)
    move_to(found, State.REFUSED)
    found.rank = None
    return step(found, State.REFUSED, actor, now, reason=reason)


@transaction.atomic
def review(
    *,
    application_id: UUID,
    points: Mapping[str, int],
    visit: str,
    visited_on: dt.date | None,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TitleReview:
    """Keep a reviewer's sheet; said again, it is changed again until the city has decided."""
    found = locked_application(application_id, scope)
    require_city(scope, found.association)
    if found.state != State.RECOMMENDED:
        raise ApplicationRefused(_("只有县区已推荐、还没有决定的申报可以打分。"))
    if visited_on and visited_on > timezone.localdate(now):
        raise ApplicationRefused(fields={"visited_on": _("日期不能晚于今天。")})
    sheet = TitleReview.objects.filter(application=found, reviewer=actor).first()
    sheet = sheet or TitleReview(association_id=found.association_id, application=found, reviewer=actor)
    sheet.points = {one.key: min(points[one.key], one.most) for one in CRITERIA}
    sheet.score, sheet.visit, sheet.visited_on = sum(sheet.points.values()), visit, visited_on
    sheet.text, sheet.at = text, now
    sheet.full_clean()
    sheet.save()
    note(found, "review_title_application", actor=actor, now=now, score=sheet.score, visit=visit)
    return sheet


@transaction.atomic
def approve(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Decide to name an applicant (or to put it forward, where the province or the nation names). The round is locked."""
    asked = TitleApplication.objects.filter(scope.q(), pk=application_id)
    # The round first, as where its list is shown: two people who decide at once come one after the other.
    found_round = locked_round(asked.values_list("round_id", flat=True).first() or application_id, scope)
    one = locked_application(application_id, scope)
    move_to(one, State.APPROVED)
    sheets = list(one.reviews.all())
    if not sheets:
        raise ApplicationRefused(_("还没有评审打分，不能决定。"))
    if any(sheet.visit == Visit.FALSE for sheet in sheets):
        raise ApplicationRefused(_("现场核查与申报不符，不能拟认定；请退回或不通过。"))
    given = found_round.applications.filter(state=State.APPROVED).count()
    if found_round.most is not None and given >= found_round.most:
        raise ApplicationRefused(_("全市名额是%(n)d个，已经用完。") % {"n": found_round.most})
    return step(one, State.APPROVED, actor, now, reason=reason)


@transaction.atomic
def reopen(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Take back the decision before it is shown."""
    found = _with_reason(application_id, reason, scope)
    require_city(scope, found.association)
    if found.state != State.APPROVED:
        raise ApplicationRefused(_("这份申报的状态已经变了，请刷新后再办理。"))
    return step(found, State.RECOMMENDED, actor, now, reason=reason)


@transaction.atomic
def object_to(
    *, application_id: UUID, text: str, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> TitleObjection:
    """Write down an objection that came in while the names were shown."""
    found = locked_application(application_id, scope)
    require_city(scope, found.association)
    first, last = found.round.public_from, found.round.public_to
    if found.state != State.PUBLICISED or first is None or last is None:
        raise ApplicationRefused(_("只有公示中的申报可以登记异议。"))
    if not first <= on <= last or on > timezone.localdate(now):
        raise ApplicationRefused(
            fields={
                "on": _("收到日期要在公示期（%(first)s 至 %(last)s）内。") % {"first": first, "last": last}
            }
        )
    made = TitleObjection(association_id=found.association_id, application=found, text=text, received_on=on)
    made.full_clean()
    made.save(force_insert=True)
    note(found, "object_to_title", actor=actor, now=now)
    return made


@transaction.atomic
def settle_objection(
    *, objection_id: UUID, state: str, answer: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleObjection:
    """Say what an objection came to; one that is upheld ends the application."""
    found = locked(TitleObjection, objection_id, scope, unit="application__unit")
    application = locked_application(found.application_id, scope)
    require_city(scope, application.association)
    if found.state != TitleObjection.State.OPEN or application.state != State.PUBLICISED:
        raise ApplicationRefused(_("这条异议已经有结果。"))
    if not answer:
        raise ApplicationRefused(fields={"answer": _("请写明核查结果。")})
    found.state, found.answer = state, answer
    found.full_clean()
    found.save(update_fields=["state", "answer"])
    if state == TitleObjection.State.UPHELD:
        application.rank = None
        step(application, State.REFUSED, actor, now, reason=answer)
    note(application, "settle_objection", actor=actor, now=now, state=state)
    return found


@transaction.atomic
def award(
    *, application_id: UUID, number: str, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Give the title once the days of showing are over and no objection is open: a confirmed record of the ledger."""
    found = locked_application(application_id, scope)
    require_city(scope, found.association)
    move_to(found, State.AWARDED)
    _shown_to_the_end(found, on, now)
    record = ledger.draft(record=_record(found, number, on), actor=actor, now=now, scope=scope)
    ledger.confirm(records=[record], actor=actor, now=now, scope=scope)
    found.accreditation = record
    return step(found, State.AWARDED, actor, now, reason=number)


def _shown_to_the_end(found: TitleApplication, on: dt.date, now: dt.datetime) -> None:
    last = found.round.public_to
    if last is None or on <= last or timezone.localdate(now) <= last:
        raise ApplicationRefused(fields={"on": _("公示到 %(day)s 结束，之后才能认定。") % {"day": last}})
    if on > timezone.localdate(now):
        raise ApplicationRefused(fields={"on": _("日期不能晚于今天。")})
    if found.objections.filter(state=TitleObjection.State.OPEN).exists():
        raise ApplicationRefused(_("还有异议没有核查完，不能认定。"))


def _record(found: TitleApplication, number: str, on: dt.date) -> Accreditation:
    return Accreditation(
        unit=found.unit, area=found.unit.area, title=found.round.title, holder=found.unit,
        batch=found.round.batch, occurred_on=on, valid_to=found.round.valid_to, certificate_no=number,
    )  # fmt: skip


def _with_reason(application_id: UUID, reason: str, scope: Scope) -> TitleApplication:
    if not reason:
        raise ApplicationRefused(fields={"reason": _("请写明原因，申报单位会看到。")})
    return locked_application(application_id, scope)


def _in_time(found: TitleApplication, now: dt.datetime) -> None:
    last = found.round.recommends_until
    if found.round.state != TitleRound.State.OPEN or timezone.localdate(now) > last:
        raise ApplicationRefused(_("%(day)s 县区推荐已经截止；如需延期，请联系市科协。") % {"day": last})


def _with_quota(application_id: UUID, scope: Scope) -> tuple[TitleApplication, TitleQuota]:
    """Return an application and its county's quota, both locked, the quota first: it is what two people share."""
    asked = TitleApplication.objects.filter(scope.q(), pk=application_id)
    rows = TitleQuota.objects.select_for_update(of=("self",)).select_related("county")
    quota = rows.filter(round__in=asked.values("round"), county__in=asked.values("county")).first()
    found = locked_application(application_id, scope)
    if quota is None:
        raise ApplicationRefused(_("这个县（市、区）在这一批没有名额，不能推荐。"))
    _county_or_above(found, scope)
    return found, quota


def _county_or_above(found: TitleApplication, scope: Scope) -> None:
    """A keeper does not recommend itself: whoever recommends sees more than the applicant."""
    if found.unit.path in scope.unit_paths:
        raise ApplicationRefused(_("不能推荐自己的单位，由县（市、区）科协推荐。"))


def _free_ranks(found: TitleApplication, quota: TitleQuota) -> list[int]:
    taken = set(_peers(found).values_list("rank", flat=True))
    return [rank for rank in range(1, quota.most + 1) if rank not in taken]


def _give_place(found: TitleApplication, rank: int, quota: TitleQuota, *, otherwise: int) -> None:
    if not 1 <= rank <= quota.most:
        raise ApplicationRefused(fields={"rank": _("排序在1到%(n)d之间。") % {"n": quota.most}})
    other = _peers(found).select_for_update().filter(rank=rank).first()
    if other is not None and other.state != State.RECOMMENDED:
        raise ApplicationRefused(fields={"rank": _("这一位的申报已经作出决定，不能再动。")})
    if other is not None:
        other.rank = otherwise
        other.save(update_fields=["rank"])
    found.rank = rank


def _peers(found: TitleApplication) -> QuerySet[TitleApplication]:
    rows = TitleApplication.objects.filter(round_id=found.round_id, county_id=found.county_id)
    return rows.exclude(rank=None).exclude(pk=found.pk)
