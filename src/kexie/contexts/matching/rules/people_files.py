"""People as files tell of them, whatever the file: what an import compares with the register."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kexie.contexts.matching.rules import experts as rules
from kexie.kernel import pinyin, text

LONGEST = {
    "name": 60,
    "other_names": 300,
    "title": 60,
    "employer": 120,
    "skills": 500,
    "about": 4000,
    "region": 60,
}
MOST_WORKS = 500
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class FoundWork:
    """A work of a person, as a file tells of it."""

    kind: str
    title: str
    text: str = ""
    year: int | None = None
    authors: str = ""
    source_id: str = ""

    @property
    def key(self) -> str:
        """What two mentions of one work share."""
        return title_key(self.title)


@dataclass(frozen=True, kw_only=True)
class FoundPerson:
    """A person in a file. `at` says where: the row, or the place in the list."""

    name: str
    at: int
    other_names: str = ""
    title: str = ""
    employer: str = ""
    society: str = ""
    disciplines: Sequence[str] = ()
    skills: str = ""
    about: str = ""
    languages: Sequence[str] = ()
    region: str = ""
    is_home: bool = False
    orcid: str = ""
    openalex: str = ""
    phone: str = ""
    email: str = ""
    works: Sequence[FoundWork] = ()


class NotRead(ValueError):
    """A file that is not what it should be."""


def title_key(title: str) -> str:
    """Return what two spellings of a title share: no marks, no accents, no case."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", title)).casefold()


def doi(written: str) -> str:
    """Return the DOI in an address or a note, lower case; "" where there is none."""
    found = _DOI.search(text.half_width(written or ""))
    return found.group().rstrip(".,;)").casefold()[:120] if found else ""


def cut(name: str, value: Any) -> str:
    """Return a line as the register keeps it, no longer than its field."""
    return text.clean(str(value or ""))[: LONGEST[name]]


def number(name: str, written: Any) -> str:
    """Return an ORCID or OpenAlex id as it is kept, "" if it is none."""
    try:
        return str(getattr(rules, name)(str(written or "")))
    except ValueError:
        return ""


def year(written: Any) -> int | None:
    """Return a year that can be one."""
    found = re.search(r"\d{4}", str(written or ""))
    value = int(found.group()) if found else 0
    return value if 1900 <= value <= 2199 else None  # noqa: PLR2004 - years of works


def names(shown: str, others: Iterable[Any]) -> tuple[str, str]:
    """Return the name to keep, Chinese where one is known, and the other spellings."""
    every = list(dict.fromkeys(one for name in (shown, *others) if (one := cut("name", name))))
    chosen = next((one for one in every if pinyin.is_chinese(one)), every[0] if every else "")
    rest = "、".join(one for one in every if one != chosen)
    return chosen, rest[: LONGEST["other_names"]].rpartition("、")[0] if len(rest) > LONGEST[
        "other_names"
    ] else rest


def once(works: Iterable[FoundWork]) -> tuple[FoundWork, ...]:
    """Return works, each once by its number and by its title, at most some hundred."""
    kept: dict[str, FoundWork] = {}
    seen: set[str] = set()
    for one in works:
        if one.key and one.key not in seen and (not one.source_id or one.source_id not in seen):
            seen |= {one.key, one.source_id} - {""}
            kept[one.key] = one
    return tuple(kept.values())[:MOST_WORKS]


def values(content: str) -> Iterator[Any]:
    """Yield the JSON values of a file: one, or one a line. Raises NotRead naming the line."""
    try:
        whole = [json.loads(content)]
    except (ValueError, RecursionError):
        whole = []
    yield from whole
    lines = [] if whole else [(at, line) for at, line in enumerate(content.splitlines(), 1) if line.strip()]
    for at, line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise NotRead(at) from error
