"""Where the database is: DATABASE_URL, or the embedded PostgreSQL in KEXIE_HOME."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kexie.config.postgres import Cluster
from kexie.config.postgres.cluster import DATABASE, PORT, ROLE
from kexie.kernel.errors import UserError

ENGINE = "kexie.config.database"
_COMMON: dict[str, Any] = {"ENGINE": ENGINE, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def embedded(home: Path, *, fast: bool) -> tuple[dict[str, Any], Cluster]:
    """Return Django's entry for the embedded server and the server itself; nothing is started yet."""
    return {**_COMMON, "NAME": DATABASE, "USER": ROLE, "PORT": PORT}, Cluster(home, fast=fast)


def from_url(url: str) -> dict[str, Any]:
    """Return Django's entry for a postgresql:// address; raise UserError if it is none."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        message = (
            "DATABASE_URL 应形如 postgresql://用户:密码@主机:5432/库名。 "
            "DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
        raise UserError(message)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        **_COMMON,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "OPTIONS": options,
    }
