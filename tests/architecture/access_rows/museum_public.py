"""The museums' public pages, and what visitors have there: bookings, waiting lists, groups, appeals."""

import datetime as dt
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kexie.contexts.museums.models import GroupRequest, Museum, Slot
from kexie.contexts.museums.operations import booking, draws, group_documents, groups
from kexie.contexts.museums.queries.booking import SlotFacts, slot_facts
from kexie.foundation.visitors import details
from kexie.kernel import codes
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Offer, Pool, Wish
from kexie.platform.capacity.operations import conduct
from tests.architecture.access_rows import HIDDEN, MOVED, MY_SIGN_IN, Row, World, own, public
from tests.architecture.access_rows.museum_desk import here, museum
from tests.architecture.access_rows.portal import HIDDEN_FROM_ALL

ADULT = codes.synthetic_resident_id(1, birth_date=dt.date(1990, 5, 6), is_male=True)


def slot(world: World) -> Slot:
    """A slot of the matrix's museum in four days, open for booking."""
    of: Museum = museum(world)
    now = timezone.now()
    starts = (now + dt.timedelta(days=4)).replace(hour=2, minute=0)
    offer = Offer.objects.create(
        association_id=world.association.pk, venue_id=of.unit_id, day=timezone.localdate(starts), starts_at=starts,
        ends_at=starts + dt.timedelta(hours=3), last_entry_at=starts + dt.timedelta(hours=2),
        opens_at=now - dt.timedelta(days=1), closes_at=starts + dt.timedelta(hours=2),
    )  # fmt: skip
    Pool.objects.create(association_id=world.association.pk, offer=offer, capacity=50, wanted=50)
    return Slot.objects.create(association=world.association, museum=of, offer=offer, kind="ENTRY")


def facts(world: World) -> SlotFacts:
    return slot_facts(slot(world).pk, Scope(association_id=world.association.pk))


def a_slot(world: World):
    return {**here(world), "slot": slot(world).pk}


def no_slot(world: World):
    return {**here(world), "slot": uuid.UUID(int=7)}


def wanted(world: World, **values) -> booking.Wanted:
    return booking.Wanted(slot=facts(world), key="matrix", visitor_id=world.visitor.pk, **values)


def held(world: World):
    made = booking.hold(wanted(world, size=1), now=timezone.now())
    return {**here(world), "number": made.code}


def booked(world: World):
    person = details.check(name="张三", document="RESIDENT_ID", number=ADULT, today=timezone.localdate())
    return {"number": booking.book(wanted(world, party=(person,)), now=timezone.now()).code}


def group(world: World):
    asked = groups.Asked(
        slot=facts(world), visitor_id=world.visitor.pk, key="matrix", kind="SCHOOL", organisation="清河路小学",
        leader_name="王老师", leader_phone="13800138000", leaders=2, size=20,
    )  # fmt: skip
    return {
        **here(world),
        "number": groups.request(asked=asked, actor=None, now=timezone.now(), is_staff=True).code,
    }


def document(world: World):
    where = group(world)
    of = GroupRequest.objects.get(code=where["number"])
    paper = SimpleUploadedFile("介绍信.pdf", b"%PDF-1.7\n")
    made = group_documents.attach(group=of, upload=paper, actor=world.visitor, now=timezone.now())
    return {**where, "document": made.pk}


def wish(world: World):
    of, now = facts(world), timezone.now()
    made = Wish.objects.create(
        association_id=world.association.pk, key="matrix", offers=[of.offer.pk], venue_id=of.venue_id,
        channel="PUBLIC", holder_id=world.visitor.pk, size=1, made_at=now, expires_at=now + dt.timedelta(days=1),
    )  # fmt: skip
    return {"wish": made.pk}


def block(world: World):
    made = conduct.make_block(
        association_id=world.association.pk, venue_id=museum(world).unit_id, subject="matrix",
        holder_id=world.visitor.pk, until=timezone.now() + dt.timedelta(days=9), reason="爽约达到3次", actor=None,
        now=timezone.now(),
    )  # fmt: skip
    return {"block": made.pk}


def drawn(world: World):
    """A slot that is given out by lot."""
    found = slot(world)
    draws.lay_out(slot=found, now=timezone.now() - dt.timedelta(days=2))
    return {**here(world), "slot": found.pk}


def mine(name: str, **options) -> Row:
    """Something a visitor has, hidden from every other visitor."""
    return own(name, **{"other_visitor": HIDDEN, **options})


def strangers(**answers):
    """Answers for everybody but the visitor."""
    return dict.fromkeys(("anonymous", "wrong_role", "right"), MY_SIGN_IN) | answers


ROWS = (
    public("museum:museum", kwargs=here),
    public("museum:museum", kwargs=lambda world: {"code": world.school.code}, **HIDDEN_FROM_ALL),
    public("museum:slots", kwargs=here),
    public("museum:rules", kwargs=here),
    public("museum:calendar", kwargs=here),
    public("museum:share", kwargs=here),
    public("museum:book", kwargs=here),
    public("museum:party", kwargs=a_slot),
    public("museum:party", kwargs=no_slot, **HIDDEN_FROM_ALL),
    public("museum:wait", kwargs=a_slot),
    public("museum:draw", kwargs=drawn),
    public("museum:draw", kwargs=a_slot, **HIDDEN_FROM_ALL),
    public("museum:draw_proof", kwargs=drawn, **HIDDEN_FROM_ALL),
    mine("museum:who", kwargs=held),
    public("museum:groups", kwargs=here),
    public("museum:roster_template", kwargs=here),
    mine("museum:group", kwargs=group),
    mine("museum:marked_roster", kwargs=group, visitor=HIDDEN, note="until a roster had something to mark"),
    mine("museum:group_documents", kwargs=group, visitor=MOVED),
    mine("museum:group_document", kwargs=document),
    mine("museum:group_document_remove", kwargs=document),
    mine("museum:group_change", kwargs=group),
    mine("museum:group_cancel", kwargs=group),
    own("my:bookings"),
    mine("my:booking", kwargs=booked),
    mine("my:change", kwargs=booked),
    mine("my:people", kwargs=booked),
    mine("my:cancel", kwargs=booked),
    Row(
        name="my:cancel",
        method="post",
        kwargs=booked,
        **strangers(visitor=MOVED, other_visitor=HIDDEN),
        note="asked in this order, the visitor's own comes first",
    ),
    mine("my:ticket_png", kwargs=booked),
    mine("my:ticket_pdf", kwargs=booked),
    mine("my:ticket_ics", kwargs=booked),
    own("my:waiting"),
    mine("my:leave", kwargs=wish),
    mine("my:appeal", kwargs=block),
)
