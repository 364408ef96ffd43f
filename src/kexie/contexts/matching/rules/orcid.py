"""Records as ORCID publishes them (message version 3.0): JSON as its API answers, XML as in its public data file.

Both are read through one door: a path of local names, whatever the namespaces, that JSON spells as keys.
E-mail addresses in a record are left alone: they were not given to the association.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from kexie.contexts.matching.rules import people_files as files
from kexie.contexts.matching.rules.people_files import FoundPerson, FoundWork, NotRead

_KINDS = {"patent": "PATENT", "research-technique": "PROJECT", "registered-copyright": "PATENT"}
_RECORDS = ("records", "record")


def from_json(content: Iterable[Any]) -> list[FoundPerson]:
    """Return the people of a file's values: one record, or a list of them."""
    records = [one for value in content for one in _records(value)]
    return [person for at, one in enumerate(records, 1) if (person := _person(one, at))]


def from_xml(content: bytes) -> list[FoundPerson]:
    """Return the people of an XML file. Raises NotRead if it is none, or would have us fetch or expand anything."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotRead(str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs know too little of it
        raise NotRead("DOCTYPE")
    found = [root] if _local(root) == "record" else [one for one in root if _local(one) == "record"]
    return [person for at, one in enumerate(found, 1) if (person := _person(_plain(one), at))]


def is_record(value: Any) -> bool:
    """Whether a JSON value is an ORCID record, or holds some."""
    return next(iter(_records(value)), None) is not None


def _records(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _records(one)
    elif isinstance(value, dict):
        if "orcid-identifier" in value:
            yield value
        for name in _RECORDS:
            yield from _records(value.get(name))


def _plain(element: Any) -> Any:
    """Return an element as JSON would say it: children by local name, repeated ones as lists, text as itself."""
    children = [one for one in element if isinstance(one.tag, str)]
    if not children:
        said = (element.text or "").strip()
        # In JSON a work's type and a code are keys beside the others; in XML they are attributes.
        return (
            {**{_name(name): value for name, value in element.attrib.items()}, "value": said}
            if element.attrib
            else said
        )
    found: dict[str, Any] = {_name(name): value for name, value in element.attrib.items()}
    for one in children:
        name, value = _local(one), _plain(one)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _local(element: Any) -> str:
    return etree.QName(element).localname


def _name(attribute: str) -> str:
    return attribute.rpartition("}")[2]


def _at(value: Any, *path: str) -> Any:
    """Return what stands at a path, through lists' first and JSON's `value` wrappers; None where nothing does."""
    for name in path:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _words(value: Any, *path: str) -> str:
    found = _at(value, *path)
    found = found[0] if isinstance(found, list) and found else found
    if isinstance(found, dict):
        found = found.get("value") or found.get("content") or ""
    return str(found or "").strip()


def _each(value: Any, *path: str) -> list[Any]:
    found = _at(value, *path)
    return found if isinstance(found, list) else [found] if found is not None else []


def _person(record: Any, at: int) -> FoundPerson | None:
    person = _at(record, "person") or {}
    given, family = _words(person, "name", "given-names"), _words(person, "name", "family-name")
    others = [
        _words(one, "content") or _words(one, "value") for one in _each(person, "other-names", "other-name")
    ]
    name, rest = files.names(
        _words(person, "name", "credit-name") or _joined(given, family), [_joined(given, family), *others]
    )
    orcid = files.number(
        "orcid", _words(record, "orcid-identifier", "path") or _words(record, "orcid-identifier", "uri")
    )
    if not name or not orcid:
        return None
    job = _employment(record)
    return FoundPerson(
        name=name, other_names=rest, at=at, orcid=orcid,
        employer=files.cut("employer", _words(job, "organization", "name")),
        title=files.cut("title", _words(job, "role-title")),
        about=_about(person),
        works=files.once(work for one in _groups(record) if (work := _work(one))),
    )  # fmt: skip


def _joined(given: str, family: str) -> str:
    """Return a name in the order of its script."""
    chinese = any("\u3400" <= one <= "\u9fff" for one in family + given)
    return f"{family}{given}" if chinese else f"{given} {family}".strip()


def _about(person: Any) -> str:
    keywords = [
        _words(one, "content") or _words(one, "value") for one in _each(person, "keywords", "keyword")
    ]
    told = [
        _words(person, "biography", "content") or _words(person, "biography"),
        "、".join(one for one in keywords if one),
    ]
    return "\n".join(files.cut("about", one) for one in told if one)[:4000]


def _employment(record: Any) -> Any:
    """Return where somebody works now, else the first employment that is told."""
    groups = _each(record, "activities-summary", "employments", "affiliation-group")
    inside = [summary for one in groups for summary in (_each(one, "summaries") or [one])]
    jobs = [_at(one, "employment-summary") or one for one in inside]
    return next((one for one in jobs if not _at(one, "end-date")), jobs[0] if jobs else {})


def _groups(record: Any) -> list[Any]:
    return _each(record, "activities-summary", "works", "group")


def _work(group: Any) -> FoundWork | None:
    """Return a work by its preferred summary: ORCID groups several mentions of one."""
    one = next(iter(_each(group, "work-summary")), None)
    title = _words(one, "title", "title")
    if not files.title_key(title):
        return None
    numbers = [*_each(group, "external-ids", "external-id"), *_each(one, "external-ids", "external-id")]
    dois = [
        files.doi(_words(number, "external-id-value"))
        for number in numbers
        if _words(number, "external-id-type") == "doi"
    ]
    number = next((one for one in dois if one), "") or f"orcid:{_words(one, 'put-code')}"
    return FoundWork(
        kind=_KINDS.get(_words(one, "type"), "PAPER"), title=title[:300], text=_words(one, "journal-title")[:500],
        year=files.year(_words(one, "publication-date", "year")), source_id=number[:120],
    )  # fmt: skip
