"""The tokens of visitors, as the API knows its callers by them."""

import datetime as dt

from kexie.foundation.access.callers import ApiActor, Caller, Kind, Token
from kexie.foundation.visitors import queries, tokens
from kexie.kernel.scope import Scope


def find(token: str, now: dt.datetime) -> Caller | None:
    """Return the visitor the token names, who sees of the association what the public sees; asks no database."""
    said = tokens.verify(token, now=now)
    if said is None:
        return None
    return Caller(
        kind=Kind.VISITOR,
        association_id=said.association_id,
        scope=Scope(association_id=said.association_id),
        actor=ApiActor(said.visitor_id, str(said.visitor_id)[-8:]),
        visitor_id=said.visitor_id,
        epoch=said.epoch,
    )


def is_ended(token: str, now: dt.datetime) -> bool:
    """Whether the visitor signed out everywhere, was stopped or deleted their account since."""
    return queries.by_token(token, now=now) is None


# Nothing marks these tokens, so any that begins like no other is one.
API_TOKENS = (Token(kind=Kind.VISITOR, prefix="", find=find, is_ended=is_ended, is_plain=True),)
