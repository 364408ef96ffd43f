"""Serves the few addresses of the API that are asked in a rush before Django does, and hands on all others.

What they do is the same as their operations in the API's frame do, by the same functions; only the frame around it
(a dozen middlewares, the router, the response classes) is left out. `rest` rooms list them as `FAST`.
"""

import json
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.utils import timezone, translation
from pydantic import ValidationError

from kexie.api import errors
from kexie.foundation.access.web.address import address_from
from kexie.kernel.errors import Unavailable, UserError
from kexie.kernel.plain import FastRoute, Later, PlainAnswer, PlainRequest

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Written = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_Answer = TypeVar("_Answer")
_PREFIXES = ("/api/v1/", "/checkin/api/")
_LARGEST = 1 << 20
_JSON = ("Content-Type", "application/json; charset=utf-8")
log = logging.getLogger("django.request")


@cache
def routes() -> tuple[FastRoute, ...]:
    """Return the `FAST` of each app's `rest` room."""
    rooms = [f"{app.name}.rest" for app in apps.get_app_configs() if app.name.startswith("kexie.")]
    found = [getattr(import_module(room), "FAST", ()) for room in rooms if find_spec(room)]
    return tuple(route for some in found for route in some)


def before(django: Application) -> Application:
    """Return the application that looks at a request first."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        found = _find(environ)
        if found is None:
            return django(environ, start_response)
        return _serve(*found, environ, start_response)

    return application


def begin(
    method: str, path: str, headers: dict[str, str], body: bytes, remote: str
) -> Written | Later | None:
    """Begin a request in the thread that serves all connections; None leaves it to `before`.

    An answer that comes later is made of what was promised by `finish`.
    """
    found = _route(method, path)
    is_json = headers.get("content-type", "").startswith("application/json")
    host, scheme = headers.get("host", ""), headers.get("x-forwarded-proto", "")
    if found is None or not is_json or not _is_welcome(host, scheme):
        return None
    ip = address_from(headers.get("x-forwarded-for", ""), remote)
    request = PlainRequest(args=found[1], headers=headers, body=body, ip=ip, now=timezone.now())
    with _in_language(headers.get("accept-language", "")):
        begun = _answered(found[0], partial(found[0].begin, request))
        return begun if begun is None or isinstance(begun, Later) else _written(begun)


def finish(later: Later, headers: dict[str, str]) -> Written:
    """Return the answer that was promised and is there now."""
    with _in_language(headers.get("accept-language", "")):
        return _written(_answered(None, lambda: later.finish(later.promise.result())))


def unavailable() -> Written:
    """Return the answer for whoever waited too long."""
    return _written(errors.of_user_error(Unavailable()))


def _find(environ: Environ) -> tuple[FastRoute, dict[str, str]] | None:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    host, scheme = str(environ.get("HTTP_HOST", "")), str(environ.get("HTTP_X_FORWARDED_PROTO", ""))
    if not path.startswith(_PREFIXES) or _too_large(environ) or not _is_welcome(host, scheme):
        return None
    return _route(method, path)


def _route(method: str, path: str) -> tuple[FastRoute, dict[str, str]] | None:
    for route in routes():
        if route.method == method and (match := route.path.fullmatch(path)):
            return route, match.groupdict()
    return None


def _too_large(environ: Environ) -> bool:
    """Whether Django must deal with the body: too long, of unknown length, or not JSON."""
    length = environ.get("CONTENT_LENGTH") or ""
    is_json = str(environ.get("CONTENT_TYPE", "")).startswith("application/json")
    return not length.isdigit() or int(length) > _LARGEST or not is_json


def _is_welcome(host: str, scheme: str) -> bool:
    """Whether the host is ours and the connection as safe as is asked for; Django answers all others."""
    host = host.rpartition(":")[0] or host
    known = "*" in settings.ALLOWED_HOSTS or host in settings.ALLOWED_HOSTS
    is_safe = not settings.HTTPS or scheme == "https"
    return known and is_safe


def _serve(
    route: FastRoute, args: dict[str, str], environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    with _in_language(str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))):
        request = _request(args, environ)
        answer = _answered(route, lambda: route.handle(request))
    if not connection.in_atomic_block:  # of a test
        close_old_connections()
    status, headers, body = _written(answer)
    start_response(status, headers)
    return [body]


def _in_language(accepted: str) -> AbstractContextManager[None]:
    language = "en" if accepted.startswith("en") else "zh-hans"
    return nullcontext() if translation.get_language() == language else translation.override(language)


def _request(args: dict[str, str], environ: Environ) -> PlainRequest:
    headers = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    ip = address_from(headers.get("x-forwarded-for", ""), str(environ.get("REMOTE_ADDR", "")))
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return PlainRequest(args=args, headers=headers, body=body, ip=ip, now=timezone.now())


def _answered(route: FastRoute | None, does: Callable[[], _Answer]) -> _Answer | HttpResponse:
    try:
        return does()
    except UserError as error:
        return errors.of_user_error(error)
    except ValidationError as error:
        return errors.of_validation_error(error)
    except Exception:
        log.exception("%s failed", route.path.pattern if route else "answering")
        return errors.answer(500, "failed")


def _written(answer: PlainAnswer | HttpResponse) -> Written:
    if isinstance(answer, HttpResponse):
        status, body = f"{answer.status_code} {answer.reason_phrase}", answer.content
        headers = list(answer.headers.items())
    else:
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        body = json.dumps(answer.content, ensure_ascii=False, separators=(",", ":")).encode()
        headers = [_JSON, *answer.headers.items()]
    return status, [*headers, ("Content-Length", str(len(body))), ("Cache-Control", "no-store")], body
