"""The scanner's page is empty and for everybody; what it asks is answered to paired devices alone, whoever is signed in."""

from kexie.contexts.museums.queries import gate
from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Device, Offer, Passage, Reservation
from kexie.platform.capacity.operations import devices
from tests.architecture.access_rows import INVALID, MOVED, OK, World, public
from tests.architecture.access_rows.museum_desk import desk, here, museum

_UNREADABLE, _NOT_PAIRED = 400, 401


def api(name: str, answer: int, *, method: str = "post"):
    """An address for devices: accounts make no difference."""
    return public(f"checkin:{name}", method=method, anonymous=answer, wrong_role=answer, right=answer)


def device(world: World):
    """A scanner of the museum."""
    where = {"association_id": world.association.pk, "venue_id": gate.venue_of(museum(world))}
    found = Device.objects.filter(**where).first()
    staff = world.account("MUSEUM_DESK", world.museum)
    made = found or devices.add(**where, name="1号门手机", actor=staff, now=world.now)[0]
    return {**here(world), "pk": made.pk}


def double(world: World):
    """A double entry that waits for a decision."""
    scanner = Device.objects.get(pk=device(world)["pk"])
    where = {"association_id": scanner.association_id, "venue_id": scanner.venue_id, "day": world.now.date()}
    found = Passage.objects.first()
    if found is None:
        offer = Offer.objects.create(
            **where, starts_at=world.now, ends_at=world.now.replace(hour=5), last_entry_at=world.now.replace(hour=4),
            opens_at=world.now.replace(hour=0), closes_at=world.now.replace(hour=4),
        )  # fmt: skip
        booked = Reservation.objects.create(
            **where, key="k", code="k7m2p9xq", offer=offer, channel="PUBLIC", size=1, pools=[], amounts=[],
            state="CONFIRMED", made_at=world.now,
        )  # fmt: skip
        found = Passage.objects.create(
            **where, id=uuid7(), device=scanner, reservation=booked, direction="IN", kind="TICKET", count=1,
            verdict="DOUBLE", at=world.now, received_at=world.now,
        )  # fmt: skip
    return {**here(world), "pk": found.pk}


ROWS = (
    public("checkin:scanner"),
    public("checkin:worker"),
    public("checkin:manifest"),
    public("tickets:kept"),
    public("tickets:worker"),
    api("pair", _UNREADABLE),
    api("notes", _NOT_PAIRED),
    api("list", _NOT_PAIRED, method="get"),
    api("find", _NOT_PAIRED),
    desk("devices"),
    desk("devices", method="post", right=INVALID),
    desk("devices_export"),
    desk("device", kwargs=device),
    desk("device", kwargs=device, method="post", right=INVALID),
    desk("device_code", kwargs=device, right=OK),
    desk("device_code", kwargs=device, method="post", right=MOVED),
    desk("double", kwargs=double, method="post", right=MOVED),
)
