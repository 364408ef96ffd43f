"""Compiling to machine code, kept on disk so that it happens once at set-up and not in a planner's first request."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


_settings: Any = numba.config  # makes its names as it reads the environment
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
# Counting who holds an array at each call took nine tenths of the time. Nothing in here makes arrays, whoever calls holds them all, and
# numba refuses to compile what would need counting.
_INNER: dict[str, Any] = {
    **_OPTIONS,
    "no_cpython_wrapper": True,
    "_nrt": False,
}  # options that numba's types leave out


def _kept_in() -> Path:
    """Return a folder for what is compiled from just these sources: a file's own date would miss a change in another that it calls."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(here.rglob("*.py")):
        digest.update(source.read_bytes())
    beside = here / "__pycache__" if os.access(here, os.W_OK) else Path.home() / ".cache" / "kexie"
    return Path(_settings.CACHE_DIR or beside) / digest.hexdigest()[:16]


_settings.CACHE_DIR = str(_kept_in())


def compiled(function: Function) -> Function:
    """Compile on the first call for given types, for other compiled functions to call."""
    return cast("Function", numba.njit(**_INNER)(function))


def entrance(function: Function) -> Function:
    """Compile likewise what Python itself calls; other threads go on while it runs."""
    return cast("Function", numba.njit(**_OPTIONS)(function))
