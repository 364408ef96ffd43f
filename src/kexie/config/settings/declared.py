"""Everything a deployment may set, in one table: docs/reference/settings.md is checked against it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kexie.kernel.errors import UserError
from kexie.platform.geo import System

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def _flag(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError(text)
    return text.lower() in _TRUE


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _gateway(text: str) -> str:
    if text not in {"none", "http", "screen"}:
        raise ValueError(text)
    return text


def _pairs(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in _names(text)]
    if not all(name and value for name, _sign, value in pairs):
        raise ValueError(text)
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text


def _site_address(text: str) -> str:
    found = _web_address(text.strip().rstrip("/"))
    if found.count("/") > 2:  # noqa: PLR2004  the two of the scheme
        raise ValueError(text)
    return found


def _tiles(text: str) -> list[str]:
    layers = text.split()
    for layer in layers:
        _web_address(layer)
        if not all(name in layer for name in ("{z}", "{x}", "{y}")):
            raise ValueError(text)
    return layers


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it is when unset, how its text is read, and what it is for."""

    env: str
    default: str
    read: Callable[[str], Any]
    description: str

    def value(self) -> Any:
        """Return the value from the environment, or the default; raise UserError if the text makes no sense."""
        text = os.environ.get(self.env, self.default)
        try:
            return self.read(text)
        except ValueError:
            message = (
                f"环境变量 {self.env} 的值无效：{text!r}。 The value of {self.env} makes no sense: {text!r}."
            )
            raise UserError(message) from None


DECLARED = (
    Setting("KEXIE_HOME", "var", Path, "Folder for everything Kexie keeps: database, files, keys, logs, built static files."),
    Setting("DATABASE_URL", "", str, "postgresql://user:password@host:port/name of a PostgreSQL 15 or later; unset: the embedded one."),
    Setting("KEXIE_SECRET_KEY", "", str, "Key that signs sessions and forms; unset: made once and kept in KEXIE_HOME/keys/secret."),
    Setting("KEXIE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", _names, "Host names the site answers to, separated by commas."),
    Setting("KEXIE_TRUSTED_ORIGINS", "", _names, "Origins (https://…) that may post forms, where a proxy changes the host name."),
    Setting("KEXIE_ADDRESS", "", _site_address, "Where people reach the site (https://kexie.example.gov.cn), for links in messages that no request tells it; unset: as asked for, or as seen last."),
    Setting("KEXIE_HTTPS", "0", _flag, "1 behind HTTPS: secure cookies, HSTS, plain HTTP redirected; the proxy sends X-Forwarded-Proto."),
    Setting("KEXIE_TRUSTED_PROXIES", "0", int, "How many proxies of yours stand before the site and append to X-Forwarded-For."),
    Setting("KEXIE_TIME_ZONE", "Asia/Shanghai", str, "Time zone in which days begin and times are shown."),
    Setting("KEXIE_LOG_LEVEL", "INFO", str.upper, "Least severe message logged: DEBUG, INFO, WARNING or ERROR."),
    Setting("KEXIE_DEBUG", "0", _flag, "1 shows errors in the browser and serves unbuilt static files; for development only."),
    Setting("KEXIE_CRYPTO", "aes", str, "Ciphers for personal data: aes (AES-GCM, SHA-256) or sm (SM4-GCM, SM3)."),
    Setting("KEXIE_DATABASE_FAST", "0", _flag, "1 lets the embedded database forget recent writes at a power cut; for tests only."),
    Setting("KEXIE_API_RATE", "50", float, "Requests a second that one API client may send to one web process; twice as many after a pause."),
    Setting("KEXIE_WEBHOOKS_PRIVATE", "0", _flag, "1 lets webhooks go to machines of your own network, also by plain HTTP."),
    Setting("KEXIE_SITE_CODE", "", str, "网站标识码 of the public site, shown in its footer."),
    Setting("KEXIE_SITE_ICP", "", str, "ICP record number, shown in the footer."),
    Setting("KEXIE_SITE_POLICE", "", str, "公安备案 number, shown in the footer."),
    Setting("KEXIE_SMS", "none", _gateway, "How messages reach phones: http (a gateway), screen (shown in demonstrations, where it is always so) or none."),
    Setting("KEXIE_SMS_URL", "", _web_address, "Where the http gateway takes a message, as one posted JSON object: id, phone, text, template."),
    Setting("KEXIE_SMS_TOKEN", "", str, "Bearer token for the http gateway."),
    Setting("KEXIE_EMBEDDING_URL", "", _web_address, "Base address (…/v1) of an OpenAI-compatible server of vectors, asked in the background; unset: experts are found by words alone."),
    Setting("KEXIE_EMBEDDING_MODEL", "", str, "Name of its model; another name makes all vectors anew."),
    Setting("KEXIE_EMBEDDING_KEY", "", str, "Bearer key of that server, if it asks for one."),
    Setting("KEXIE_EMBEDDING_PREFIX", "", str, "Words that the model wants before a query (a problem), such as an instruction."),
    Setting("KEXIE_ROUTING_URL", "", _web_address, "Base address of an OSRM-compatible routing service, asked for tables of ways in the background; unset: imported tables or great circle × factor."),
    Setting("KEXIE_MAP_TILES", "", _tiles, "URLs of map tiles with {z}, {x} and {y}, lowest layer first, separated by spaces; unset: maps are drawn on plain paper."),
    Setting("KEXIE_MAP_SYSTEM", "WGS84", System, "What those tiles are drawn in: WGS84 (天地图, OpenStreetMap) or GCJ02 (高德, 腾讯)."),
    Setting("KEXIE_MAP_CREDIT", "", str, "Whose map it is and its 审图号, shown on each map that has tiles."),
    Setting("KEXIE_PAPER_FONTS", "", _pairs, "Fonts of official documents in place of the usual ones: 小标宋=…,仿宋=…,楷体=…,黑体=…,宋体=…"),
)  # fmt: skip
_BY_ENV = {setting.env: setting for setting in DECLARED}


def setting(env: str) -> Any:
    """Return the value of a declared environment variable."""
    return _BY_ENV[env].value()
