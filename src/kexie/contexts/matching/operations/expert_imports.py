"""People out of files: taken in, checked, compared, brought in step by step, and what differs taken over by hand.

Whoever comes in is unverified and agreed to nothing: nobody proposes them before the office confirmed who they are
and the expert consented. The same file sent again changes nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertImport, ExpertWork
from kexie.contexts.matching.operations import experts
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.operations.experts import Profile
from kexie.contexts.matching.queries import expert_imports as queries
from kexie.contexts.matching.queries.expert_imports import Compared
from kexie.contexts.matching.rules import expert_sheet, openalex, orcid, people_files
from kexie.contexts.matching.rules.people_files import FoundPerson, FoundWork, NotRead
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.files.operations import safe_name
from kexie.platform.imports import delimited, reading
from kexie.platform.imports.reading import SheetRow

State, Source = ExpertImport.State, ExpertImport.Source
MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST_PEOPLE = 20_000
# Brought in between two looks at whether somebody stopped it, and the most lines that a page keeps.
STEP, MOST_LINES = 50, 300
KEPT = dt.timedelta(days=30)
_TABLES = (".xlsx", ".csv", ".txt")


class ImportRefused(UserError):
    """A file that cannot be taken; the message says what to send instead."""


@transaction.atomic
def take_in(
    *, name: str, content: bytes, is_home: bool = False, actor: Account, now: dt.datetime, scope: Scope
) -> ExpertImport:
    """Keep a file, see what it is, and check it. Raises ImportRefused or SheetRefused for what is no file of people."""
    if not content:
        raise ImportRefused(fields={"file": _("“%(name)s”是空文件，请重新选择。") % {"name": name}})
    if len(content) > LARGEST:
        values = {"name": name, "limit": LARGEST // MEGABYTE}
        raise ImportRefused(
            fields={"file": _("“%(name)s”超过%(limit)d MB，请拆成几个文件分别导入。") % values}
        )
    made = ExpertImport(
        association_id=scope.association_id, account=actor, file_name=safe_name(name), is_home=is_home, made_at=now,
        digest=hashlib.sha256(content).hexdigest(), source=_source(name, content), state=State.READY,
    )  # fmt: skip
    made.seal(content)
    if made.source == Source.WORKBOOK:
        _head, made.columns, made.labels = expert_sheet.head(_rows(made))
    _check(made, scope)
    made.save(force_insert=True)
    note(made, "upload_experts", actor=actor, now=now, source=made.source, digest=made.digest)
    return made


def _source(name: str, content: bytes) -> str:
    """Return what a file is by its name and what is in it."""
    lower = name.lower()
    if lower.endswith(_TABLES):
        if lower.endswith(".xlsx"):
            reading.check(name, content)
        return Source.WORKBOOK
    if lower.endswith(".xml"):
        return Source.ORCID
    if lower.endswith((".json", ".jsonl", ".ndjson")):
        first = next(_values(content), None)
        return Source.ORCID if orcid.is_record(first) else Source.OPENALEX
    raise ImportRefused(
        fields={
            "file": _(
                "请选择表格（.xlsx、.csv）、OpenAlex 作者文件（.json、.jsonl）或 ORCID 记录（.json、.xml）。"
            )
        }
    )


@transaction.atomic
def choose_columns(
    *, import_id: UUID, columns: Mapping[str, int], actor: Account, scope: Scope
) -> ExpertImport:
    """Say which column is which, and check again."""
    job = _own(import_id, actor)
    if job.state not in {State.READY, State.FAULTY} or job.source != Source.WORKBOOK:
        raise ImportRefused(_("情况已经变了，请看最新情况后再办理。"))
    taken = [at for at in columns.values() if at]
    if len(taken) != len(set(taken)):
        raise ImportRefused(_("同一列选了两次，请核对。"))
    job.columns = {name: at for name, at in columns.items() if at and name in expert_sheet.HEADINGS}
    _check(job, scope)
    job.save()
    return job


def _check(job: ExpertImport, scope: Scope) -> None:
    """Read a file and write down what is wrong and what would become of each person."""
    job.problems, job.differences, job.preview, job.message = [], [], [], ""
    people, problems = _read(job, scope)
    job.total, job.problem_count, job.problems = len(people), len(problems), problems[:MOST_LINES]
    if not people and not problems:
        job.message = _("文件里没有找到专家。")
    job.state = State.FAULTY if problems or not people else State.READY
    found = queries.compared(scope, people)
    job.new = sum(one.expert is None for one in found)
    job.filled = sum(one.expert is not None and one.changes for one in found)
    job.works = sum(len(one.works) for one in found)
    job.differences = list(islice((line for one in found for line in _differences(one, scope)), MOST_LINES))
    job.preview = [_line(one) for one in found[:MOST_LINES]]


def _differences(one: Compared, scope: Scope) -> list[dict[str, Any]]:
    known = one.expert
    if known is None or not scope.covers(known.unit.path):
        return []
    return [
        {
            "expert": str(known.pk),
            "name": known.name,
            "field": name,
            "here": getattr(known, name),
            "there": there,
        }
        for name, there in one.differs.items()
    ]


def _line(one: Compared) -> dict[str, Any]:
    what = "NEW" if one.expert is None else "ADDS" if one.changes else "DIFFERS" if one.differs else "SAME"
    return {"name": one.person.name, "employer": one.person.employer, "works": len(one.works), "what": what}


def _read(job: ExpertImport, scope: Scope) -> tuple[list[FoundPerson], list[dict[str, str]]]:
    """Return the people of a file, and what is wrong where."""
    if job.source == Source.WORKBOOK:
        return _read_table(job, scope)
    try:
        people = _read_list(job)
    except NotRead as error:
        where = _("第%(n)s行") % {"n": error} if str(error).isdecimal() else job.file_name
        return [], [{"cell": where, "said": _("读不出来，请重新下载这个文件。")}]
    if len(people) > MOST_PEOPLE:
        return [], [
            {"cell": job.file_name, "said": _("超过%(n)d人，请拆成几个文件分别导入。") % {"n": MOST_PEOPLE}}
        ]
    return [_private(one) for one in people] if job.is_home else people, []


def _read_list(job: ExpertImport) -> list[FoundPerson]:
    content = job.open()
    if job.source == Source.OPENALEX:
        return openalex.read(_values(content))
    return (
        orcid.from_xml(content)
        if job.file_name.lower().endswith(".xml")
        else orcid.from_json(_values(content))
    )


def _private(one: FoundPerson) -> FoundPerson:
    """Leave out what is not kept of an expert from overseas."""
    kept = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return FoundPerson(**{**kept, "employer": "", "region": "", "title": "", "about": "", "is_home": True})


def _read_table(job: ExpertImport, scope: Scope) -> tuple[list[FoundPerson], list[dict[str, str]]]:
    if "name" not in job.columns:
        return [], [{"cell": job.file_name, "said": _("没有找到“姓名”列，请在下面选择哪一列是姓名。")}]
    rows = _rows(job)
    table = expert_sheet.read(rows, job.columns, after=expert_sheet.head(rows)[0])
    known = _societies(scope)
    for one in table.people:
        if one.society and text.key(one.society) not in known:
            cell = reading.address(job.columns["society"], one.at)
            table.problems.append(
                {"cell": cell, "said": _("没有找到学会“%(name)s”，请核对名称。") % {"name": one.society}}
            )
    return table.people, table.problems


def _rows(job: ExpertImport) -> list[SheetRow]:
    content = job.open()
    return list(reading.rows(content) if job.file_name.lower().endswith(".xlsx") else delimited.rows(content))


def _values(content: bytes) -> Any:
    return people_files.values(delimited.decoded(content))


def _societies(scope: Scope) -> dict[str, Unit]:
    rows = Unit.objects.filter(association=scope.association_id, kind__in=(Kind.SOCIETY, Kind.OUTSIDE))
    return {text.key(one.name): one for one in rows}


# --- bringing in -------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, import_id: UUID, actor: Account) -> ExpertImport:
    """Let a checked file, or one that stopped on the way, be brought in."""
    job = _own(import_id, actor)
    if job.state not in {State.READY, State.STOPPED}:
        raise ImportRefused(_("情况已经变了，请看最新情况后再办理。"))
    if job.state == State.READY:
        job.new = job.filled = job.works = 0
    job.state, job.message = State.RUNNING, ""
    job.save()
    return job


@transaction.atomic
def stop(*, import_id: UUID, actor: Account) -> None:
    """Stop at the next step; what is in stays in, and it can go on later."""
    job = _own(import_id, actor)
    if job.state == State.RUNNING:
        job.state = State.STOPPED
        job.save(update_fields=["state"])


def run(*, import_id: UUID, scope: Scope, now: dt.datetime, step: int = STEP) -> ExpertImport:
    """Bring people in, some at a time, each time kept at once: what breaks off goes on where it stopped."""
    job = ExpertImport.objects.get(pk=import_id)
    people, _problems = _read(job, scope)
    while job.state == State.RUNNING and job.done < len(people):
        job = _step(import_id, people, scope=scope, now=now, step=step)
    if job.state == State.RUNNING:
        job = _finish(import_id, scope, people, now)
    return job


@transaction.atomic
def _step(
    import_id: UUID, people: Sequence[FoundPerson], *, scope: Scope, now: dt.datetime, step: int
) -> ExpertImport:
    job = ExpertImport.objects.select_for_update(of=("self",)).select_related("account").get(pk=import_id)
    if job.state != State.RUNNING:
        return job
    some = people[job.done : job.done + step]
    societies = _societies(scope)
    for one in queries.compared(scope, some):
        _bring_in(job, one, societies, scope=scope, now=now)
    job.done += len(some)
    job.save()
    return job


def _bring_in(
    job: ExpertImport, one: Compared, societies: Mapping[str, Unit], *, scope: Scope, now: dt.datetime
) -> None:
    try:
        with transaction.atomic():
            expert = one.expert or _registered(job, one.person, societies, scope=scope, now=now)
            if one.expert is not None and scope.covers(expert.unit.path) and one.fills:
                _set(expert, one.fills, job, now)
            if one.expert is None or scope.covers(expert.unit.path):
                _add_works(job, expert, one.works)
                job.works += len(one.works)
    except (UserError, ValidationError) as refused:
        said = "".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        job.problems = [*job.problems, {"cell": one.person.name, "said": said}][:MOST_LINES]
        return
    job.new += one.expert is None
    job.filled += one.expert is not None and one.changes


def _registered(
    job: ExpertImport, person: FoundPerson, societies: Mapping[str, Unit], *, scope: Scope, now: dt.datetime
) -> Expert:
    said = {name: getattr(person, name) for name in (*queries.FIELDS, "is_home")}
    profile = Profile(**said, society=societies.get(text.key(person.society)))
    made = experts.register(
        profile=profile, phone=person.phone, email=person.email, actor=job.account, now=now, scope=scope
    )
    made.origins = {name: _origin(job, now) for name in queries.FIELDS if said[name]}
    made.save(update_fields=["origins"])
    return made


def _set(expert: Expert, said: Mapping[str, Any], job: ExpertImport, now: dt.datetime) -> None:
    for name, value in said.items():
        setattr(expert, name, value)
        expert.origins[name] = _origin(job, now)
    expert.full_clean(exclude=["account"])
    expert.save()
    note(expert, "import_expert", actor=job.account, now=now, fields=sorted(said), batch=job.code)


def _origin(job: ExpertImport, now: dt.datetime) -> dict[str, str]:
    return {"source": job.source, "batch": job.code, "on": timezone.localdate(now).isoformat()}


def _add_works(job: ExpertImport, expert: Expert, works: Sequence[FoundWork]) -> None:
    ExpertWork.objects.bulk_create(
        ExpertWork(
            association_id=expert.association_id, expert=expert, kind=one.kind, title=one.title, text=one.text, year=one.year,
            authors=one.authors, source=job.source, source_id=one.source_id, imported_id=job.pk,
        )
        for one in works
    )  # fmt: skip


@transaction.atomic
def _finish(import_id: UUID, scope: Scope, people: Sequence[FoundPerson], now: dt.datetime) -> ExpertImport:
    job = ExpertImport.objects.select_for_update(of=("self",)).select_related("account").get(pk=import_id)
    found = queries.compared(scope, people)
    job.differences = list(islice((line for one in found for line in _differences(one, scope)), MOST_LINES))
    job.state, job.finished_at = State.DONE, now
    job.save()
    counts: dict[str, Any] = {"new": job.new, "filled": job.filled, "works": job.works, "total": job.total}
    note(job, "import_experts", actor=job.account, now=now, source=job.source, digest=job.digest, **counts)
    return job


@transaction.atomic
def take_over(
    *, import_id: UUID, chosen: Sequence[int], actor: Account, now: dt.datetime, scope: Scope
) -> int:
    """Put what a file says in place of what the register says, for the differences chosen by number; return how many."""
    job = _own(import_id, actor)
    lines = [job.differences[at] for at in chosen if 0 <= at < len(job.differences)]
    if not lines:
        raise ImportRefused(_("请先勾选要采用的内容。"))
    for line in lines:
        expert = locked(Expert, UUID(line["expert"]), scope)
        if getattr(expert, line["field"]) != line["here"]:
            raise ImportRefused(_("%(name)s的资料在核对之后改过，请重新导入核对。") % {"name": expert.name})
        _set(expert, {line["field"]: line["there"]}, job, now)
    job.differences = [line for line in job.differences if line not in lines]
    job.save(update_fields=["differences"])
    return len(lines)


def forget_files(*, now: dt.datetime) -> int:
    """Drop the files of imports that are a month old, with what pages keep of them; return how many."""
    old = ExpertImport.objects.filter(made_at__lt=now - KEPT).exclude(sealed=None)
    return old.update(sealed=None, differences=[], preview=[], problems=[])


def _own(import_id: UUID, actor: Account) -> ExpertImport:
    queries.own_import(actor, import_id)
    return ExpertImport.objects.select_for_update(of=("self",)).select_related("account").get(pk=import_id)
