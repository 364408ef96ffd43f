"""The targets' desk: the target of a county, with a milestone."""

import datetime as dt
from decimal import Decimal
from typing import Any

from kexie.contexts.governance.models import ActionProgramme, Milestone, Target
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World


def _target(world: World) -> Target:
    programme = ActionProgramme.objects.get_or_create(
        association=world.association, name="科学素质提升行动",
        defaults={"unit": world.association, "starts_on": dt.date(2025, 1, 1)},
    )[0]  # fmt: skip
    return Target.objects.get_or_create(
        association=world.association, unit=world.yingzhou, programme=programme, name="开展科普活动",
        measure="governance.popular_activities", year=2026, basis="YEAR", goal=Decimal(40),
    )[0]  # fmt: skip


def _step(world: World) -> dict[str, Any]:
    target = _target(world)
    step = Milestone.objects.get_or_create(
        association=world.association, target=target, name="上半年过半", due_on=dt.date(2026, 6, 30), share=50,
        unit=world.yingzhou,
    )[0]  # fmt: skip
    return {"pk": target.pk, "row": step.pk}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"targets:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    here = {"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _target(world).pk}}
    return _page(name, **{**here, **options})


ROWS = (
    _page("programmes"),
    _page("list"),
    _page("print"),
    _page("sheet", other_role="MUSEUM_GATE"),
    _page("programme", kwargs=lambda world: {"pk": _target(world).programme_id}),
    _page("new", other_role="LEADER"),
    _page("copy", other_role="LEADER"),
    _page("import", other_role="LEADER"),
    _one("target"),
    _one("edit", other_role="LEADER"),
    _one("parts", other_role="LEADER"),
    _one("milestone", kwargs=_step),
)
