"""The tabs and cards that visitor accounts themselves bring."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kexie.foundation.visitors import queries
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import shell
from kexie.platform.notify import queries as notices
from kexie.platform.notify.recipients import Recipient

_NEWEST = 3


def register() -> None:
    """Add them; contexts add bookings (10) and the waiting list (20) before them."""
    for tab in (
        shell.Tab(key="companions", label=_("同行人"), address="my:companions", order=30),
        shell.Tab(key="notices", label=_("通知"), address="my:notices", order=40, count=_unread),
        shell.Tab(key="data", label=_("我的数据"), address="my:data", order=50),
    ):
        shell.register_tab(tab)
    shell.register_card("notices", _newest, order=40)
    shell.register_card("companions", _companions, order=30)


def _unread(visitor: Visitor) -> int:
    to = Recipient(visitor_id=visitor.pk)
    return notices.unread(association_id=visitor.association_id, to=to)


def _newest(visitor: Visitor, now: dt.datetime) -> shell.Card | None:
    to = Recipient(visitor_id=visitor.pk)
    found = notices.inbox(association_id=visitor.association_id, to=to)[:_NEWEST]
    letters = [notices.letter(notice) for notice in found]
    return shell.Card("visitors/cards/notices.html", {"letters": letters}) if letters else None


def _companions(visitor: Visitor, now: dt.datetime) -> shell.Card:
    found = queries.companions(visitor)
    return shell.Card("visitors/cards/companions.html", {"companions": [one.person for one in found]})
