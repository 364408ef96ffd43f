"""Writing: for those who read this area of work, each within their own units."""

from typing import Any

from django.core.files.base import ContentFile

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.writing import operations
from kexie.reporting.writing.demo import word
from kexie.reporting.writing.models import DocumentTemplate, WrittenDocument
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World


def _by(world: World) -> dict[str, Any]:
    officer = world.account("COUNTY_OFFICER", world.yingzhou)
    return {"scope": Scope(association_id=world.association.pk), "actor": officer, "now": world.now}


def _template(world: World) -> DocumentTemplate:
    found = DocumentTemplate.objects.filter(association=world.association).first()
    return found or operations.add_template(
        file=ContentFile(word(("总结", '讲座{{ 数("governance.lectures") }}。'))), name="总结", kind="REPORT",
        unit=world.yingzhou, **_by(world),
    )  # fmt: skip


def _document(world: World) -> WrittenDocument:
    found = WrittenDocument.objects.filter(association=world.association).first()
    if found:
        return found
    made = operations.begin(
        template=_template(world), title="总结", period=Period.year(2025), words={}, form={}, **_by(world)
    )
    while operations.advance(document_id=made.pk, now=world.now):
        pass
    return made


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"writing:{name}", **{**defaults, **options})


def _one(name: str, find: Any, more: dict[str, str] | None = None, **options: Any) -> Row:
    kwargs = lambda world: {"pk": find(world).pk, **(more or {})}  # noqa: E731 - one shape for every row
    return _page(name, **{"wrong_unit": HIDDEN, "kwargs": kwargs, **options})


ROWS = (
    _page("list"),
    _page("templates"),
    _page("new_template", other_role="LEADER"),
    _page("new_template", method="post", other_role="LEADER", wrong_unit=INVALID, right=INVALID),
    _page("numbers"),
    _one("template", _template),
    _one("template", _template, method="post", other_role="LEADER", right=MOVED),
    _one("template_file", _template),
    _one("one", _document),
    _one("one", _document, method="post", other_role="LEADER", right=MOVED),
    _one("file", _document, {"kind": "docx"}),
)
