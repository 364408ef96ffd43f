"""Reads text back from the PDFs that Kexie makes: pages, each as the strings that are drawn on it."""

import base64
import re
import zlib

_STREAM = re.compile(rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)endstream", re.DOTALL)
_STRING = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_MARKS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(content: bytes) -> list[str]:
    """The words of each page, in the order in which they are drawn."""
    found = []
    for packed in _STREAM.findall(content):
        drawn = zlib.decompress(base64.a85decode(packed.strip().removesuffix(b"~>")))
        found.append(" ".join(map(_text, _STRING.findall(drawn))))
    return found


def _text(raw: bytes) -> str:
    plain = _ESCAPE.sub(_unescaped, raw)
    return plain.decode("utf-16-be") if b"\0" in plain or not plain.isascii() else plain.decode()


def _unescaped(found: re.Match[bytes]) -> bytes:
    mark = found[1]
    return bytes([int(mark, 8)]) if len(mark) == len("000") else _MARKS.get(mark, mark)
