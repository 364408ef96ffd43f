"""The problems' desk: whoever looks after a problem, and the firm that posted it."""

from typing import Any

from kexie.contexts.matching.models import Problem
from kexie.foundation.units.models import Kind
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, MOVED, OK, SIGN_IN, Row, World


def _problem(world: World) -> Problem:
    known = Problem.objects.filter(association=world.association, number="2026-001").first()
    if known:
        return known
    firm = world.unit(world.yingzhou, Kind.FIRM, "颍州一厂", "341202")
    return Problem.objects.create(
        association=world.association, number="2026-001", unit=world.yingzhou, firm=firm, name="焊缝气孔",
        summary="气孔率偏高",
    )  # fmt: skip


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"problem_desk:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    return _page(
        name, **{"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _problem(world).pk}, **options}
    )


ROWS = (
    _page("problems"),
    _page("new", other_role="LEADER"),
    _page("board"),
    _page("engaged"),
    _page("follow_ups"),
    _one("problem"),
    _one("edit", other_role="LEADER"),
    _one("terms"),
    _one("text", right=MOVED),
    _one(
        "paper", right=FORBIDDEN, kwargs=lambda world: {"pk": _problem(world).pk, "paper": _problem(world).pk}
    ),
)
