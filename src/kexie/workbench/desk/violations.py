"""What the database refused, in words for the person at the desk."""

from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

UNIQUE, EXCLUSION, NOT_NULL, CHECK, FOREIGN_KEY = "23505", "23P01", "23502", "23514", "23503"


def message(error: IntegrityError, model: type[models.Model]) -> str:
    """Return the declared message of the constraint that was broken, or a general one for its kind."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    declared = next((one for one in model._meta.constraints if one.name == name), None)
    if declared is not None and _is_own(declared):
        return str(declared.get_violation_error_message())
    labels = "、".join(_labels(declared, model))
    about = f"（{labels}）" if labels else ""
    match getattr(error.__cause__, "sqlstate", ""):
        case state if state == UNIQUE and name.endswith("_source"):
            return _("相同编号或内容的记录已经导入过。")
        case state if state in {UNIQUE, EXCLUSION}:
            return _("与已有记录冲突%(about)s，请核对是否重复或时间重叠。") % {"about": about}
        case state if state == NOT_NULL:
            field: Any = next(
                (one for one in model._meta.fields if one.column == getattr(diagnosis, "column_name", "")),
                None,
            )
            return _("缺少必填项：%(field)s。") % {"field": field.verbose_name if field else name}
        case _:
            return _("不符合填报规则，请核对各项是否互相矛盾。")


def _is_own(constraint: Any) -> bool:
    return bool(constraint.violation_error_message != constraint.default_violation_error_message)


def _labels(constraint: Any, model: type[models.Model]) -> list[str]:
    names = getattr(constraint, "fields", ()) or ()
    fields: list[Any] = [model._meta.get_field(name) for name in names if name != "association"]
    return [str(field.verbose_name) for field in fields]
