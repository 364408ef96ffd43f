"""Templates and documents: taking a file, making a document step by step, making it again with the same numbers."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.files import operations as files
from kexie.platform.files.models import StoredFile
from kexie.platform.papers import official, pdf
from kexie.platform.papers.imprint import Imprint
from kexie.platform.papers.official import RedHead
from kexie.reporting.writing import appendix, checking, queries, rendering, values
from kexie.reporting.writing.checking import WrongTemplate
from kexie.reporting.writing.language import WORD
from kexie.reporting.writing.models import Answer, DocumentTemplate, WrittenDocument
from kexie.reporting.writing.rendering import Filling
from kexie.reporting.writing.states import TRANSITIONS, Stage
from kexie.reporting.writing.values import Frame

_FAILURE_LENGTH = 300


class WrongStage(UserError):
    """What was asked for does not follow from the present stage."""


@transaction.atomic
def add_template(
    *, file: "File[bytes]", name: str, kind: str, unit: Unit, scope: Scope, actor: Account, now: dt.datetime
) -> DocumentTemplate:
    """Keep a template, or a further version of it. Raises WrongTemplate with every place that cannot be filled."""
    data = file.read()
    looked = checking.look(data, Frame(scope, unit, Period.year(timezone.localdate(now).year), now))
    if looked.problems:
        raise WrongTemplate(list(looked.problems))
    Unit.objects.select_for_update().get(pk=unit.pk)
    same = DocumentTemplate.objects.filter(association_id=scope.association_id, unit=unit, name=name)
    latest = same.aggregate(latest=Max("version"))["latest"] or 0
    made = DocumentTemplate.objects.create(
        association_id=scope.association_id,
        unit=unit,
        name=name,
        kind=kind,
        version=latest + 1,
        file=_stored(f"{name}.docx", data, scope.association_id, actor, now),
        added_by=actor,
        added_at=now,
    )
    _log("writing.add_template", made, {"name": name, "version": made.version}, actor, now)
    return made


@transaction.atomic
def retire_template(*, template: DocumentTemplate, actor: Account, now: dt.datetime) -> None:
    """Take all versions of a template out of use; documents made from them stay."""
    queries.versions(template).filter(retired_at=None).update(retired_at=now)
    _log("writing.retire_template", template, {"name": template.name}, actor, now)


@transaction.atomic
def restore_template(*, template: DocumentTemplate, actor: Account, now: dt.datetime) -> None:
    """Take a template into use again."""
    queries.versions(template).update(retired_at=None)
    _log("writing.restore_template", template, {"name": template.name}, actor, now)


@transaction.atomic
def begin(
    *,
    template: DocumentTemplate,
    title: str,
    period: Period,
    words: dict[str, str],
    form: dict[str, Any],
    scope: Scope,
    actor: Account,
    now: dt.datetime,
    known_at: dt.datetime | None = None,
) -> WrittenDocument:
    """Begin a document as known now (or at an earlier moment); the rest is done in the background."""
    if period.start is None or period.start >= period.end:
        raise UserError(fields={"since": _("请写明起止日期，起始日不晚于截止日。")})
    moment = (known_at or now).replace(microsecond=0)
    looked = checking.look(queries.content(template), Frame(scope, template.unit, period, now, moment))
    if looked.problems:
        raise UserError("\n".join(map(str, looked.problems)))
    made = WrittenDocument.objects.create(
        association_id=scope.association_id,
        unit=template.unit,
        template=template,
        title=title,
        since=period.start,
        until=period.end,
        known_at=moment,
        seen={"paths": scope.unit_paths, "except": scope.except_paths, "contexts": scope.contexts},
        words=words,
        form=form,
        total=len(looked.asks),
        made_by=actor,
        made_at=now,
    )
    _log("writing.begin", made, {"title": title, "template": template.name}, actor, now)
    return made


def remake(*, document: WrittenDocument, scope: Scope, actor: Account, now: dt.datetime) -> WrittenDocument:
    """Make a document again with the same template, as known at the same moment: the numbers are the same."""
    return begin(
        template=document.template,
        title=document.title,
        period=Period(document.since, document.until),
        words=document.words,
        form=document.form,
        scope=frame_of(document, now).scope,
        actor=actor,
        now=now,
        known_at=document.known_at,
    )


@transaction.atomic
def advance(*, document_id: UUID, now: dt.datetime | None = None) -> bool:
    """Answer one more thing, or write the document after the last; whether there is more to do."""
    document = WrittenDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.stage != Stage.RUNNING:
        return False
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            return _step(document, moment)
    except UserError as error:
        document.stage = Stage.FAILED
        document.failure = str(error)[:_FAILURE_LENGTH] or _("没有说明原因")
        document.save(update_fields=["stage", "failure"])
        return False


def _step(document: WrittenDocument, now: dt.datetime) -> bool:
    frame = frame_of(document, now)
    asks = checking.look(queries.content(document.template), frame).asks
    known = set(document.answers.values_list("ask", flat=True))
    ask = next((one for one in asks if one.key not in known), None)
    if ask is None:
        _finish(document, now)
        return False
    Answer.objects.create(
        association_id=document.association_id, document=document, ask=ask.key, data=values.answer(ask, frame)
    )
    document.done = len(known) + 1
    document.save(update_fields=["done"])
    return True


def _finish(document: WrittenDocument, now: dt.datetime) -> None:
    data = written(document)
    document.file = _stored(f"{document.title}.docx", data, document.association_id, document.made_by, now)
    if pdf.office():
        page = pdf.pdf_of(data)
        document.pdf = _stored(f"{document.title}.pdf", page, document.association_id, document.made_by, now)
    document.stage = Stage.DONE
    document.save(update_fields=["file", "pdf", "stage"])


@override(settings.LANGUAGE_CODE)
def written(document: WrittenDocument) -> bytes:
    """Return the document made from its answers; documents are Chinese, whoever looks on."""
    filling = filling_of(document)
    made = rendering.fill(queries.content(document.template), filling)
    form = document.form
    official.dress(made, keep_paragraphs=bool(form.get("keep_paragraphs")), red_head=_red_head(form))
    if form.get("appendix") and filling.cited:
        scope = frame_of(document, document.made_at).scope
        appendix.append(
            made, filling.cited, known_at=document.known_at, scope=scope, base=form.get("base", "")
        )
    official.imprint(made, _imprint(form))
    made.core_properties.title, made.core_properties.author = document.title, document.unit.name
    return rendering.saved(made)


def _imprint(form: dict[str, Any]) -> Imprint:
    issued = form.get("issued_on")
    day = _day(dt.date.fromisoformat(issued)) if issued else ""
    return Imprint(copies=form.get("copies", ""), issuer=form.get("issuer", ""), issued=day)


def _red_head(form: dict[str, Any]) -> RedHead | None:
    return RedHead(form["organ"], form.get("number", "")) if form.get("organ") else None


def filling_of(document: WrittenDocument) -> Filling:
    """Return what a document is filled with."""
    answers = dict(document.answers.values_list("ask", "data"))
    period = Period(document.since, document.until)
    return Filling(
        answers=answers,
        words=document.words,
        variables=variables(document.title, document.unit, period, timezone.localdate(document.made_at)),
        whole_year=is_whole_year(period),
    )


def variables(title: str, unit: Unit, period: Period, today: dt.date) -> dict[str, str]:
    """Return the names that every template may use."""
    start = period.start or period.last_day
    return {
        "标题": title, "单位": unit.name, "年": str(period.last_day.year), "起": _day(start),
        "止": _day(period.last_day), "截至": _day(period.last_day), "日期": _day(today),
    }  # fmt: skip


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def is_whole_year(period: Period) -> bool:
    """Whether a period is one calendar year."""
    return period == Period.year(period.last_day.year)


def frame_of(document: WrittenDocument, now: dt.datetime) -> Frame:
    """Return for whom and when a document speaks."""
    seen = document.seen
    scope = Scope(
        association_id=document.association_id,
        unit_paths=tuple(seen["paths"]),
        except_paths=tuple(seen["except"]),
        contexts=None if seen["contexts"] is None else tuple(seen["contexts"]),
    )
    return Frame(scope, document.unit, Period(document.since, document.until), now, document.known_at)


def live(
    template: DocumentTemplate,
    *,
    title: str,
    period: Period,
    words: dict[str, str],
    scope: Scope,
    now: dt.datetime,
) -> Filling:
    """Return what a template would be filled with now, with marks for a page; nothing is kept."""
    frame = Frame(scope, template.unit, period, now)
    looked = checking.look(queries.content(template), frame)
    with override(settings.LANGUAGE_CODE):
        answers = {ask.key: values.answer(ask, frame) for ask in looked.asks}
    given = {
        ask.measure: words.get(ask.measure) or f"〔{ask.measure}〕" for ask in looked.asks if ask.what == WORD
    }
    return Filling(
        answers=answers,
        words=given,
        variables=variables(title, template.unit, period, timezone.localdate(now)),
        whole_year=is_whole_year(period),
        marked=True,
    )


@transaction.atomic
def cancel(*, document: WrittenDocument, actor: Account, now: dt.datetime) -> None:
    """Stop between two answers; it can go on later."""
    _move(document, Stage.CANCELLED)
    _log("writing.cancel", document, {"title": document.title}, actor, now)


@transaction.atomic
def resume(*, document: WrittenDocument, actor: Account, now: dt.datetime) -> WrittenDocument:
    """Go on where a document was stopped or failed, as known at the same moment."""
    _move(document, Stage.RUNNING, failure="")
    _log("writing.resume", document, {"title": document.title}, actor, now)
    return document


def _move(document: WrittenDocument, to: Stage, **fields: Any) -> None:
    before = [stage for stage, after in TRANSITIONS.items() if to in after]
    if not WrittenDocument.objects.filter(pk=document.pk, stage__in=before).update(stage=to, **fields):
        raise WrongStage(_("文稿的状态已经变了，请刷新页面再看。"))


def _stored(name: str, data: bytes, association_id: UUID, actor: Account, now: dt.datetime) -> StoredFile:
    return files.store(
        association_id=association_id, upload=ContentFile(data, name=name), actor=actor, now=now
    )


def _log(
    action: str,
    subject: DocumentTemplate | WrittenDocument,
    detail: dict[str, Any],
    actor: Account,
    now: dt.datetime,
) -> None:
    audit.append(
        association_id=subject.association_id,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        now=now,
    )
