"""Reference pages made from the code: `kexie reference` writes them, a test compares them with what is there."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import translation

from kexie.api import shell
from kexie.api.reading import Operation, Reader
from kexie.foundation.access.roles import ALL, ROLES, Action, Contexts, Role
from kexie.kernel.errors import Text
from kexie.ledger import kinds, registry
from kexie.ledger.groups import GROUPS
from kexie.ledger.measures import Flow, LatestStock, Measure, RevocableStock, Time, ValidStock
from kexie.ledger.record_types import Band, DeskType, RecordType
from kexie.platform.outbox.kinds import kinds as event_kinds
from kexie.reporting.returns import editions
from kexie.reporting.returns.editions import Edition, Item

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"
_HELP_WIDTH = 100
_DESK = (Action.READ, Action.DRAFT, Action.CONFIRM, Action.REVERSE, Action.IMPORT, Action.EXPORT)


def write() -> list[Path]:
    """Write every page and return the files that changed."""
    changed = []
    for name, page in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text() != page:
            path.write_text(page)
            changed.append(path)
    return changed


def pages() -> dict[str, str]:
    """Return the text of each page by file name, with labels in Chinese."""
    with translation.override("zh-hans"):
        return {name: "\n".join([*lines(), ""]) for name, lines in _PAGES.items()}


def _measures() -> Iterator[str]:
    measures = registry.measures()
    yield from _head(
        "Measures 指标",
        f"The {len(measures)} measures by which records are counted, as declared in `contexts/*/measures.py`. Each has a page at"
        " `/figures/<key>/`. Besides the dimensions named here, all can be cut by unit and county, by month and year where they"
        " belong to a period, and by counting method where people are counted.",
        "*Words* name it in texts: alternatives; within one, every term must be found, `|` separates synonyms.",
    )
    for context in _contexts(measures.values()):
        yield from ("", f"## {_name(context)} `{context}`")
        for measure in measures.values():
            if measure.context == context:
                yield from _measure(measure)


def _measure(measure: Measure) -> Iterator[str]:
    units = "、".join((measure.unit, *measure.also_units))
    yield from ("", f"### `{measure.key}` {measure.label}", "", str(measure.definition), "")
    facts = {
        "unit": units,
        "kind": _kind(measure.kind),
        "time": _time(measure.time),
        "of": f"{measure.of._meta.verbose_name} (`{measure.of._meta.label}`)",
        "group": str(GROUPS.get(measure.group, measure.group)),
        "dimensions": "、".join(f"{dim.label} `{dim.name}`" for dim in measure.dims),
        "rolled up": "yes" if measure.is_rolled_up else "",
        "shown to": "anyone" if measure.public else "who signs in",
        "source": str(measure.source),
        "words": "; ".join(f"`{words}`" for words in measure.words),
    }
    yield from (f"- {name}: {value}" for name, value in facts.items() if value)


def _kind(kind: kinds.Kind) -> str:
    match kind:
        case kinds.Count():
            return "number of records"
        case kinds.Distinct(of=field):
            return f"number of distinct `{field}`"
        case kinds.Sum(of=field):
            return f"sum of `{field}`"
        case kinds.Duration():
            return f"sum of durations (`{kind.start}` to `{kind.end}`)"
        case kinds.Streak():
            return "longest streak of years"
        case kinds.Ratio(of=field):
            sums = f"the sums of `{field}` in " if field else ""
            return f"ratio, in per cent, of {sums}two sets of records"
    raise TypeError(kind)


def _time(time: Time) -> str:
    match time:
        case Flow():
            return "over a period; without a start, cumulative"
        case RevocableStock(until=until, ended_by=ended_by):
            return f"at a date: begun, not ended (`{until}`) and not taken back before (`{ended_by}`)"
        case ValidStock(until=until):
            return f"at a date: begun and not ended (`{until}`)"
        case LatestStock(entity=entity, among=among):
            return f"at a date: latest stage of each `{entity}` is {' or '.join(among)}"
    raise TypeError(time)


def _editions() -> Iterator[str]:
    every = editions.editions().values()
    yield from _head(
        "Editions of returns 年报制度",
        f"The {len(every)} editions of statutory returns, one file each in `reporting/returns/data`. Each item is bound to a measure, or says"
        " why no record tells it; source and doubt stand beside it, and the official code only where it was seen.",
    )
    for one in every:
        yield from _edition(one)


def _edition(one: Edition) -> Iterator[str]:
    yield from ("", f"## {one.name} `{one.key}`", "", one.doubt, "")
    yield f"- issued by: {one.owner}"
    yield f"- counted until: {one.actual_until}, nothing is printed as: {one.blank}"
    yield f"- a note is demanded: from a change of {one.change:.0%}, where either year has at least {one.change_base}"
    yield from (f"- source `{name}`: {words}" for name, words in one.sources.items())
    for check in one.checks:
        yield f"- check: `{check.rule.text}` {check.words}"
    for sheet in one.sheets:
        yield from ("", f"### {sheet.code} {sheet.number} {sheet.title}（{sheet.owner}）", "")
        yield from ("| item | 项目 | unit | kind | from | source | doubt |", "|---|---|---|---|---|---|---|")
        yield from (_item(item) for item in sheet.items)


def _item(item: Item) -> str:
    filters = " ".join(f"{name}={value}" for name, value in item.filters.items())
    bound = (
        f"`{item.measure}`{f' {filters}' if filters else ''}" if item.measure else f"outside: {item.outside}"
    )
    cells = (
        f"`{item.key}`",
        f"{item.code} {item.label}".strip(),
        item.unit,
        item.kind,
        bound,
        item.source,
        item.doubt,
    )
    return f"| {' | '.join(cells)} |"


def _permissions() -> Iterator[str]:
    yield from _head(
        "Permissions 权限",
        "What each role may do, and with the records of which areas of work. A role is granted over a unit and holds for the"
        " units below it; the three administrators' roles are granted over a whole association only, and see no records.",
        "● every area of work; — not at all.",
        "",
    )
    actions = [action for action in Action if any(action in role.actions for role in ROLES.values())]
    yield from _table(
        ("role", "角色", *actions),
        ((role.code, role.label, *(_covered(role.contexts_for(one)) for one in actions)) for role in ROLES.values()),
    )  # fmt: skip
    yield from ("", "Areas of work:", "")
    yield from (f"- `{label}` {_name(label)}" for label in _business())
    yield from (
        "",
        "Roles whose record desk has some types of record only; their other work is done on pages of their own:",
        "",
    )
    yield from _limited()


def _limited() -> Iterator[str]:
    for role in ROLES.values():
        if role.types is not None:
            names = "、".join(f"{registry.desk_type(key).name} `{key}`" for key in role.types)
            yield f"- {role.label}: {names or '—'}"


def _covered(contexts: Contexts) -> str:
    if contexts is ALL:
        return "●"
    return "、".join(contexts) or "—"


def _commands() -> Iterator[str]:
    from kexie.config.cli import COMMANDS, cli

    yield from _head(
        "Commands 命令",
        "What `./kexie` (or `.venv/bin/kexie`) understands. Exit codes: 0 done, 1 refused or something found amiss,"
        " 2 wrong usage. Each explains itself with `-h` or `--help`.",
    )
    root = click.Context(
        cli,
        info_name="kexie",
        max_content_width=_HELP_WIDTH,
        terminal_width=_HELP_WIDTH,
        **cli.context_settings,
    )
    for name, entry in COMMANDS.items():
        if not entry.hidden:
            yield from _command(entry.load(), name, root)


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    command = copy.copy(command)
    command.add_help_option = False  # click remembers the names it had at its first use, wherever that was
    context = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    yield from ("", f"## {context.command_path}", "", "```text", command.get_help(context), "```")
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found is not None:
                yield from _command(found, sub, context)


def _record_types() -> Iterator[str]:
    records, references = registry.record_types(), registry.reference_types()
    yield from _head(
        "Types of record 记录类型",
        f"The {len(records)} types of record and {len(references)} of reference data that the record desk keeps, as declared in"
        " `contexts/*/records.py`. A type's key stands in its address, `/work/records/<key>/`, and in `kexie import --type <key>`.",
        "Records are confirmed and from then on never changed; reference data are edited in place, with an audit entry."
        " Fields marked * must be filled in. A band asks for a note when a value lies outside it; it never blocks.",
    )
    every: list[DeskType] = [*records.values(), *references.values()]
    for context in _contexts(every):
        yield from ("", f"## {_name(context)} `{context}`")
        yield from _who(context)
        for one in every:
            if one.context == context:
                yield from _desk_type(one)


def _desk_type(one: DeskType) -> Iterator[str]:
    yield from ("", f"### `{one.key}` {one.name}", "")
    if one.help:
        yield from (str(one.help), "")
    is_record = isinstance(one, RecordType)
    yield f"- {'record' if is_record else 'reference data'}{'; form for phones' if getattr(one, 'phone', False) else ''}"
    yield "- fields: " + "、".join(_field(one.model, name) for name in one.fields)
    yield from (f"- band: {_band(one.model, band)}" for band in getattr(one, "bands", ()))


def _who(context: str) -> Iterator[str]:
    yield ""
    for action in _DESK:
        roles = "、".join(str(role.label) for role in ROLES.values() if _may(role, action, context))
        yield f"- {action}: {roles or '—'}"


def _may(role: Role, action: Action, context: str) -> bool:
    contexts = role.contexts_for(action)
    return contexts is ALL or context in contexts


def _field(model: type[models.Model], name: str) -> str:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return f"`{name}`"
    needed = "" if getattr(field, "blank", True) or field.has_default() else "*"  # type: ignore[union-attr]  # relations have both
    return f"{getattr(field, 'verbose_name', name)}{needed} `{name}`"


def _band(model: type[models.Model], band: Band) -> str:
    bounds = (
        f"below {band.low}" if band.low is not None else "",
        f"above {band.high}" if band.high is not None else "",
    )
    return f"{_field(model, band.field)} {' or '.join(filter(None, bounds))}: {band.ask}"  # fmt: skip


def _api() -> Iterator[str]:
    reader = Reader(shell.schema())
    yield from _head(
        "API 开放接口",
        "What `/api/v1/` offers, as the `rest.py` of each part declares it; the site shows the same at `/api/`, with how to begin, and as"
        " OpenAPI 3.1 at `/api/v1/openapi.json`. Failures are `{code, message, fields}` with the statuses 400, 401, 403, 404, 409, 422, 429.",
        "Writing operations take an `Idempotency-Key`: the same key again does nothing twice. `Accept-Language: en` gives English texts.",
    )
    for part in reader.parts():
        yield from ("", f"## {part.label}")
        for one in part.operations:
            yield from _operation(one)
    yield from ("", "## 数据结构 Shapes")
    for shape in reader.named():
        yield from ("", f"### {shape.name}", "")
        yield from _table(
            ("name", "type", "说明"),
            ((f"`{one.name}`", _code(one.type), one.description) for one in shape.fields),
        )
    yield from ("", "## 事件 Events", "", "What webhooks tell. Payloads name nobody.", "")
    yield from _table(
        ("kind", "事件", "subject", "payload"),
        (
            (f"`{kind.key}`", kind.label, kind.subject, "、".join(f"`{name}`" for name in kind.payload))
            for kind in event_kinds().values()
        ),
    )


def _operation(one: Operation) -> Iterator[str]:
    yield from ("", f"### {one.method} `{one.path}`", "", one.summary, "")
    if one.description:
        yield from (one.description, "")
    yield f"- who: {'；'.join(one.who)}"
    yield from (
        f"- {field.where} `{field.name}`{'' if field.required else ' (optional)'}: {_code(field.type)} {field.description}".rstrip()
        for field in one.fields
    )
    if one.body:
        yield f"- body: {_code(one.body)}"
    yield f"- answer: {one.reply.status} {_code(one.reply.type) if one.reply.type else '—'}"


def _code(words: str) -> str:
    return f"`{words}`".replace("|", "\\|")


def _head(title: str, *paragraphs: str) -> Iterator[str]:
    yield f"# {title}"
    for paragraph in paragraphs:
        yield from ("", paragraph) if paragraph else ("",)
    if paragraphs[-1]:
        yield ""
        yield "Made by `kexie reference`; a test compares it with the code."


def _table(heads: Sequence[Text], rows: Iterable[Sequence[Text]]) -> Iterator[str]:
    yield f"| {' | '.join(map(str, heads))} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _contexts(declared: Iterable[Measure | DeskType]) -> list[str]:
    return list(dict.fromkeys(one.context for one in declared))


def _business() -> list[str]:
    return [app.label for app in apps.get_app_configs() if app.name.startswith("kexie.contexts.")]


def _name(context: str) -> str:
    return str(apps.get_app_config(context).verbose_name)


_PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "measures.md": _measures,
    "editions.md": _editions,
    "permissions.md": _permissions,
    "commands.md": _commands,
    "record-types.md": _record_types,
    "api.md": _api,
}
