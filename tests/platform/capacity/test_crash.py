"""Processes that book are killed in the middle, again and again: what was acknowledged stands, and nothing twice."""

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence

import pytest
from django.db import connection
from django.db.models import Sum

from kexie.platform.capacity import queries
from kexie.platform.capacity.models import Reservation, Seat
from kexie.platform.capacity.orders import Order
from tests.platform.capacity.build import ASSOCIATION, offer, order
from tests.platform.capacity.test_crowd import ROOT, line

pytestmark = pytest.mark.usefixtures("committed")
KILLS = 3


class Client:
    """Sends orders to a process that books, notes what is acknowledged, and sends the rest again after a crash."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self.lines = {one.key: line(one) for one in orders}
        self.acknowledged: dict[str, set[str]] = defaultdict(set)
        self.answered: set[str] = set()

    def send(self, *, kill_after: float | None) -> None:
        """Send whatever has no answer yet, and a tenth of what has; SIGKILL the process in the middle."""
        again = random.sample(sorted(self.answered), len(self.answered) // 10)
        keys = [key for key in self.lines if key not in self.answered] + again
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.platform.capacity.booker", connection.settings_dict["NAME"], "8"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        writing = threading.Thread(target=self._write, args=(process, keys))
        writing.start()
        for told in process.stdout:
            if told.endswith("\n"):
                self._note(json.loads(told))
            if kill_after is not None:
                threading.Timer(kill_after, process.kill).start()
                kill_after = None
        process.stdout.close()
        process.wait()
        writing.join()

    def _write(self, process: subprocess.Popen[str], keys: Sequence[str]) -> None:
        for step in (
            lambda: process.stdin.write("\n".join(self.lines[key] for key in keys)),
            process.stdin.close,
        ):
            with contextlib.suppress(BrokenPipeError):
                step()

    def _note(self, told: dict) -> None:
        if told["id"] is None:
            return  # no answer: it is sent again
        self.answered.add(told["key"])
        if told["id"]:
            self.acknowledged[told["key"]].add(told["id"])


def test_what_was_acknowledged_stands_however_often_the_process_is_killed() -> None:
    slots = [offer(capacity=60), offer(capacity=200)]
    pools = {slot.pk: tuple(slot.pools.values_list("pk", flat=True)) for slot in slots}
    orders = [
        order(
            slots[n % 2], size=1 + n % 2, pools=pools[slots[n % 2].pk], holder_id=None,
            identities=tuple(f"p{n}-{k}" for k in range(1 + n % 2)),
        )
        for n in range(900)
    ]  # fmt: skip
    client = Client(orders)
    killed = 0
    for _ in range(KILLS):
        client.send(kill_after=0.05)
        killed += len(client.answered) < len(orders)
    assert killed == KILLS
    client.send(kill_after=None)
    assert client.answered == set(client.lines)
    wait_until_nobody_writes()

    ledger = {key: str(pk) for key, pk in Reservation.objects.values_list("key", "pk")}
    assert {key: {pk} for key, pk in ledger.items()} == client.acknowledged
    assert queries.audit(ASSOCIATION) == []
    for slot in slots:
        sold = Reservation.objects.filter(offer=slot).aggregate(n=Sum("size"))["n"]
        assert sold == slot.pools.get().taken
    assert Seat.objects.count() == Seat.objects.values("identity").distinct().count()
    assert slots[0].pools.get().left <= 1


def wait_until_nobody_writes() -> None:
    """A killed client's last statement runs to its end in the server."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
