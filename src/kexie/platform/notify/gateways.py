"""How a text reaches a phone: by an SMS gateway over HTTP, on the screen of a demonstration, or not at all.

`http` posts one JSON object to KEXIE_SMS_URL, with `Authorization: Bearer KEXIE_SMS_TOKEN` if a token is set:
`{"id", "phone", "text", "template"}`. `id` is the same at every attempt, so that a gateway can drop doubles. An
answer of 2xx is success; 408, 425, 429, 5xx and no answer are tried again; anything else is final.
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Protocol
from uuid import UUID

from django.conf import settings

from kexie.platform.notify.models import Problem

_TIMEOUT = 10  # seconds
_SUCCESS, _REDIRECT = 200, 300
_LATER = frozenset({408, 425, 429})
_BROKEN = 500


@dataclass(frozen=True)
class Message:
    """What a gateway is given."""

    id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    template: str


class NotSent(Exception):
    """The gateway did not take the message. Unless `final`, it is tried again."""

    def __init__(self, problem: Problem, *, final: bool = False) -> None:
        super().__init__(problem.value)
        self.problem, self.final = problem, final


class Gateway(Protocol):
    """Takes messages, or raises NotSent."""

    def send(self, message: Message) -> None:
        """Send one."""


class Screen:
    """A demonstration: the inbox and the sign-in page show what a phone would have got."""

    def send(self, message: Message) -> None:
        """Nothing leaves the machine."""


class Http:
    """An SMS service reached over HTTP."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def send(self, message: Message) -> None:
        """Post the message."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = json.dumps(asdict(message), ensure_ascii=False).encode()
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310  declared as http(s)
        try:
            with _opener.open(request, timeout=_TIMEOUT) as answer:
                _judge(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            _judge(error.code)
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(Problem.UNREACHABLE) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token and the number elsewhere."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)
_is_demonstration: list[Callable[[UUID], bool]] = []


def register_demonstrations(is_demonstration: Callable[[UUID], bool]) -> None:
    """Let the function say which associations are demonstrations: nothing of theirs is ever sent to a phone."""
    _is_demonstration[:] = [is_demonstration]


def on_screen(association_id: UUID) -> bool:
    """Whether messages of the association are shown instead of sent: in demonstrations, and never elsewhere."""
    return any(asked(association_id) for asked in _is_demonstration)


def gateway(association_id: UUID) -> Gateway | None:
    """Return the gateway for the messages of an association, or None where there is none."""
    if on_screen(association_id):
        return Screen()
    if settings.KEXIE_SMS == "http" and settings.KEXIE_SMS_URL:
        return Http(settings.KEXIE_SMS_URL, settings.KEXIE_SMS_TOKEN)
    return None


def _judge(status: int) -> None:
    if _SUCCESS <= status < _REDIRECT:
        return
    if status in _LATER or status >= _BROKEN:
        raise NotSent(Problem.BROKEN)
    raise NotSent(Problem.REFUSED, final=True)
