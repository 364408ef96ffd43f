"""Reading notices: one's own, with their text; an association's, without."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.notify import gateways, wording
from kexie.platform.notify.delivery import unseal
from kexie.platform.notify.models import Notice
from kexie.platform.notify.recipients import Recipient
from kexie.platform.notify.states import State

_LANGUAGE = "zh-hans"
# What staff see: never the text, nor the number.
_SHOWN = (
    "id", "association_id", "to", "channel", "template", "is_urgent", "state", "attempts", "problem",
    "created_at", "next_try_at", "expires_at", "sent_at",
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A notice as its recipient reads it. `by_sms`: it went, or goes, to the phone too."""

    title: str
    text: str
    href: str
    at: dt.datetime
    is_new: bool
    by_sms: bool


def inbox(*, association_id: UUID, to: Recipient, templates: Iterable[str] = ()) -> QuerySet[Notice]:
    """Return the notices to one recipient, newest first; `templates` are beginnings of keys. `letter` reads each."""
    found = Notice.objects.filter(association_id=association_id, to=to.to, to_id=to.to_id)
    wanted = [Q(template__startswith=prefix) for prefix in templates]
    return found.filter(reduce(or_, wanted)) if wanted else found


def unread(*, association_id: UUID, to: Recipient) -> int:
    """Return how many notices a recipient has not seen."""
    return inbox(association_id=association_id, to=to).filter(read_at=None).count()


def letter(notice: Notice) -> Letter:
    """Return a notice in the reader's language."""
    content = unseal(notice)
    title, text = content.get(get_language() or _LANGUAGE) or content[_LANGUAGE]
    by_sms = notice.channel == notice.Channel.SMS and notice.state == State.SENT
    return Letter(title, text, str(content["href"]), notice.created_at, notice.read_at is None, by_sms)


def notices(
    scope: Scope,
    *,
    state: str = "",
    template: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[Notice]:
    """Return an association's notices for whoever sees to their going out: without text and number."""
    found = Notice.objects.filter(association_id=scope.association_id).only(*_SHOWN)
    if not scope.is_whole:
        return found.none()
    if state:
        found = found.filter(state=state)
    if template:
        found = found.filter(template=template)
    if since:
        found = found.filter(created_at__gte=since)
    return found.filter(created_at__lt=until) if until else found


def get(scope: Scope, notice_id: UUID) -> Notice:
    """Return one notice of the association without text and number, or raise NotFound."""
    found = notices(scope).filter(pk=notice_id).first()
    if found is None:
        raise NotFound(_("没有找到这条通知。"))
    return found


def template_name(key: str) -> str:
    """Return a template's title; the key itself where it is no more."""
    found = wording.TEMPLATES.get(key)
    return str(found.title) if found else key


def shown_text(notice_id: UUID) -> str:
    """Return the text of one notice of a demonstration, which sends none; "" of any other."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None or not gateways.on_screen(notice.association_id):
        return ""
    return letter(notice).text
