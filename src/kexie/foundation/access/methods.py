"""Ways to sign in besides the password: the seam for OIDC, WeChat and whatever a city has.

A method sends the browser to its provider and, when it comes back, says which identity the provider vouched for.
Which account that is, the second factor, lock-out, sessions and the log are the same for all and none of its
business. To add one, write a class with these four members and name it in the setting SIGN_IN_METHODS (dotted
paths). The password is always there and is not in the list.
"""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Identity:
    """Who someone is to a provider. `subject` never changes and is never given to another person."""

    provider: str
    subject: str


class SignInMethod(Protocol):
    """One provider. Keep what must survive the journey (state, nonce) in `request.session`."""

    key: str
    label: str | Promise

    def start(self, request: HttpRequest, back: str) -> HttpResponse:
        """Send the browser to the provider, to return to the absolute address `back`."""

    def finish(self, request: HttpRequest) -> Identity:
        """Return who came back; raise `sign_in.SignInRefused` with a message when nobody did."""


def methods() -> dict[str, SignInMethod]:
    """Return the configured methods by key, in the order of the setting."""
    made = [_make(path) for path in getattr(settings, "SIGN_IN_METHODS", ())]
    return {method.key: method for method in made}


@cache
def _make(path: str) -> SignInMethod:
    method: SignInMethod = import_string(path)()
    return method
