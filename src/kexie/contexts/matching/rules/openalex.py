"""Authors with works as OpenAlex publishes them: one list, pages of results, or JSON lines of authors and works.

Field names are those of https://docs.openalex.org (Author object, Work object).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kexie.contexts.matching.rules import people_files as files
from kexie.contexts.matching.rules.people_files import FoundPerson, FoundWork

_LISTS = ("results", "authors", "works", "data")
_TOPICS = 8
_KINDS = {"patent": "PATENT", "grant": "PROJECT", "project": "PROJECT"}
Found = Mapping[str, Any]


def read(content: Iterable[Any]) -> list[FoundPerson]:
    """Return the authors of a file's values with their works, in the order of the file."""
    objects = list(_objects(content))
    authors = [one for one in objects if "display_name" in one and not _is_work(one)]
    works = [one for one in objects if _is_work(one)]
    by_author: dict[str, list[Found]] = {}
    for work in works:
        for author in _authors_of(work):
            by_author.setdefault(files.number("openalex", author.get("id")), []).append(work)
    return [
        person
        for at, author in enumerate(authors, 1)
        if (person := _person(author, at, by_author.get(files.number("openalex", author.get("id")), ())))
    ]


def _objects(content: Iterable[Any]) -> Iterator[Found]:
    for value in content:
        if isinstance(value, list):
            yield from _objects(value)
        elif (
            isinstance(value, dict)
            and "id" not in value
            and any(isinstance(value.get(name), list) for name in _LISTS)
        ):
            for name in _LISTS:
                yield from _objects([value.get(name) or []])
        elif isinstance(value, dict):
            yield value


def _is_work(one: Found) -> bool:
    return "authorships" in one


def _person(author: Found, at: int, works: Iterable[Found]) -> FoundPerson | None:
    name, others = files.names(
        str(author.get("display_name") or ""), _list(author, "display_name_alternatives")
    )
    if not name:
        return None
    every = [*(one for one in _list(author, "works") if isinstance(one, dict)), *works]
    return FoundPerson(
        name=name, other_names=others, at=at,
        employer=files.cut("employer", _employer(author)),
        about=_topics(author),
        orcid=files.number("orcid", author.get("orcid") or _dict(author, "ids").get("orcid")),
        openalex=files.number("openalex", author.get("id") or _dict(author, "ids").get("openalex")),
        works=files.once(work for one in every if (work := _work(one))),
    )  # fmt: skip


def _employer(author: Found) -> str:
    last = [*_list(author, "last_known_institutions"), _dict(author, "last_known_institution")]
    past = [_dict(one, "institution") for one in _list(author, "affiliations") if isinstance(one, dict)]
    named = (str(one.get("display_name") or "") for one in (*last, *past) if isinstance(one, dict))
    return next((name for name in named if name), "")


def _topics(author: Found) -> str:
    told = [*_list(author, "topics"), *_list(author, "x_concepts")][:_TOPICS]
    named = [str(one.get("display_name") or "") for one in told if isinstance(one, dict)]
    return files.cut("about", "、".join(dict.fromkeys(name for name in named if name)))


def _work(one: Found) -> FoundWork | None:
    title = str(one.get("title") or one.get("display_name") or "")
    if not files.title_key(title):
        return None
    number = files.doi(str(one.get("doi") or "")) or str(one.get("id") or "").rpartition("/")[2]
    authors = [str(author.get("display_name") or "") for author in _authors_of(one)]
    return FoundWork(
        kind=_KINDS.get(str(one.get("type")), "PAPER"), title=title.strip()[:300],
        text=_abstract(_dict(one, "abstract_inverted_index")), year=files.year(one.get("publication_year")),
        authors="、".join(name for name in authors if name)[:500], source_id=number[:120],
    )  # fmt: skip


def _authors_of(work: Found) -> list[Found]:
    return [_dict(one, "author") for one in _list(work, "authorships") if isinstance(one, dict)]


def _abstract(index: Found) -> str:
    """Return an abstract kept as word → places in running order."""
    placed = [(at, word) for word, places in index.items() if isinstance(places, list) for at in places]
    try:
        return " ".join(word for _at, word in sorted(placed))[:10_000]
    except TypeError:
        return ""


def _list(one: Found, name: str) -> list[Any]:
    found = one.get(name)
    return found if isinstance(found, list) else []


def _dict(one: Found, name: str) -> Found:
    found = one.get(name)
    return found if isinstance(found, dict) else {}
