"""Having works and problems turned into vectors, in the background, and forgetting those that may not be kept."""

import datetime as dt
import logging
import time
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kexie.contexts.matching.models import TextVector
from kexie.contexts.matching.queries import vectors as queries
from kexie.foundation.units import queries as units
from kexie.platform.matching.endpoint import Endpoint, NoVectors
from kexie.platform.matching.fields import Vector

logger = logging.getLogger(__name__)
_BATCH, _MOST = 32, 2000
_PAUSES = (1.0, 5.0)


def endpoint() -> Endpoint | None:
    """Return the endpoint that the settings name, if they do."""
    if not (settings.KEXIE_EMBEDDING_URL and settings.KEXIE_EMBEDDING_MODEL):
        return None
    return Endpoint(
        settings.KEXIE_EMBEDDING_URL, settings.KEXIE_EMBEDDING_MODEL, settings.KEXIE_EMBEDDING_KEY
    )


def refresh_all(*, now: dt.datetime, pauses: Sequence[float] = _PAUSES) -> int:
    """Make what vectors are missing for every association; return how many. Trouble is logged and left to the next time."""
    asked = endpoint()
    if asked is None:
        return 0
    made = 0
    for association in units.associations():
        try:
            made += refresh(association_id=association.pk, asked=asked, now=now, pauses=pauses)
        except NoVectors as error:
            logger.warning("embedding endpoint: %s", error)
            break
    return made


def refresh(*, association_id: UUID, asked: Endpoint, now: dt.datetime, pauses: Sequence[float] = ()) -> int:
    """Make the missing vectors of an association, at most some thousand at a time, each batch kept as it comes."""
    wanted = queries.texts(association_id, today=timezone.localdate(now))
    rows = TextVector.objects.filter(association=association_id)
    rows.exclude(model=asked.model, digest__in=list(wanted)).delete()
    known = set(rows.values_list("digest", flat=True))
    missing = [one for one in wanted if one not in known][:_MOST]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        made = _embedded(asked, [wanted[one] for one in batch], pauses)
        _keep(association_id, asked.model, batch, made, now)
    return len(missing)


def _embedded(asked: Endpoint, texts: Sequence[str], pauses: Sequence[float]) -> Vector:
    for pause in pauses:
        try:
            return asked.embed(texts)
        except NoVectors as error:
            logger.info("embedding endpoint, tried again: %s", error)
            time.sleep(pause)
    return asked.embed(texts)


@transaction.atomic
def _keep(association_id: UUID, model: str, digests: Sequence[str], made: Vector, now: dt.datetime) -> None:
    """Keep vectors beside others of the model, unless they have another length: those must not be mixed."""
    rows = TextVector.objects.filter(association=association_id, model=model)
    dimension = rows.values_list("dimension", flat=True).first()
    if dimension not in (None, made.shape[1]):
        raise NoVectors(f"{made.shape[1]} dimensions where {dimension} are kept")
    TextVector.objects.bulk_create(
        [
            TextVector(
                association_id=association_id, model=model, digest=one, dimension=made.shape[1],
                vector=row.astype("<f4").tobytes(), made_at=now,
            )
            for one, row in zip(digests, made, strict=True)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
