"""Groups as the museum's staff see them; names of a roster are shown masked."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest, Museum
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.audit import queries as audit
from kexie.platform.audit.models import Entry

State = GroupRequest.State


def groups(
    museum: Museum, scope: Scope, *, state: str = "", words: str = "", since: dt.date | None = None
) -> QuerySet[GroupRequest]:
    """Return a museum's group requests, the earliest visit first."""
    rows = GroupRequest.objects.filter(scope.q("slot__museum__unit"), slot__museum=museum)
    if state:
        rows = rows.filter(state=state)
    if since:
        rows = rows.filter(slot__offer__day__gte=since)
    if words:
        rows = rows.filter(
            Q(organisation__icontains=words) | Q(leader_name__icontains=words) | Q(code=words.lower())
        )
    return rows.select_related("slot__offer", "reservation").order_by("slot__offer__starts_at", "made_at")


def group(museum: Museum, code: str, scope: Scope) -> GroupRequest:
    """Return one request by its number, or raise NotFound."""
    found = groups(museum, scope).filter(code=code.lower()).select_related("decided_by").first()
    if found is None:
        raise NotFound(_("没有找到这个团队预约。"))
    return found


def history(one: GroupRequest, scope: Scope) -> list[Entry]:
    """Return what was done with a request, the latest first."""
    return list(audit.history(scope, "museums.grouprequest", one.pk).order_by("-at")[:50])
