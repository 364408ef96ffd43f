"""Errors that are told to a person."""

from collections.abc import Mapping

from django.utils.functional import Promise

Text = str | Promise


class UserError(Exception):
    """An anticipated failure whose message tells the user what to do.

    `fields` maps a field's name to its own message, for display beside that field.
    """

    def __init__(self, message: Text = "", *, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message) or "; ".join(str(text) for text in self.fields.values())


class Forbidden(UserError):
    """The account may not do this here."""


class NotFound(UserError):
    """There is no such thing within the account's scope; told apart from Forbidden nowhere."""


class Unauthenticated(UserError):
    """Nobody we know: no token, or one that is wrong, has expired or was revoked."""


class Conflict(UserError):
    """Someone or something was there first; the same again will not succeed until that changes."""


class Throttled(UserError):
    """Too much at once; the same again succeeds after `retry_after` seconds."""

    def __init__(self, message: Text = "", *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(UserError):
    """Something of ours cannot be reached just now; the same again may succeed after `retry_after` seconds."""

    retry_after = 2
