"""How far a problem is disclosed: its title to everybody, its summary to verified experts, the rest after an undertaking.

Whoever looks after a problem reads its summary: without it nobody can be found. The full text and the papers are for the firm
itself and for those with an undertaking that stands, whoever they are.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models.problem import Problem

_Level = Problem.Confidentiality


class Disclosed(IntEnum):
    """How much somebody may read; each step includes those before."""

    TITLE = 0
    SUMMARY = 1
    FULL = 2


# What is undertaken, by version: a version is never edited, a change is a further one.
WORDINGS: Mapping[str, Promise] = {
    "2026-1": _(
        "我承诺：对了解到的企业情况和技术资料保密，只用于解决这个难题；不复制、不转发、不用于本人或他人的论文、专利和经营；"
        "合作终止后删除所存资料。企业依法公开或书面同意公开的内容除外。"
    )
}
CURRENT = "2026-1"
# As a form's label takes it.
WORDING: Any = WORDINGS[CURRENT]


def for_expert(confidentiality: str, *, is_verified: bool, undertook: bool) -> Disclosed:
    """Return how much of a problem an expert may read."""
    if undertook:
        return Disclosed.FULL
    if confidentiality == _Level.PUBLIC or (confidentiality == _Level.VERIFIED and is_verified):
        return Disclosed.SUMMARY
    return Disclosed.TITLE


def for_staff(*, is_firm: bool, undertook: bool) -> Disclosed:
    """Return how much of a problem in their scope the firm itself, or whoever looks after it, may read."""
    return Disclosed.FULL if is_firm or undertook else Disclosed.SUMMARY
