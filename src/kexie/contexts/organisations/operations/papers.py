"""Papers of an academic event: handed in, reviewed, decided, put into the programme, awarded."""

import datetime as dt
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.organisations.models import Paper, PaperReview, Session
from kexie.contexts.organisations.operations.academic import ConferenceRefused, locked, note, opened
from kexie.foundation.access.models import Account
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files

Decision = Paper.Decision


@transaction.atomic
def submit(
    *,
    conference_id: UUID,
    title: str,
    authors: str,
    employer: str = "",
    on: dt.date,
    file: "File[bytes] | None" = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Paper:
    """Enter a paper that was handed in."""
    one = opened(conference_id, scope)
    if on > timezone.localdate(now):
        raise ConferenceRefused(fields={"on": _("日期不能晚于今天。")})
    if one.papers_until is not None and on > one.papers_until:
        raise ConferenceRefused(fields={"on": _("征文 %(day)s 已截止。") % {"day": one.papers_until}})
    made = Paper(
        association_id=one.association_id, conference=one, title=title, authors=authors, employer=employer,
        submitted_on=on,
    )  # fmt: skip
    if file is not None:
        made.file = files.store(association_id=one.association_id, upload=file, actor=actor, now=now)
    made.full_clean()
    made.save(force_insert=True)
    note(one, "submit_paper", actor=actor, now=now, paper=made.pk)
    return made


@transaction.atomic
def review(
    *,
    paper_id: UUID,
    reviewer: str,
    opinion: str,
    words: str = "",
    on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> PaperReview:
    """Note what a reviewer said; nobody reviews a paper of their own."""
    paper = _paper(paper_id, scope)
    if reviewer in text.clean(paper.authors).replace("、", " ").replace(",", " ").split():
        raise ConferenceRefused(fields={"reviewer": _("评审人是这篇论文的作者，应当回避。")})
    made = PaperReview(
        association_id=paper.association_id, paper=paper, reviewer=reviewer, opinion=opinion, words=words,
        reviewed_on=on,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(paper, "review_paper", actor=actor, now=now, opinion=opinion)
    return made


@transaction.atomic
def decide(
    *,
    paper_id: UUID,
    decision: str,
    words: str = "",
    session: Session | None = None,
    award: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Paper:
    """Decide on a paper that somebody reviewed; an accepted one may get its place in the programme and an award."""
    paper = _paper(paper_id, scope)
    if not paper.reviews.exists():
        raise ConferenceRefused(_("还没有评审意见，请先登记评审意见。"))
    if decision != Decision.ACCEPTED and (session or award):
        raise ConferenceRefused(fields={"decision": _("录用的论文才能排进议程或评奖。")})
    if session is not None and session.conference_id != paper.conference_id:
        raise ConferenceRefused(fields={"session": _("这项议程不属于这次活动。")})
    paper.decision, paper.decided_words, paper.session, paper.award = decision, words, session, award
    paper.full_clean()
    paper.save()
    note(paper, "decide_paper", actor=actor, now=now, decision=decision, award=award)
    return paper


def _paper(pk: UUID, scope: Scope) -> Paper:
    paper = locked(Paper, pk, scope, unit="conference__unit")
    opened(paper.conference_id, scope)
    return paper
