"""Finding experts for problems and problems for experts."""

from typing import Any

from kexie.contexts.matching.models import Invitation, Problem
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public
from tests.architecture.access_rows.expert_desk import _expert


def _problem(world: World) -> Problem:
    return Problem.objects.get_or_create(
        association=world.association, unit=world.yingzhou, area=world.yingzhou.area, number="2026-900",
        defaults={"name": "焊缝跟踪偏差", "firm": world.school},
    )[0]  # fmt: skip


def _invitation(world: World) -> Invitation:
    return Invitation.objects.get_or_create(
        association=world.association, problem=_problem(world), expert=_expert(world),
        defaults={
            "invited_at": world.now, "expires_at": world.now, "invited_by": world.account("COUNTY_OFFICER", world.yingzhou),
        },
    )[0]  # fmt: skip


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": HIDDEN, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"finding:{name}", **{**defaults, **options})


ROWS = (
    _page("quality", wrong_unit=OK),
    _page("experts", kwargs=lambda world: {"pk": _problem(world).pk}),
    _page("problems", kwargs=lambda world: {"pk": _expert(world).pk}),
    public("invitation:answer", kwargs=lambda world: {"code": _invitation(world).code}),
    Row(
        name="invitation:paper", anonymous=HIDDEN, wrong_unit=HIDDEN, wrong_role=HIDDEN, right=HIDDEN,
        kwargs=lambda world: {"code": _invitation(world).code, "paper": _problem(world).pk},
    ),
)  # fmt: skip
