"""A meeting's timetable as plain data: what a pair is worth, what a timetable breaks, and at which table a talk is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.platform.assignment.sessions import Place

# What a wish is worth by its rank, on either side; what the texts say weighs less than any wish.
WISHES = (40, 32, 26, 21, 17)
LAST_WISH = 14
BEST_FIT = 12


@dataclass(frozen=True)
class Taker:
    """A problem or an expert at a meeting; slots from 0, `last` included."""

    id: UUID
    name: str
    least: int
    most: int
    first: int
    last: int
    is_out: bool = False

    @property
    def slots(self) -> frozenset[int]:
        """When they are there."""
        return frozenset() if self.is_out else frozenset(range(self.first, self.last + 1))


@dataclass(frozen=True)
class Seat:
    """A talk: who with whom, when, at which table (from 0)."""

    problem: UUID
    expert: UUID
    slot: int
    table: int


@dataclass(frozen=True)
class Setting:
    """Who takes part, under which rules."""

    problems: Mapping[UUID, Taker]
    experts: Mapping[UUID, Taker]
    runs: Sequence[Sequence[int]]
    in_a_row: int


def worth(*, firm_rank: int | None, expert_rank: int | None, fit: int) -> int:
    """Return what a talk is worth: the wishes of both sides, and how well the texts fit (0 to BEST_FIT)."""
    return _wish(firm_rank) + _wish(expert_rank) + fit


def _wish(rank: int | None) -> int:
    if rank is None:
        return 0
    return WISHES[rank - 1] if rank <= len(WISHES) else LAST_WISH


def breaks(seats: Iterable[Seat], setting: Setting) -> list[str]:
    """Return in words what a timetable breaks that may be broken by hand: presence, loads, pauses."""
    seats = list(seats)
    return [*_absent(seats, setting), *_overloaded(seats, setting), *_breathless(seats, setting)]


def _takers(seat: Seat, setting: Setting) -> Iterator[Taker]:
    yield setting.problems[seat.problem]
    yield setting.experts[seat.expert]


def _absent(seats: Sequence[Seat], setting: Setting) -> Iterator[str]:
    for seat in seats:
        for one in _takers(seat, setting):
            if seat.slot not in one.slots:
                yield _("%(name)s第%(slot)d场不在场") % {"name": one.name, "slot": seat.slot + 1}


def _overloaded(seats: Sequence[Seat], setting: Setting) -> Iterator[str]:
    talks = Counter(one.id for seat in seats for one in _takers(seat, setting))
    for one in (*setting.problems.values(), *setting.experts.values()):
        if talks[one.id] > one.most:
            yield _("%(name)s有%(talks)d场，最多%(most)d场") % {
                "name": one.name, "talks": talks[one.id], "most": one.most,
            }  # fmt: skip
        if talks[one.id] < one.least and not one.is_out:
            yield _("%(name)s只有%(talks)d场，至少%(least)d场") % {
                "name": one.name, "talks": talks[one.id], "least": one.least,
            }  # fmt: skip


def _breathless(seats: Sequence[Seat], setting: Setting) -> Iterator[str]:
    busy: dict[UUID, set[int]] = defaultdict(set)
    for seat in seats:
        busy[seat.expert].add(seat.slot)
    for expert, slots in busy.items():
        longest = max((_longest(run, slots) for run in setting.runs), default=0)
        if longest > setting.in_a_row:
            yield _("%(name)s连续谈%(talks)d场，最多连续%(most)d场") % {
                "name": setting.experts[expert].name, "talks": longest, "most": setting.in_a_row,
            }  # fmt: skip


def _longest(run: Sequence[int], slots: set[int]) -> int:
    longest = now = 0
    for slot in run:
        now = now + 1 if slot in slots else 0
        longest = max(longest, now)
    return longest


def twice(seats: Iterable[Seat]) -> list[tuple[str, UUID | int, int]]:
    """Return who or which table would be taken twice in a slot: (problem, expert or table; which; slot)."""
    counted: Counter[tuple[str, UUID | int, int]] = Counter()
    for seat in seats:
        counted.update(
            (("problem", seat.problem, seat.slot), ("expert", seat.expert, seat.slot), ("table", seat.table, seat.slot))
        )  # fmt: skip
    return [one for one, times in counted.items() if times > 1]


def tables(places: Iterable[Place], *, number: int, held: Mapping[Place, int]) -> dict[Place, int]:
    """Return each talk's table: where it was if it stood before (`held`), else where its firm sat last, else a free one."""
    found: dict[Place, int] = {}
    home: dict[int, int] = {}
    for place, table in sorted(held.items(), key=lambda pair: pair[0][2]):
        home.setdefault(place[0], table)
    by_slot: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_slot[place[2]].append(place)
    for _slot, here in sorted(by_slot.items()):
        found.update(_seated(sorted(here), number, held, home))
    return found


def _seated(
    here: Sequence[Place], number: int, held: Mapping[Place, int], home: dict[int, int]
) -> dict[Place, int]:
    found = {place: held[place] for place in here if place in held}
    free = [table for table in range(max(number, len(here))) if table not in found.values()]
    # Firms that have a table of their own go there first; others take what is nobody's.
    for place in sorted((one for one in here if one not in found), key=lambda one: one[0] not in home):
        wanted = home.get(place[0])
        nobodys = [table for table in free if table not in home.values()] or free
        found[place] = wanted if wanted is not None and wanted in free else nobodys[0]
        free.remove(found[place])
        home[place[0]] = found[place]
    return found
