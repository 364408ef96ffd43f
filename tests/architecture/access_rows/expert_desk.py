"""The experts' desk."""

from typing import Any

from kexie.contexts.matching.models import Expert, ExpertImport
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, MOVED, OK, SIGN_IN, Row, World


def _expert(world: World) -> Expert:
    made, is_new = Expert.objects.get_or_create(
        association=world.association, unit=world.yingzhou, name="王知远"
    )
    if is_new:
        made.seal("phone", "13800138000")
        made.save()
    return made


def _import(world: World) -> ExpertImport:
    return ExpertImport.objects.get_or_create(
        association=world.association, account=world.account("COUNTY_OFFICER", world.yingzhou),
        defaults={"file_name": "名册.csv", "source": "WORKBOOK", "state": "READY", "made_at": world.now},
    )[0]  # fmt: skip


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"expert_desk:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    return _page(name, **{"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _expert(world).pk}, **options})


ROWS = (
    _page("experts"),
    _page("new", other_role="LEADER"),
    _page("imports", other_role="LEADER"),
    _page("import_template", other_role="LEADER"),
    _one("import", other_role="LEADER", kwargs=lambda world: {"pk": _import(world).pk}),
    _one("expert"),
    _one("edit", other_role="LEADER"),
    _one("reveal", right=MOVED, other_role="LEADER"),
    _one(
        "reveal", method="post", other_role="LEADER",
        data=lambda _world: {"field": "phone", "reason": "邀请到厂"},
    ),
)  # fmt: skip
