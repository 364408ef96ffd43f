"""A copy of everything that is kept of a visitor (Personal Information Protection Law, article 45)."""

import datetime as dt
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.visitors import consent, hooks, queries
from kexie.foundation.visitors.models import Companion, Visitor
from kexie.platform.audit import operations as audit
from kexie.platform.notify import queries as notices
from kexie.platform.notify.recipients import Recipient


def own_data(*, visitor: Visitor, now: dt.datetime) -> bytes:
    """Return the data of a visitor as JSON with names in the reader's language, in clear: it is theirs."""
    found: dict[str, object] = {
        _("导出时间"): _moment(now),
        _("手机号码"): visitor.phone_number,
        _("注册时间"): _moment(visitor.created_at),
        _("同行人"): [_companion(one) for one in queries.companions(visitor)],
        _("通知"): _letters(visitor),
        **hooks.export(visitor),
    }
    audit.append(
        association_id=visitor.association_id,
        actor=visitor,
        action="visitors.export",
        subject=visitor,
        detail={},
        now=now,
    )
    return json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _companion(one: Companion) -> dict[str, object]:
    person = one.person
    found: dict[str, object] = {
        _("姓名"): person.name,
        _("证件类型"): person.document_label,
        _("证件号码"): person.number,
        _("出生日期"): person.birth_date.isoformat() if person.birth_date else "",
    }
    if one.consented_at:
        found[_("监护人同意")] = {
            _("与孩子的关系"): one.get_consent_relation_display(),
            _("时间"): _moment(one.consented_at),
            _("同意书"): str(consent.wording(one.consent_version)),
        }
    return found


def _letters(visitor: Visitor) -> list[dict[str, str]]:
    to = Recipient(visitor_id=visitor.pk)
    found = map(notices.letter, notices.inbox(association_id=visitor.association_id, to=to))
    return [{_("时间"): _moment(one.at), _("内容"): one.text} for one in found]


def _moment(moment: dt.datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
