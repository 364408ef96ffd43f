"""What the ledger does by itself."""

import datetime as dt

from kexie.ledger import figures, tasks
from kexie.ledger.models import Delta, TreeHead
from tests.ledger import build
from tests.ledger.build import NOW, cell


def test_fold_leaves_no_delta_and_no_figure_changed(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    before = figures.value(cell("sum"), world.scope)
    tasks.fold(timestamp=int(NOW.timestamp()))
    assert (Delta.objects.count(), figures.value(cell("sum"), world.scope)) == (0, before)


def test_sign_heads_signs_each_association_once(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    for _turn in (1, 2):
        tasks.sign_heads(timestamp=int(NOW.timestamp()))
    assert list(TreeHead.objects.values_list("association", "size")) == [(world.association.pk, 1)]
