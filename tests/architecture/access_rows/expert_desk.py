"""The experts' desk."""

from typing import Any

from django.utils import timezone

from kexie.contexts.matching.models import Expert, ExpertImport
from kexie.contexts.matching.operations.expert_self import still_right_path
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, MOVED, OK, SIGN_IN, Row, World, public


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


def _own(world: World) -> Expert:
    one = _expert(world)
    Expert.objects.filter(pk=one.pk).update(account=world.account("EXPERT", world.yingzhou))
    return one


def _token(world: World) -> str:
    return still_right_path(_expert(world), timezone.now()).rstrip("/").rpartition("/")[2]


def _mine(name: str) -> Row:
    return Row(
        name=f"my_expert:{name}", anonymous=SIGN_IN, wrong_role=FORBIDDEN, right=OK, role="EXPERT",
        kwargs=lambda world: _own(world) and {},
    )  # fmt: skip


ROWS = (
    _mine("page"),
    _mine("edit"),
    public("my_expert:still_right", kwargs=lambda world: {"token": _token(world)}),
    _page("experts"),
    _page("new", other_role="LEADER"),
    _page("imports", other_role="LEADER"),
    _page("import_template", other_role="LEADER"),
    _one("import", other_role="LEADER", kwargs=lambda world: {"pk": _import(world).pk}),
    _page("requests", other_role="LEADER"),
    _page("lookalikes", other_role="LEADER"),
    _one("pair", other_role="LEADER", kwargs=lambda world: {"pk": _expert(world).pk, "other": _expert(world).pk}),
    _one("expert"),
    _one("edit", other_role="LEADER"),
    _one("reveal", right=MOVED, other_role="LEADER"),
    _one(
        "reveal", method="post", other_role="LEADER",
        data=lambda _world: {"field": "phone", "reason": "邀请到厂"},
    ),
)  # fmt: skip
