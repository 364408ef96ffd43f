"""Offline packages: for those who import, each within their own units."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.files import content
from kexie.workbench.packages import making, operations
from kexie.workbench.packages.models import Line, Merge, Package
from kexie.workbench.packages.states import Verdict
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World

TYPE = "rural.trainings"


def _package(world: World) -> Package:
    found = Package.objects.filter(association=world.association).select_related("file").first()
    if found:
        return found
    made = making.ask(
        unit=world.yingzhou, type_keys=[TYPE], period=Period.year(2026), with_records=False,
        valid_until=dt.date(2026, 5, 1), **_by(world),
    )  # fmt: skip
    return making.build(package=made)


def _by(world: World) -> dict[str, Any]:
    scope = Scope(association_id=world.association.pk)
    return {"actor": world.account("COUNTY_OFFICER", world.yingzhou), "now": world.now, "scope": scope}


def _merge(world: World) -> Merge:
    found = Merge.objects.filter(association=world.association).first()
    if found:
        return found
    package = _package(world)
    assert package.file is not None
    upload = SimpleUploadedFile("工作包.xlsx", content.read(package.file.digest))
    return operations.check(merge=operations.take_in(upload=upload, confirms=True, **_by(world)))


def _line(world: World) -> dict[str, Any]:
    merge = _merge(world)
    line, _made = Line.objects.get_or_create(
        association=world.association, merge=merge, type_key=TYPE, number=4, verdict=Verdict.ERROR
    )
    return {"pk": merge.pk, "line": line.pk}


def _page(name: str, **options: Any) -> Row:
    defaults = {
        "anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK, "other_role": "LEADER",
    }  # fmt: skip
    return Row(name=f"packages:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    given = {"wrong_unit": HIDDEN, "kwargs": lambda world: {"code": _package(world).code}}
    return _page(name, **{**given, **options})


def _returned(name: str, **options: Any) -> Row:
    return _one(name, **{"kwargs": lambda world: {"pk": _merge(world).pk}, **options})


ROWS = (
    _page("list"),
    _page("new"),
    _page("new", method="post", wrong_unit=INVALID, right=INVALID),
    _page("hand_in"),
    _page("hand_in", method="post", wrong_unit=INVALID, right=INVALID),
    _page("returned"),
    _one("one"),
    _one("file"),
    _returned("merge"),
    _returned("merge", method="post", right=MOVED),
    _returned("progress"),
    _returned("stop", method="post", right=MOVED),
    _returned("receipt"),
    _returned("line", kwargs=_line),
    _returned("line", kwargs=_line, method="post", data=lambda _world: {"decision": "LEAVE"}, right=MOVED),
)
