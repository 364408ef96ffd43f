"""The schema as people read it: operations by what they are about, fields with their types, an example of each shape."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kexie.foundation.access.callers import SCOPE_LABELS, ApiScope
from kexie.kernel.errors import Text

_REF = "#/components/schemas/"
_TYPES = {"uuid": "uuid", "date": "date", "date-time": "datetime", "time": "time", "uri": "url"}
_EXAMPLES: dict[str, object] = {
    "uuid": "019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    "date": "2026-11-28",
    "datetime": "2026-11-28T09:00:00+08:00",
    "time": "09:00:00",
    "url": "https://example.com/",
    "string": "…",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
}
_DEPTH = 4
Shape = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One name, its type in words, whether it must be given, and what it means."""

    name: str
    type: str
    description: str
    required: bool = True
    where: str = ""
    """query, path or header; "" in a shape."""


@dataclass(frozen=True)
class Named:
    """A shape that operations take or give."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Reply:
    """What a status means, the type of what comes with it, and an example."""

    status: int
    description: str
    type: str = ""
    example: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    who: tuple[str, ...]
    fields: tuple[Field, ...]
    body: str
    body_example: str
    reply: Reply
    failures: tuple[Reply, ...]


@dataclass(frozen=True)
class Part:
    """What the API offers about one matter."""

    label: str
    operations: tuple[Operation, ...]


class Reader:
    """Reads one schema."""

    def __init__(self, schema: Shape) -> None:
        self.schema = schema
        self.shapes: Mapping[str, Shape] = schema["components"]["schemas"]

    def parts(self) -> list[Part]:
        """Return the operations by matter, in the order of the schema."""
        by_label: dict[str, list[Operation]] = {}
        for path, methods in self.schema["paths"].items():
            for method, details in methods.items():
                operation = self._operation(path, method, details)
                by_label.setdefault(str(details["tags"][0]), []).append(operation)
        return [Part(label, tuple(found)) for label, found in by_label.items()]

    def named(self) -> list[Named]:
        """Return every shape, by name."""
        shapes = ((name, shape) for name, shape in sorted(self.shapes.items()) if "properties" in shape)
        return [Named(name, tuple(self._fields(shape))) for name, shape in shapes]

    def _operation(self, path: str, method: str, details: Shape) -> Operation:
        body = details.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        replies = [self._reply(int(status), one) for status, one in details["responses"].items()]
        return Operation(
            name=details["operationId"],
            method=method.upper(),
            path=path,
            summary=str(details["summary"]),
            description=str(details.get("description", "")),
            who=tuple(_who(details.get("security", ()))),
            fields=tuple(self._parameter(one) for one in details["parameters"]),
            body=self.type_of(body) if body else "",
            body_example=self._example_text(body),
            reply=next(one for one in replies if one.status < 400),  # noqa: PLR2004  HTTP's own number
            failures=tuple(one for one in replies if one.status >= 400),  # noqa: PLR2004  as above
        )

    def _parameter(self, one: Shape) -> Field:
        return Field(
            name=one["name"],
            type=self.type_of(one["schema"]).removesuffix(" | null"),  # left out rather than null
            description=str(one.get("description", "")),
            required=one["required"],
            where=one["in"],
        )

    def _reply(self, status: int, one: Shape) -> Reply:
        shape = one.get("content", {}).get("application/json", {}).get("schema")
        return Reply(
            status=status,
            description=str(one["description"]),
            type=self.type_of(shape) if shape else "",
            example=self._example_text(shape),
        )

    def _fields(self, shape: Shape) -> Iterator[Field]:
        required = set(shape.get("required", ()))
        for name, one in shape["properties"].items():
            yield Field(
                name=name,
                type=self.type_of(one),
                description=str(one.get("description", "")),
                required=name in required,
            )

    def type_of(self, shape: Shape) -> str:
        """Return a type in a few words: `[Slot]`, `date | null`, `"HELD" | "CONFIRMED"`."""
        if "$ref" in shape:
            return self._type_of_named(str(shape["$ref"]).removeprefix(_REF))
        if options := shape.get("anyOf") or shape.get("oneOf"):
            return " | ".join(dict.fromkeys(self.type_of(one) for one in options))
        if "enum" in shape:
            return " | ".join(json.dumps(value) for value in shape["enum"])
        if "const" in shape:
            return json.dumps(shape["const"])
        return self._plain_type(shape)

    def _type_of_named(self, name: str) -> str:
        shape = self.shapes[name]
        return name if "properties" in shape else self.type_of(shape)

    def _plain_type(self, shape: Shape) -> str:
        kind = str(shape.get("type", "any"))
        if kind == "array":
            return f"[{self.type_of(shape.get('items', {}))}]"
        if kind == "object":
            inner = shape.get("additionalProperties")
            return "{…: " + self.type_of(inner) + "}" if isinstance(inner, Mapping) else "{…}"
        return _TYPES.get(str(shape.get("format", "")), kind) + _bounds(shape)

    def _example_text(self, shape: Shape | None) -> str:
        return json.dumps(self.example(shape), ensure_ascii=False, indent=2) if shape else ""

    def example(self, shape: Shape, depth: int = 0) -> object:
        """Return something that has this shape."""
        if "$ref" in shape:
            return self.example(self.shapes[str(shape["$ref"]).removeprefix(_REF)], depth)
        if shape.get("examples"):
            return shape["examples"][0]
        for chosen in ("default", "const"):
            if shape.get(chosen) is not None:
                return shape[chosen]
        if options := shape.get("anyOf") or shape.get("oneOf") or ():
            return self.example(options[0], depth)
        return shape["enum"][0] if "enum" in shape else self._plain_example(shape, depth)

    def _plain_example(self, shape: Shape, depth: int) -> object:
        if depth > _DEPTH:
            return None
        if "properties" in shape:
            return {name: self.example(one, depth + 1) for name, one in shape["properties"].items()}
        if shape.get("type") == "array":
            return [self.example(shape.get("items", {}), depth + 1)]
        if shape.get("type") == "object":
            return {}
        kind = _TYPES.get(str(shape.get("format", "")), str(shape.get("type", "")))
        return max(shape["minimum"], 1) if "minimum" in shape else _EXAMPLES.get(kind)


def _bounds(shape: Shape) -> str:
    low = shape.get("minimum", shape.get("minLength"))
    high = shape.get("maximum", shape.get("maxLength"))
    if low is None and high is None:
        return ""
    return f" ({'' if low is None else low}–{'' if high is None else high})"


def _who(security: Iterable[Mapping[str, list[str]]]) -> Iterator[str]:
    """Who may call, in words."""
    labels: dict[str, Text] = {"VisitorToken": _("观众"), "DeviceToken": _("核验设备")}
    for one in security:
        if not one:
            yield _("任何人，不需要令牌")
        for scheme, scopes in one.items():
            if scheme == "ClientToken":
                yield from (_client_with(scope) for scope in scopes)
                if not scopes:
                    yield _("任何客户端")
            else:
                yield str(labels.get(scheme, scheme))


def _client_with(scope: str) -> str:
    return _("客户端，须有“%(label)s”（%(scope)s）") % {
        "label": SCOPE_LABELS[ApiScope(scope)],
        "scope": scope,
    }
