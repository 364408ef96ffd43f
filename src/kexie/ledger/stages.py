"""Stage records: a thing in the world moves on by a further dated record, never by an edited field.

A context declares TRANSITIONS in its `states.py`; `check_stage` lets its stage records refuse a jump when they are
drafted, by whatever path.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.ledger.models import Record, State

Transitions = Mapping[str, frozenset[str]]


def latest_stage(record: Record, *, entity: str) -> str:
    """Return the confirmed stage of the record's entity just before the record's own day, or ""."""
    same: dict[str, Any] = {entity: getattr(record, f"{entity}_id")}
    records: QuerySet[Any] = type(record)._default_manager.all()
    earlier = records.filter(state=State.CONFIRMED, occurred_on__lte=record.occurred_on, **same)
    latest = (
        earlier.exclude(pk=record.pk).order_by("-occurred_on", "-id").values_list("stage", flat=True).first()
    )
    return str(latest or "")


def next_stage(record: Record, *, entity: str) -> Any:
    """Return the entity's first confirmed stage record after the record's own day, or None."""
    same: dict[str, Any] = {entity: getattr(record, f"{entity}_id")}
    records: QuerySet[Any] = type(record)._default_manager.all()
    later = records.filter(state=State.CONFIRMED, occurred_on__gt=record.occurred_on, **same)
    return later.exclude(pk=record.pk).order_by("occurred_on", "id").first()


def check_stage(record: Record, *, entity: str, transitions: Transitions) -> None:
    """Raise ValidationError if the stage may not follow the entity's latest one, or what comes later may not follow it."""
    stage = getattr(record, "stage", "")
    if not all((stage, getattr(record, "occurred_on", None), getattr(record, f"{entity}_id", None))):
        return  # the fields themselves say what is missing
    options: Any = record._meta
    labels = dict(options.get_field("stage").flatchoices)
    before = latest_stage(record, entity=entity)
    if stage not in transitions.get(before, frozenset()):
        raise ValidationError({"stage": _jump(before, stage, labels)})
    after = next_stage(record, entity=entity)
    if after is not None and after.stage not in transitions.get(stage, frozenset()):
        values = {"day": after.occurred_on, "after": labels[after.stage], "stage": labels[stage]}
        said = _("%(day)s已登记“%(after)s”，之前不能插入“%(stage)s”；日期填错的请改，否则先撤回后面的环节。")
        raise ValidationError({"occurred_on": said % values})


def _jump(before: str, stage: str, labels: Mapping[str, Any]) -> str:
    values = {"before": labels.get(before, _("尚无记录")), "stage": labels.get(stage, stage)}
    if before == stage:
        return _("当前环节已经是“%(stage)s”，不用再登记。") % values
    return _("当前环节是“%(before)s”，不能直接登记“%(stage)s”；请先补登中间环节。") % values
