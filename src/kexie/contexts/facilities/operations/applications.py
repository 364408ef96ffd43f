"""A keeper applies for a title: begins, fills in bit by bit, sends, and may take it back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    TitleApplication,
    TitlePaper,
    TitleRound,
)
from kexie.contexts.facilities.operations.common import locked, note
from kexie.contexts.facilities.operations.rounds import step
from kexie.contexts.facilities.queries import holder_figures, renewals, reports, valid_accreditations
from kexie.contexts.facilities.queries.titles import EXPIRING_WITHIN
from kexie.contexts.facilities.rules import LOWER, questions
from kexie.contexts.facilities.rules.reports import CARRIED
from kexie.contexts.facilities.states import APPLICATION_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.areas import queries as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Conflict, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files

State = TitleApplication.State
LIVE = tuple(one for one in State if one not in {State.WITHDRAWN, State.REFUSED})
FILLING = (State.DRAFT, State.RETURNED)
COUNTY_DIGITS = 6
MOST_PAPERS = 20


class ApplicationRefused(UserError):
    """The application cannot be made or moved like this."""


@transaction.atomic
def begin(
    *, round_id: UUID, facility_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Begin an application of the unit at which a facility stands; it is a renewal where the title is about to end."""
    found = _open_round(round_id, scope)
    facility = _facility(facility_id, scope)
    holder = _holder(facility)
    borne = _borne(holder, scope, timezone.localdate(now), found.title)
    return _begin(found, holder, facility=facility, previous=borne, actor=actor, now=now)


