"""What is known of people and organisations that may be tied to one another: plain values, no tables."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kexie.kernel import text


class Kind(StrEnum):
    """Why two parties are tied."""

    SAME = "SAME"
    EMPLOYMENT = "EMPLOYMENT"
    KINSHIP = "KINSHIP"
    TEACHING = "TEACHING"
    OTHER = "OTHER"
    AUTHORSHIP = "AUTHORSHIP"
    NAMESAKE = "NAMESAKE"
    PAID = "PAID"
    COOPERATION = "COOPERATION"


class Level(StrEnum):
    """What follows from a tie: it excludes, it is shown to whoever decides, or it is not looked at."""

    EXCLUDE = "EXCLUDE"
    SHOW = "SHOW"
    IGNORE = "IGNORE"


@dataclass(frozen=True)
class Employment:
    """Work at an organisation, still going on where `until` is None."""

    organisation: str
    until: dt.date | None = None


@dataclass(frozen=True)
class Work:
    """Something written or made. `key` is its number (DOI, patent number) if it has one; authors as printed."""

    title: str
    key: str = ""
    year: int | None = None
    authors: Sequence[str] = ()


@dataclass(frozen=True)
class Dealing:
    """Paid work or cooperation with another party (its key), last on a day; `words` name the contract."""

    kind: Kind
    other: str
    on: dt.date
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What somebody declared: `subject` (a key) is tied to `other`, a key, or only a name where there is none."""

    kind: Kind
    subject: str
    other: str = ""
    other_name: str = ""
    until: dt.date | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody or something that may be tied. `key` stands for it everywhere: `matching.expert:<id>`."""

    key: str
    name: str
    is_person: bool = True
    employers: Sequence[Employment] = ()
    works: Sequence[Work] = ()
    dealings: Sequence[Dealing] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How long each tie counts, in years after it ended, and what follows from it.

    Default: what has ended three years ago counts no more, what was written together counts for five.
    """

    years: int = 3
    authorship_years: int = 5
    levels: tuple[tuple[Kind, Level], ...] = ((Kind.NAMESAKE, Level.SHOW),)

    def level(self, kind: Kind) -> Level:
        """Return what follows from a tie of this kind: it excludes unless told otherwise."""
        return dict(self.levels).get(kind, Level.EXCLUDE)


@dataclass(frozen=True, order=True)
class Tie:
    """One reason why two parties are tied; `what` names the organisation, the work or the words declared."""

    kind: Kind
    level: Level
    what: str = ""
    until: dt.date | None = None


_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|总公司|公司)$")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
# A title shorter than this is shared by strangers ("研究", "总论").
_LONG_ENOUGH = 6


def organisation_key(name: str) -> str:
    """Return what spellings of one organisation share: without form of company, brackets, spaces."""
    plain = text.key(_BRACKETS.sub("", text.half_width(name)))
    return _FORMS.sub("", _FORMS.sub("", plain)) or plain


def work_keys(work: Work) -> set[str]:
    """Return by what two entries of one work are known: its number, or a long title."""
    title = re.sub(r"[\W_]+", "", text.key(work.title))
    found = {f"title:{title}"} if len(title) >= _LONG_ENOUGH else set()
    return found | ({f"id:{text.key(work.key)}"} if work.key.strip() else set())


def name_key(name: str) -> str:
    """Return what spellings of one person's name share."""
    return re.sub(r"[\s.·•,]+", "", text.key(name))
