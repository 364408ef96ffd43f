"""Stage records: dated steps of a thing in the world, checked against the transitions its context declares."""

from collections.abc import Mapping
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from kexie.ledger.models.record import Record, State

Stage = TypeVar("Stage", bound=TextChoices)
Transitions = Mapping[Stage | None, frozenset[Stage]]


def check_follows(record: Record, *, entity: str, transitions: Transitions[Stage], stages: type[Stage]) -> None:
    """Raise ValidationError unless the record's `stage` may follow the thing's last confirmed one by its day.

    entity: the name of the foreign key to the thing. The key None of `transitions` is the thing before any record.
    """
    thing_id, stage = getattr(record, f"{entity}_id"), getattr(record, "stage", "")
    if not (thing_id and stage and record.occurred_on):
        return
    before = _stage_before(record, entity, stages)
    if stage not in transitions[before]:
        label = before.label if before else _("尚无记录")
        message = _("目前的阶段是“%(before)s”，不能接着记为“%(stage)s”。")
        raise ValidationError({"stage": message % {"before": label, "stage": stages(stage).label}})


def _stage_before(record: Record, entity: str, stages: type[Stage]) -> Stage | None:
    thing = {f"{entity}_id": getattr(record, f"{entity}_id")}
    rows = type(record)._default_manager.filter(
        state=State.CONFIRMED, occurred_on__lte=record.occurred_on, **thing
    )
    last = rows.order_by("-occurred_on", "-pk").values_list("stage", flat=True).first()
    return stages(last) if last else None
