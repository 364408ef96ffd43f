"""Entries that may be of one person, and what speaks for it."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertApart, ExpertMerge, ExpertWork
from kexie.contexts.matching.queries import experts
from kexie.contexts.matching.rules.people_files import title_key
from kexie.kernel import pinyin, text
from kexie.kernel.scope import Scope

# From here on a pair is shown. A name alone says too little: many people share one.
ENOUGH = 3
_SAME_NAME, _SAME_SPELLING, _SAME_CONTACT, _SAME_UNIT, _SAME_WORK, _SAME_FIELD = 2, 1, 3, 2, 2, 1


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two entries, how much speaks for one person, and why in words."""

    one: Any
    other: Any
    weight: int
    reasons: Sequence[str]


def pairs(scope: Scope) -> list[Pair]:
    """Return the pairs of the register that look like one person, the likeliest first."""
    rows = {row.pk: row for row in experts.register(scope).order_by("name", "pk")}
    apart = set(ExpertApart.objects.filter(association=scope.association_id).values_list("one", "other"))
    close = [pair for pair in _close(rows.values()) if pair not in apart]
    titles = _titles({pk for pair in close for pk in pair})
    found = (_judged(rows[one], rows[other], titles) for one, other in close)
    return sorted((pair for pair in found if pair.weight >= ENOUGH), key=lambda pair: -pair.weight)


def like(scope: Scope, one: Expert) -> list[Pair]:
    """Return the pairs that an entry is part of."""
    return [pair for pair in pairs(scope) if one.pk in {pair.one.pk, pair.other.pk}]


def _close(rows: Iterable[Any]) -> list[tuple[UUID, UUID]]:
    """Return the pairs that share a spelling of a name or a contact, each once."""
    by_key: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        for key in {*_spellings(row), row.phone_digest, row.email_digest} - {""}:
            by_key[key].append(row.pk)
    groups = (sorted(group) for group in by_key.values() if len(group) > 1)
    return sorted({pair for group in groups for pair in itertools.combinations(group, 2)})


def _spellings(row: Any) -> set[str]:
    names = [row.name, *row.other_names.split("、")]
    return {key for name in names if name for key in pinyin.spellings(name)}


def _titles(pks: Iterable[UUID]) -> Mapping[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for pk, number, title in ExpertWork.objects.filter(expert__identity__in=list(pks)).values_list(
        "expert__identity", "source_id", "title"
    ):
        found[pk] |= {number, title_key(title)} - {""}
    return found


def _judged(one: Any, other: Any, titles: Mapping[UUID, set[str]]) -> Pair:
    if any(
        getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
        for name in ("orcid", "openalex")
    ):
        return Pair(one=one, other=other, weight=0, reasons=())
    found = list(_reasons(one, other, titles))
    return Pair(
        one=one,
        other=other,
        weight=sum(weight for weight, _why in found),
        reasons=[why for _weight, why in found],
    )


def _reasons(one: Any, other: Any, titles: Mapping[UUID, set[str]]) -> Iterable[tuple[int, str]]:
    if text.key(one.name) == text.key(other.name):
        yield _SAME_NAME, _("姓名相同")
    elif shared := _spellings(one) & _spellings(other):
        both = all(pinyin.is_chinese(row.name) for row in (one, other)) and not any(
            map(pinyin.is_chinese, shared)
        )
        yield (_SAME_SPELLING, _("姓名同音")) if both else (_SAME_NAME, _("姓名的拼音或署名相同"))
    for name, why in (("phone", _("手机号码相同")), ("email", _("电子邮箱相同"))):
        if getattr(one, f"{name}_digest") and getattr(one, f"{name}_digest") == getattr(
            other, f"{name}_digest"
        ):
            yield _SAME_CONTACT, why
    if _same_unit(one.employer, other.employer):
        yield _SAME_UNIT, _("单位相同或相近")
    if count := len(titles.get(one.pk, set()) & titles.get(other.pk, set())):
        yield _SAME_WORK, _("有%(n)s项相同的成果") % {"n": count}
    if {code[:3] for code in one.disciplines} & {code[:3] for code in other.disciplines}:
        yield _SAME_FIELD, _("学科相同")


def _same_unit(one: str, other: str) -> bool:
    first, second = sorted((text.key(one), text.key(other)), key=len)
    return bool(first) and first in second


def merges(one: Expert) -> QuerySet[ExpertMerge]:
    """Return what was merged into an entry and stands."""
    return ExpertMerge.objects.filter(kept=one, undone_at=None).select_related("gone", "merged_by")
