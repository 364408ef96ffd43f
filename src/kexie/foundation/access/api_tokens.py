"""The tokens of API clients."""

from kexie.foundation.access import clients
from kexie.foundation.access.callers import Kind, Token

API_TOKENS = (Token(kind=Kind.CLIENT, prefix=clients.PREFIX, find=clients.find),)
