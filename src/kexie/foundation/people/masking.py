"""Masks for personal data, as lists and public pages show it."""

_RESIDENT_ID, _MOBILE = 18, 11
_SHORT_NAME = 2


def mask_name(name: str) -> str:
    """Return 张*三 for 张小三 and 张* for 张三: at most the first and, of three or more, the last."""
    if len(name) <= _SHORT_NAME:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_document(number: str) -> str:
    """Return `3412**********002X` for a resident ID; other documents keep two characters at either end."""
    head, tail = (4, 4) if len(number) == _RESIDENT_ID else (2, 2)
    if len(number) <= head + tail:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_phone(number: str) -> str:
    """Return `138****5678`; shorter numbers keep their last two digits."""
    if len(number) < _MOBILE:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
