"""Compiling to machine code, kept on disk so that it happens once at set-up and not in a planner's first request."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_INNER: dict[str, Any] = {
    **_OPTIONS,
    "no_cpython_wrapper": True,
}  # compiles sooner; an option that numba's types leave out


def compiled(function: Function) -> Function:
    """Compile on the first call for given types, for other compiled functions to call."""
    return cast("Function", numba.njit(**_INNER)(function))


def entrance(function: Function) -> Function:
    """Compile likewise what Python itself calls; other threads go on while it runs."""
    return cast("Function", numba.njit(**_OPTIONS)(function))