@transaction.atomic
def renew(
    *, accreditation_id: UUID, round_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Apply for a title again, before its end or within a year after it, beginning with what was said last time."""
    found = _open_round(round_id, scope)
    held = renewals.title(scope, accreditation_id, timezone.localdate(now))
    if found.title != held.title:
        raise ApplicationRefused(_("这个批次评的是另一种称号，不能用来再认定。"))
    return _begin(found, held.holder, facility=renewals.site_of(held), previous=held, actor=actor, now=now)


@transaction.atomic
def answer(
    *,
    application_id: UUID,
    answers: Mapping[str, Any],
    version: int,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TitleApplication:
    """Keep some answers. Raises Conflict where somebody else has kept others since the form was opened."""
    found = locked_application(application_id, scope)
    _while(found, *FILLING)
    if found.version != version:
        raise Conflict(_("您打开这一页以后，别人改过这份申报。您填的还在下面，请对照最新内容后再保存。"))
    found.answers = {**found.answers, **answers}
    found.version += 1
    found.save(update_fields=["answers", "version"])
    note(found, "answer_title_application", actor=actor, now=now, keys=sorted(answers))
    return found


@transaction.atomic
def attach(
    *,
    application_id: UUID,
    name: str,
    file: "File[bytes]",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TitlePaper:
    """Add a document. Raises UserError from the files' own rules."""
    found = locked_application(application_id, scope)
    _while(found, *FILLING)
    if found.papers.count() >= MOST_PAPERS:
        raise ApplicationRefused(fields={"file": _("最多%(n)d份材料。") % {"n": MOST_PAPERS}})
    stored = files.store(association_id=found.association_id, upload=file, actor=actor, now=now)
    made = TitlePaper(association_id=found.association_id, application=found, file=stored, name=name)
    made.full_clean()
    made.save(force_insert=True)
    note(found, "attach_title_paper", actor=actor, now=now, name=name)
    return made


@transaction.atomic
def detach(*, paper_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take a document away."""
    paper = locked(TitlePaper, paper_id, scope, unit="application__unit")
    found = locked_application(paper.application_id, scope)
    _while(found, *FILLING)
    stored = paper.file
    paper.delete()
    files.discard(stored)
    note(found, "detach_title_paper", actor=actor, now=now, name=paper.name)


@transaction.atomic
def submit(*, application_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TitleApplication:
    """Send an application to the county, with the figures that the records have that day."""
    found = locked_application(application_id, scope)
    move_to(found, State.SUBMITTED)
    today = timezone.localdate(now)
    last = found.round.recommends_until if found.state == State.RETURNED else found.round.closes_on
    if found.round.state != TitleRound.State.OPEN or today > last:
        raise ApplicationRefused(_("%(day)s 申报已经截止，不能再提交。") % {"day": last})
    lacking = questions.missing(found.answers)
    if lacking:
        what = _("、").join(str(one.label) for one in lacking)
        raise ApplicationRefused(_("还没有填写：%(what)s。") % {"what": what})
    _check_way(found.round, found.unit, scope, today)
    found.figures = [one.plain() for one in holder_figures.of(found.unit_id, today.year - 1)]
    found.submitted_at = now
    return step(found, State.SUBMITTED, actor, now)


@transaction.atomic
def withdraw(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> TitleApplication:
    """Take an application back at any time before the award; its place among those recommended becomes free."""
    found = locked_application(application_id, scope)
    move_to(found, State.WITHDRAWN)
    found.rank = None
    return step(found, State.WITHDRAWN, actor, now, reason=reason)


def locked_application(application_id: UUID, scope: Scope) -> TitleApplication:
    """Return an application of the scope, locked."""
    return locked(TitleApplication, application_id, scope, unit="unit")


def move_to(found: TitleApplication, state: str) -> None:
    """Refuse a state that cannot follow; somebody may have been faster."""
    if state not in APPLICATION_TRANSITIONS[found.state]:
        raise ApplicationRefused(_("这份申报的状态已经变了，请刷新后再办理。"))


def _begin(
    found: TitleRound,
    holder: Unit,
    *,
    facility: Facility | None,
    previous: Accreditation | None,
    actor: Account,
    now: dt.datetime,
) -> TitleApplication:
    today, scope = timezone.localdate(now), Scope(association_id=found.association_id)
    if today > found.closes_on:
        raise ApplicationRefused(_("%(day)s 申报已经截止，不能再申报。") % {"day": found.closes_on})
    if TitleApplication.objects.filter(round=found, unit=holder, state__in=LIVE).exists():
        raise ApplicationRefused(_("这个单位在这一批已有一份申报，请在原申报上办理。"))
    _check_way(found, holder, scope, today)
    made = TitleApplication(
        association_id=found.association_id, round=found, unit=holder, facility=facility,
        county=_county(holder), is_renewal=previous is not None, previous=previous, made_by=actor, made_at=now,
        answers=_said_before(found, holder),
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    return step(made, State.DRAFT, actor, now)


def _open_round(round_id: UUID, scope: Scope) -> TitleRound:
    found = TitleRound.objects.filter(association_id=scope.association_id, pk=round_id).first()
    if found is None or found.state != TitleRound.State.OPEN:
        raise ApplicationRefused(_("这个批次现在不接受申报。"))
    return found


def _facility(facility_id: UUID, scope: Scope) -> Facility:
    """Return a facility that stands at a unit of the scope or is looked after by one."""
    sight = Q(scope.q("host")) | Q(scope.q("unit"))
    found = Facility.objects.filter(sight, pk=facility_id).select_related("host__area").first()
    if found is None:
        raise NotFound(_("没有找到这处设施，或您无权办理。"))
    return found


def _holder(facility: Facility) -> Unit:
    if facility.host is None:
        raise ApplicationRefused(
            fields={"facility": _("称号给单位：请先在设施名册里登记这处设施的所在单位。")}
        )
    return facility.host


def _county(holder: Unit) -> Area:
    """Return the county of a unit, or the city where it belongs to none."""
    return areas.get(holder.area_id[:COUNTY_DIGITS])


def _borne(holder: Unit, scope: Scope, day: dt.date, title: str) -> Accreditation | None:
    whole = Scope(association_id=scope.association_id)
    return valid_accreditations(day, whole).filter(holder=holder, title=title).order_by("-valid_to").first()


def _check_way(found: TitleRound, holder: Unit, scope: Scope, day: dt.date) -> None:
    """Whoever asks for a title holds the one below it, and does not hold this one for long yet."""
    lower, borne = LOWER.get(found.title), _borne(holder, scope, day, found.title)
    if lower and borne is None and _borne(holder, scope, day, lower) is None:
        label = dict(TitleRound._meta.get_field("title").flatchoices)[lower]
        raise ApplicationRefused(
            _("申报这个称号要先有有效的“%(title)s”；这个单位现在没有。") % {"title": label}
        )
    if borne and (borne.valid_to is None or borne.valid_to > day + EXPIRING_WITHIN):
        raise ApplicationRefused(
            _("这个单位的同一称号还在有效期内，不用重复申报；到期前半年内可以申报再认定。")
        )


def _said_before(found: TitleRound, holder: Unit) -> dict[str, Any]:
    """Begin with what the holder said last time, so that nothing is typed twice."""
    rows = TitleApplication.objects.filter(
        association_id=found.association_id, unit=holder, round__title=found.title
    )
    last = rows.exclude(submitted_at=None).order_by("-submitted_at").first()
    said = dict(last.answers) if last else {}
    report = reports.last_said(Scope(association_id=found.association_id), holder.pk, found.title)
    if report is not None:
        said |= {key: report.answers[key] for key in CARRIED if key in report.answers}
    return said


def _while(found: TitleApplication, *states: str) -> None:
    if found.state not in states:
        raise ApplicationRefused(_("这份申报的状态已经变了，请刷新后再办理。"))
