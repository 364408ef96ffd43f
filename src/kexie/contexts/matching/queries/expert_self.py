"""What an expert sees of their own entry."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertOpening, ExpertRequest
from kexie.contexts.matching.queries import experts
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry

_SHOWN = 30
_REVEALED = ("matching.reveal_expert",)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """That somebody saw an expert's data on a day, and why if they had to say."""

    on: dt.date
    who: str
    what: str
    reason: str = ""


def own(account: Account) -> Any:
    """Return an account's own entry; NotFound where it has none."""
    found = experts.register(Scope(association_id=account.association_id)).filter(account=account).first()
    if found is None:
        raise NotFound(_("您的账号还没有对应的专家资料，请联系科协。"))
    return found


def has_own(account: Account) -> bool:
    """Whether an account has an entry of its own."""
    return Expert.objects.filter(
        association=account.association_id, account=account, merged_into=None
    ).exists()


def opened(one: Expert) -> list[Opened]:
    """Return who opened an expert's page, and who saw contact in clear and why, the latest first."""
    family = [one.pk, *Expert.objects.filter(merged_into=one).values_list("pk", flat=True)]
    pages = ExpertOpening.objects.filter(expert__in=family).select_related("account__unit")[:_SHOWN]
    entries = Entry.objects.filter(
        association_id=one.association_id, action__in=_REVEALED, subject_id__in=[str(pk) for pk in family]
    )[:_SHOWN]
    found = [Opened(on=row.on, who=_who(row.account), what=_("看了资料")) for row in pages]
    found += [
        Opened(
            on=timezone.localdate(row.at), who=row.actor_name, what=_("看了完整联系方式"), reason=row.reason
        )
        for row in entries
    ]
    return sorted(found, key=lambda row: row.on, reverse=True)[:_SHOWN]


def _who(account: Account) -> str:
    return f"{account.display_name} · {account.unit.name}" if account.unit else account.display_name


def requests(one: Expert) -> QuerySet[ExpertRequest]:
    """Return what an expert asked for, the newest first."""
    return ExpertRequest.objects.filter(expert=one).select_related("decided_by")


def waiting(scope: Scope) -> QuerySet[ExpertRequest]:
    """Return what experts asked the office for and nobody dealt with, the oldest first."""
    rows = ExpertRequest.objects.filter(scope.q("expert__unit"), state=ExpertRequest.State.WAITING)
    return rows.select_related("expert").order_by("asked_at")
