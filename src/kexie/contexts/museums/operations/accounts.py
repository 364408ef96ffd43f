"""A visitor's account and the museums: what keeps it from being deleted, what is forgotten with it, what is its data."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest
from kexie.contexts.museums.operations import group_documents
from kexie.contexts.museums.operations.booking import party_of
from kexie.contexts.museums.operations.groups import phone_of, roster_of
from kexie.contexts.museums.queries import visits
from kexie.foundation.visitors.details import Person
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Block, Reservation, Wish
from kexie.platform.capacity.operations import bookings


def _scope(visitor: Visitor) -> Scope:
    return Scope(association_id=visitor.association_id)


def holds(visitor: Visitor, now: dt.datetime) -> Iterable[str]:
    """Yield what must be settled before the account can be deleted."""
    if visits.coming(visitor.pk, _scope(visitor), now=now).exists():
        yield _("您还有未来的预约，请先取消，或在参观后再注销。")
    open_states = (GroupRequest.State.DRAFT, GroupRequest.State.REQUESTED, GroupRequest.State.APPROVED)
    groups = visits.groups_of(visitor.pk, _scope(visitor)).filter(state__in=open_states)
    if groups.filter(slot__offer__ends_at__gt=now).exists():
        yield _("您还有未结束的团队预约，请先取消，或在参观后再注销。")


def erase(visitor: Visitor, now: dt.datetime) -> None:
    """Forget who came with the visitor; that places were taken, and by how many, stays."""
    mine = {"association_id": visitor.association_id, "holder_id": visitor.pk}
    for wish in Wish.objects.filter(**mine, state__in=(Wish.State.WAITING, Wish.State.OFFERED)):
        bookings.withdraw(wish_id=wish.pk, actor=visitor, now=now)
    Reservation.objects.filter(**mine).update(details=b"")
    Block.objects.filter(**mine).update(appeal_text=b"")
    rows = GroupRequest.objects.filter(association=visitor.association_id, visitor_id=visitor.pk)
    rows.update(roster=b"", leader_phone=b"", leader_name="")
    group_documents.forget(visitor)


def export(visitor: Visitor) -> dict[str, object]:
    """Return the visitor's bookings and groups, for their own eyes."""
    scope = _scope(visitor)
    reservations = visits.own(visitor.pk, scope).order_by("-day")
    return {
        "预约": [
            {
                "预约号": one.reservation.code, "科技馆": one.museum.name, "日期": one.reservation.day.isoformat(),
                "状态": str(one.reservation.get_state_display()),
                "同行人": [_in_clear(person) for person in party_of(one.reservation)],
            }
            for one in visits.visits(reservations, scope)
        ],
        "团队预约": [
            {
                "申请号": one.code, "单位": one.organisation, "人数": one.size, "领队": one.leader_name,
                "领队电话": phone_of(one), "名单": [_in_clear(person) for person in roster_of(one)],
                "材料": [document.name for document in one.documents.all()],
            }
            for one in visits.groups_of(visitor.pk, scope)
        ],
    }  # fmt: skip


def _in_clear(person: Person) -> dict[str, str]:
    born = person.birth_date.isoformat() if person.birth_date else ""
    return {"姓名": person.name, "证件": person.document_label, "号码": person.number, "出生日期": born}
