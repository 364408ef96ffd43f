"""Decides the orders of a web process in batches; see `batching`.

An order whose answer was lost with the connection finds its own reservation by its key the second time. One whose time
ran out while it was being decided may still be granted, and is found by its key when it is sent again.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from kexie.platform.capacity import batching, engine, holders, memory
from kexie.platform.capacity.orders import Answer, Order, Reason, Refused


def decided(orders: Sequence[Order]) -> list[Answer]:
    """Decide a batch on this thread's connection, connecting again when it was lost."""
    return list(batching.again(_decided, orders))


def _decided(orders: Sequence[Order]) -> list[Answer]:
    batching.connect()
    few = [memory.left_for(order) for order in orders]
    hopeless = [n for n, order in enumerate(orders) if few[n] is not None or order.refusal]
    answers: dict[int, Answer] = {}
    if hopeless:
        known = engine.find_known([orders[n] for n in hopeless], cursor=engine.plain_cursor())
        for n, found in zip(hopeless, known, strict=True):
            answers[n] = found or Refused(orders[n].refusal or Reason.FULL, left=few[n] or 0)
    rest = [n for n in range(len(orders)) if n not in answers]
    ended = holders.signed_out([orders[n] for n in rest])
    answers.update({rest[n]: Refused(Reason.SIGNED_OUT) for n in ended})
    rest = [n for n in rest if n not in answers]
    answers.update(zip(rest, _placed([orders[n] for n in rest]), strict=True))
    return [answers[n] for n in range(len(orders))]


def _placed(orders: Sequence[Order]) -> list[Answer]:
    if not orders:
        return []
    now = timezone.now()
    try:
        with transaction.atomic():
            answers, left = engine.decide(orders, now=now, cursor=engine.plain_cursor())
    except IntegrityError:
        return engine.place(orders, now=now)
    memory.remember(left)
    return answers


_orders: batching.Batches[Order, Answer] = batching.Batches("capacity-writer", _decided)
submit, submit_soon, stop = _orders.ask, _orders.ask_soon, _orders.stop
