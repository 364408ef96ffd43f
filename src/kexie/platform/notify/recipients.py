"""Where notices go: the telephone numbers of those that lower layers know by an id only.

An app whose people receive notices registers, when it is ready, how their number is found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from kexie.platform import crypto
from kexie.platform.notify.models import Notice, To

# From an id to a mobile number in clear; "" where there is none (any more).
FindPhone = Callable[[UUID], str]

_finders: dict[str, FindPhone] = {}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody to be told something: exactly one of the three."""

    visitor_id: UUID | None = None
    account_id: UUID | None = None
    phone: str = ""

    def __post_init__(self) -> None:
        if [bool(self.visitor_id), bool(self.account_id), bool(self.phone)].count(True) != 1:
            raise ValueError("a recipient is a visitor, an account or a number")

    @property
    def to(self) -> To:
        """Which of the three."""
        if self.phone:
            return To.PHONE
        return To.VISITOR if self.visitor_id else To.ACCOUNT

    @property
    def to_id(self) -> UUID | None:
        """The id of the visitor or account."""
        return self.visitor_id or self.account_id


def register(to: str, find_phone: FindPhone) -> None:
    """Let `find_phone` say the numbers of the recipients of one kind."""
    _finders[to] = find_phone


def phone_of(notice: Notice) -> str:
    """Return the number a notice goes to, or ""."""
    if notice.phone is not None:
        return crypto.decrypt(bytes(notice.phone), context=notice.pk.bytes).decode()
    find = _finders.get(notice.to)
    return find(notice.to_id) if find and notice.to_id else ""
