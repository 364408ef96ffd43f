"""Which ties there are between two parties, and among many: the same answer, found by what they share."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kexie.platform.ties import facts
from kexie.platform.ties.facts import Declared, Employment, Kind, Level, Party, Rules, Tie, Work

_LEVELS = (Level.EXCLUDE, Level.SHOW)


def between(
    one: Party, other: Party, *, declared: Sequence[Declared] = (), rules: Rules, on: dt.date
) -> list[Tie]:
    """Return the ties between two parties on a day, those that exclude first; it does not matter who comes first."""
    found = {
        *_same(one, other),
        *_employed(one, other, rules, on),
        *_authors(one, other, rules, on),
        *_dealings(one, other, rules, on),
        *_declared(one, other, declared, on),
    }
    judged = (Tie(kind, rules.level(kind), what, until) for kind, what, until in found)
    shown = [tie for tie in judged if tie.level in _LEVELS]
    return sorted(shown, key=lambda tie: (_LEVELS.index(tie.level), tie.kind, tie.what, tie.until or on))


# A tie before the rules have judged it: its kind, what it is about, until when it counts.
_Found = tuple[Kind, str, dt.date | None]


def _same(one: Party, other: Party) -> Iterator[_Found]:
    if one.key == other.key:
        yield Kind.SAME, min(one.name, other.name), None


def _employed(one: Party, other: Party, rules: Rules, on: dt.date) -> Iterator[_Found]:
    mine, theirs = _organisations(one, rules, on), _organisations(other, rules, on)
    for key in mine.keys() & theirs.keys():
        (name, until), (other_name, other_until) = mine[key], theirs[key]
        ends = [day for day in (until, other_until) if day]
        yield Kind.EMPLOYMENT, min(name, other_name), min(ends, default=None)


def _organisations(party: Party, rules: Rules, on: dt.date) -> dict[str, tuple[str, dt.date | None]]:
    """Return where somebody works or lately worked, and until when that counts; an organisation is its own."""
    held = [*party.employers] if party.is_person else [*party.employers, Employment(party.name)]
    found: dict[str, tuple[str, dt.date | None]] = {}
    for one in held:
        until = _years_later(one.until, rules.years) if one.until else None
        key = facts.organisation_key(one.organisation)
        if key and (until is None or until >= on):
            longest = found.get(key, (one.organisation, until))
            found[key] = (min(longest[0], one.organisation), _later(longest[1], until))
    return found


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return None if one is None or other is None else max(one, other)


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _authors(one: Party, other: Party, rules: Rules, on: dt.date) -> Iterator[_Found]:
    mine, theirs = _works(one, rules, on), _works(other, rules, on)
    for key in mine.keys() & theirs.keys():
        works = mine[key], theirs[key]
        yield Kind.AUTHORSHIP, min(work.title for work in works), _until(works, rules)
    yield from _named(one, other, rules, on)
    yield from _named(other, one, rules, on)


def _works(party: Party, rules: Rules, on: dt.date) -> dict[str, Work]:
    return {key: work for work in _recent(party, rules, on) for key in sorted(facts.work_keys(work))}


def _recent(party: Party, rules: Rules, on: dt.date) -> list[Work]:
    """A work without a year counts: nobody can say that it is old."""
    first = on.year - rules.authorship_years
    return [work for work in party.works if work.year is None or work.year >= first]


def _until(works: Iterable[Work], rules: Rules) -> dt.date | None:
    years = [work.year for work in works if work.year is not None]
    return dt.date(max(years) + rules.authorship_years, 12, 31) if years else None


def _named(one: Party, other: Party, rules: Rules, on: dt.date) -> Iterator[_Found]:
    """Somebody of the other's name among the authors of a work: perhaps the same person, perhaps not."""
    if not (one.is_person and other.is_person) or facts.name_key(one.name) == facts.name_key(other.name):
        return
    wanted = facts.name_key(other.name)
    theirs = {key for work in other.works for key in facts.work_keys(work)}
    for work in _recent(one, rules, on):
        names = {facts.name_key(name) for name in work.authors} - {""}
        if wanted in names and not facts.work_keys(work) & theirs:
            yield Kind.NAMESAKE, work.title, _until([work], rules)


def _dealings(one: Party, other: Party, rules: Rules, on: dt.date) -> Iterator[_Found]:
    for party, against in ((one, other), (other, one)):
        for dealing in party.dealings:
            until = _years_later(dealing.on, rules.years)
            if dealing.other == against.key and until >= on:
                yield dealing.kind, dealing.words, until


def _declared(one: Party, other: Party, declared: Iterable[Declared], on: dt.date) -> Iterator[_Found]:
    for said in declared:
        if said.until is not None and said.until < on:
            continue
        for party, against in ((one, other), (other, one)):
            if said.subject == party.key and party.key != against.key and _is_meant(said, against):
                yield said.kind, said.words or said.other_name or against.name, said.until


def _is_meant(said: Declared, party: Party) -> bool:
    """Whether a declaration names this party: by key, or by name, or by the name of where it works."""
    if said.other:
        return said.other == party.key
    name = facts.name_key(said.other_name)
    organisations = {facts.organisation_key(one.organisation) for one in party.employers}
    if not party.is_person:
        organisations.add(facts.organisation_key(party.name))
    return bool(name) and (
        name == facts.name_key(party.name) or facts.organisation_key(said.other_name) in organisations
    )


def among(
    ones: Sequence[Party],
    others: Sequence[Party],
    *,
    declared: Sequence[Declared] = (),
    rules: Rules,
    on: dt.date,
) -> dict[tuple[str, str], list[Tie]]:
    """Return the ties of every pair that has one, by the keys of both.

    Equal to asking `between` for every pair, but only pairs that share a word are looked at: 2 000 entries and
    120 judges are a quarter of a million pairs and share a few thousand.
    """
    by_key = _by_party(declared)
    holders: Mapping[str, list[Party]] = _holders(others, by_key)
    found = {}
    for one in ones:
        met = {other.key: other for mark in _marks(one, by_key) for other in holders.get(mark, ())}
        for other in met.values():
            said = [*by_key.get(one.key, ()), *by_key.get(other.key, ())]
            if ties := between(one, other, declared=said, rules=rules, on=on):
                found[one.key, other.key] = ties
    return found


def _by_party(declared: Iterable[Declared]) -> dict[str, list[Declared]]:
    found: dict[str, list[Declared]] = defaultdict(list)
    for said in declared:
        found[said.subject].append(said)
    return found


def _holders(parties: Iterable[Party], by_key: Mapping[str, Sequence[Declared]]) -> dict[str, list[Party]]:
    found: dict[str, list[Party]] = defaultdict(list)
    for party in parties:
        for mark in _marks(party, by_key):
            found[mark].append(party)
    return found


def _marks(party: Party, by_key: Mapping[str, Sequence[Declared]]) -> set[str]:
    """Return everything by which two parties could be found to be tied; a tie without a common mark is impossible."""
    organisations = [one.organisation for one in party.employers]
    said = by_key.get(party.key, ())
    names = [party.name, *(name for work in party.works for name in work.authors)]
    named = [one.other_name for one in said]
    found = {
        f"key:{party.key}",
        *(f"key:{dealing.other}" for dealing in party.dealings),
        *(f"key:{one.other}" for one in said if one.other),
        *(f"at:{facts.organisation_key(name)}" for name in (*organisations, party.name, *named)),
        *(f"by:{facts.name_key(name)}" for name in (*names, *named)),
        *(key for work in party.works for key in facts.work_keys(work)),
    }
    # What has no name is shared by everybody.
    return found - {"key:", "at:", "by:"}
