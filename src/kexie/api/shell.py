"""The API: what each app's `rest` room offers, under one address and one schema."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from kexie.api import errors
from kexie.foundation.access.callers import ApiScope, Kind
from kexie.foundation.access.web.callers import Others

VERSION = "1"
_TITLE = gettext_noop("数字科协开放接口")
_DESCRIPTION = gettext_noop(
    "地址都在 /api/v1/ 下。时间都带时区；日期是科协所在时区的日期；期间的首日和末日都含在内。"
)
_ANSWERED_BY_ALL = (401, 403, 404, 422, 429)
_ANSWERED_BY_WRITES = (400, 409)


class Api(NinjaAPI):
    """Adds to the schema what holds for every operation, in the reader's language."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the operation's name: that of its function."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the schema."""
        schema = _Schema(self, path_prefix or self.get_root_path(path_params or {}))
        schema["components"].setdefault("schemas", {})["Error"] = errors.Error.model_json_schema()
        for method, details, operation in self._described(schema):
            _complete(details, method, operation)
        translated: OpenAPISchema = _translated(schema)
        return translated

    def _described(self, schema: OpenAPISchema) -> Iterator[tuple[str, dict[str, Any], Operation]]:
        by_name = {
            one.view_func.__name__: one
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for one in view.operations
        }
        for methods in schema["paths"].values():
            for method, details in methods.items():
                yield method, details, by_name[details["operationId"]]


class _Schema(OpenAPISchema):
    """Refuses two shapes of one name: readers of the schema would see the last of them in both places."""

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Add shapes by name."""
        for name, shape in definitions.items():
            if self.schemas.setdefault(name, shape) != shape:
                raise ValueError(f"two schemas of the API are called {name}")


def _complete(details: dict[str, Any], method: str, operation: Operation) -> None:
    """Add the failures, the scopes, and leave out the docstring: it speaks to programmers of Kexie."""
    statuses = _ANSWERED_BY_ALL if method == "get" else (*_ANSWERED_BY_ALL, *_ANSWERED_BY_WRITES)
    for status in sorted(statuses):
        details["responses"].setdefault(status, _failure(status))
    if operation.description == operation.signature.docstring:
        details.pop("description", None)
    who = next((auth.who for auth in operation.auth_callbacks if isinstance(auth, Others)), ())
    for one in details.get("security", ()):
        if "ClientToken" in one:
            one["ClientToken"] = [str(scope) for scope in who if isinstance(scope, ApiScope)]
    if Kind.ANYONE in who:
        details.setdefault("security", []).append({})


def _failure(status: int) -> dict[str, Any]:
    return {
        "description": errors.MEANINGS[status],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


_SAID = ("title", "summary", "description", "tags")


def _translated(part: Any, key: str = "") -> Any:
    """The same with what people read in the language of the moment."""
    if isinstance(part, dict):
        for name, value in part.items():
            part[name] = _translated(value, name)
    elif isinstance(part, list):
        return [_translated(one, key) for one in part]
    elif key in _SAID and isinstance(part, str) and part:
        return _(part)
    return part


@cache
def build() -> Api:
    """Return the API with every router there is."""
    api = Api(
        title=_TITLE,
        version=VERSION,
        description=_DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
    )
    errors.register(api)
    for router in routers():
        api.add_router("", router)
    return api


def routers() -> list[Router]:
    """Return the `ROUTERS` of each app's `rest` room, or its one `ROUTER`."""
    rooms = [f"{app.name}.rest" for app in apps.get_app_configs() if app.name.startswith("kexie.")]
    modules = [import_module(room) for room in rooms if find_spec(room)]
    return [one for module in modules for one in getattr(module, "ROUTERS", None) or (module.ROUTER,)]


def schema() -> OpenAPISchema:
    """Return the schema in the language of the moment; made once for each."""
    return _schema(translation.get_language() or "")


@cache
def _schema(_language: str) -> OpenAPISchema:
    return build().get_openapi_schema(path_prefix="/api/v1/")


def in_our_shape(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Have a view of the API answer a wrong method as it answers every other failure."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.answer(405, "not_allowed", headers={"Allow": response.headers["Allow"]})
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # as the view: no cookie lets anyone in
    return answered


def nothing_here(_request: HttpRequest, **_path: str) -> HttpResponse:
    """Answer for addresses below the API that do not exist."""
    return errors.answer(404, "not_found", _("没有这个地址，请查看 /api/ 的接口文档。"))
