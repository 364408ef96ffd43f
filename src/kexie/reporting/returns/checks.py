"""What is wrong with a return, or must be explained: each finding stands beside its item."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kexie.reporting.returns.editions import Edition, Item
from kexie.reporting.returns.models import Value


@dataclass(frozen=True)
class Finding:
    """One finding about an item. must: "fix" (to be put right) or "explain" (a note is enough)."""

    key: str
    must: str
    words: str


def findings(
    edition: Edition, values: Mapping[str, Value], last: Mapping[str, Decimal]
) -> dict[str, list[Finding]]:
    """Return what is found, by item."""
    found: dict[str, list[Finding]] = {}
    for one in (
        *_missing(edition, values),
        *_parts(edition, values),
        *_rules(edition, values),
        *_changes(edition, values, last),
    ):
        found.setdefault(one.key, []).append(one)
    return found


def change(value: Decimal | None, before: Decimal | None) -> str:
    """Return the change against last year in per cent, "" without a base."""
    return f"{(value - before) / before:+.1%}" if value is not None and before else ""


def _missing(edition: Edition, values: Mapping[str, Value]) -> Iterator[Finding]:
    for item in edition.items():
        if item.key not in values:
            words = _("没有台账记录，需要填写来源和提供人") if item.outside else _("还没有取数")
            yield Finding(item.key, "fix", words)


def _parts(edition: Edition, values: Mapping[str, Value]) -> Iterator[Finding]:
    for item in edition.items():
        part, whole = _number(values, item.key), _number(values, item.within)
        if part is not None and whole is not None and part > whole:
            words = _("大于所属项目“%(whole)s”") % {"whole": edition.item(item.within).label}
            yield Finding(item.key, "fix", words)


def _rules(edition: Edition, values: Mapping[str, Value]) -> Iterator[Finding]:
    known = {key: value.number or Decimal(0) for key, value in values.items()}
    for check in edition.checks:
        if check.rule.keys <= known.keys():
            left, right = check.rule.sides(known)
            if not check.rule.holds(left, right):
                told = {"words": check.words, "left": f"{left:f}", "right": f"{right:f}"}
                last = max(check.rule.keys, key=[item.key for item in edition.items()].index)
                yield Finding(last, "fix", _("%(words)s：%(left)s，%(right)s") % told)


def _changes(edition: Edition, values: Mapping[str, Value], last: Mapping[str, Decimal]) -> Iterator[Finding]:
    for key, value in values.items():
        before, number = last.get(key), value.number
        is_bare = before is not None and number is not None and not value.note
        if is_bare and is_large(edition, number or Decimal(0), before or Decimal(0)):
            yield Finding(key, "explain", _("与上年相比变化较大，请写说明"))
        if value.status != Value.Status.ACTUAL and not value.note:
            yield Finding(key, "explain", _("不是实际数，请写依据"))


def is_large(edition: Edition, value: Decimal, before: Decimal) -> bool:
    """Whether a change asks for a note."""
    if max(abs(value), abs(before)) < edition.change_base:
        return False
    return abs(value - before) > Decimal(str(edition.change)) * abs(before)


def _number(values: Mapping[str, Value], key: str) -> Decimal | None:
    return values[key].number if key in values else None


def shown(edition: Edition, item: Item, value: Value | None) -> str:
    """Return what is printed in an item's box."""
    if value is None:
        return ""
    return edition.blank_of(item) if value.number is None else f"{value.number:.{item.places}f}"
