"""The cookie that says who signed in: not readable by scripts, not sent from other sites' forms."""

from django.conf import settings
from django.http import HttpResponseBase

from kexie.foundation.visitors import rules

NAME = "kexie_visitor"


def put(response: HttpResponseBase, token: str) -> None:
    """Have the browser keep the token."""
    response.set_cookie(
        NAME,
        token,
        max_age=rules.SIGN_IN_LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def drop(response: HttpResponseBase) -> None:
    """Have the browser forget it."""
    response.delete_cookie(NAME, samesite="Lax")
