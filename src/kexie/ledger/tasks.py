"""What the ledger does by itself: folding deltas, signing heads."""

import datetime as dt

from kexie.foundation.units import queries as units
from kexie.ledger import log, rollups
from kexie.platform import tasks


@tasks.periodic("* * * * *")
def fold(*, at: dt.datetime) -> None:
    """Move the deltas of every association into cells, each minute; until then readers add them themselves."""
    for association in units.associations():
        rollups.fold_all(association_id=association.pk, now=at)


@tasks.periodic("*/10 * * * *")
def sign_heads(*, at: dt.datetime) -> None:
    """Sequence and sign the log of every association, every ten minutes."""
    for association in units.associations():
        log.sign_head(association_id=association.pk, now=at)
