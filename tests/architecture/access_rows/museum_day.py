"""The desk's day: looking for whoever reads a museum's records, doing for those who draft, deciding for those who confirm."""

import datetime as dt
from uuid import UUID

from kexie.contexts.museums.models import GroupRequest, Slot
from kexie.platform.capacity.models import Block, Offer, Reservation
from tests.architecture.access_rows import FORBIDDEN, INVALID, MOVED, World
from tests.architecture.access_rows.museum_desk import desk, here, museum

_START = dt.datetime(2026, 3, 7, 1, 0, tzinfo=dt.UTC)


def _reservation(world: World) -> Reservation:
    one = museum(world)
    where = {"association_id": one.association_id, "venue_id": one.unit_id, "day": _START.date()}
    hour = dt.timedelta(hours=1)
    offer = Offer.objects.create(
        **where, starts_at=_START, ends_at=_START + 3 * hour, last_entry_at=_START + 2 * hour,
        opens_at=_START - 48 * hour, closes_at=_START + 2 * hour,
    )  # fmt: skip
    Slot.objects.create(association=world.association, museum=one, offer=offer, kind="ENTRY")
    return Reservation.objects.create(
        **where, key="k", code="abcdefghij", offer=offer, channel="PUBLIC", size=2, pools=[], amounts=[],
        state="CONFIRMED", made_at=world.now, confirmed_at=world.now,
    )  # fmt: skip


def reservation(world: World):
    return {**here(world), "reservation": _reservation(world).code}


def group(world: World):
    found = _reservation(world)
    slot = Slot.objects.get(offer=found.offer)
    GroupRequest.objects.create(
        association=world.association, slot=slot, code="groupcode", kind="SCHOOL", organisation="清河路小学",
        leader_name="王老师", size=20, state="REQUESTED", reservation=found, made_at=world.now,
    )  # fmt: skip
    return {**here(world), "group": "groupcode"}


def block(world: World):
    one = museum(world)
    made = Block.objects.create(
        association_id=one.association_id, venue_id=one.unit_id, subject="visitor:" + UUID(int=5).hex,
        since=world.now, until=dt.datetime(2099, 1, 1, tzinfo=dt.UTC), reason="爽约达到3次",
    )  # fmt: skip
    return {**here(world), "pk": made.pk}


def day(world: World):
    return {**here(world), "day": "2026-03-07"}


def act(of, name: str):
    return lambda world: {**of(world), "act": name}


def looks_only(name: str, **options):
    """Somebody of the gate, who reads and does nothing here."""
    return desk(name, role="MUSEUM_GATE", **options)


ROWS = (
    desk("today"),
    looks_only("today", note="the gate may look"),
    desk("today-live"),
    desk("admit", right=MOVED),
    desk("admit", method="post", right=INVALID),
    looks_only("admit", method="post", wrong_unit=FORBIDDEN, right=FORBIDDEN),
    desk("named"),
    looks_only("named", wrong_unit=FORBIDDEN, right=FORBIDDEN),
    desk("doubles"),
    desk("doubles", method="post", right=MOVED),
    desk("act", kwargs=act(here, "heads")),
    desk("act", kwargs=act(here, "pause"), method="post", right=INVALID),
    desk("days"),
    desk("days_export"),
    desk("day", kwargs=day),
    desk("day-act", kwargs=act(day, "confirm"), right=MOVED),
    desk("day-act", kwargs=act(day, "approve"), method="post", right=INVALID),
    desk("find"),
    desk("find", method="post", right=INVALID),
    looks_only("find", method="post", right=INVALID),
    desk("reservation", kwargs=reservation),
    desk("reservation-act", kwargs=act(reservation, "cancel"), right=MOVED),
    desk("reservation-act", kwargs=act(reservation, "cancel"), method="post", right=INVALID),
    looks_only(
        "reservation-act",
        kwargs=act(reservation, "cancel"),
        method="post",
        wrong_unit=FORBIDDEN,
        right=FORBIDDEN,
    ),
    desk("groups"),
    desk("group-calendar"),
    desk("groups_export"),
    desk("group", kwargs=group),
    desk("group-act", kwargs=act(group, "refuse"), right=MOVED),
    desk("group-act", kwargs=act(group, "refuse"), method="post", right=INVALID),
    desk("figures"),
    desk("paper", kwargs=lambda world: {**here(world), "paper": "performance", "kind": "docx"}),
    looks_only(
        "paper",
        kwargs=lambda world: {**here(world), "paper": "national", "kind": "xlsx"},
        wrong_unit=FORBIDDEN,
        right=FORBIDDEN,
    ),
    desk("visitors"),
    desk("block-new"),
    desk("amnesty"),
    desk("conduct"),
    desk("blocks_export"),
    desk("conduct_export"),
    desk("block", kwargs=block),
    desk("block-act", kwargs=act(block, "lift"), right=MOVED),
    desk("block-act", kwargs=act(block, "lift"), method="post", right=INVALID),
)
