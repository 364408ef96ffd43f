"""Reading packages and what came back in them; everything takes a Scope."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.workbench.packages.models import Line, Merge, Package
from kexie.workbench.packages.states import Decision, Stage, Verdict

EXPIRED = "EXPIRED"


def packages(scope: Scope) -> QuerySet[Package]:
    """Return the packages of the scope's units."""
    return Package.objects.filter(scope.q()).select_related("unit", "made_by")


def package(scope: Scope, code: str) -> Package:
    """Return one package. Raises NotFound."""
    found = packages(scope).select_related("association", "file").filter(code=code).first()
    if found is None:
        raise NotFound(_("没有找到这个工作包。"))
    return found


def expired(rows: QuerySet[Package], today: dt.date) -> QuerySet[Package]:
    """Return those that nobody returned in time."""
    return rows.filter(state=Stage.OUT, valid_until__lt=today)


def is_expired(one: Package, today: dt.date) -> bool:
    """Whether nobody returned the package in time."""
    return one.state == Stage.OUT and one.valid_until < today


def merges(scope: Scope) -> QuerySet[Merge]:
    """Return the files that came back for the scope's units."""
    return Merge.objects.filter(scope.q("package__unit")).select_related("package__unit", "account")


def merge(scope: Scope, pk: UUID) -> Merge:
    """Return one of them. Raises NotFound."""
    found = merges(scope).select_related("file", "package__association").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次交回。"))
    return found


def lines(scope: Scope, found: Merge) -> QuerySet[Line]:
    """Return the rows of a returned file, in the order of its sheets."""
    return Line.objects.filter(scope.q("merge__package__unit"), merge=found).order_by(
        "type_key", "number", "pk"
    )


def line(scope: Scope, found: Merge, pk: UUID) -> Line:
    """Return one row. Raises NotFound."""
    one = lines(scope, found).filter(pk=pk).select_related("merge__package__unit", "merge__account").first()
    if one is None:
        raise NotFound(_("没有找到这一行。"))
    return one


def counts(rows: QuerySet[Line]) -> dict[str, Any]:
    """Return how many rows there are of each kind, how many wait for a person, and how many are ready to come in."""
    is_open = Q(outcome="", decision="")
    is_ready = Q(outcome="") & ~Q(decision="")
    kinds = {str(one): Count("pk", filter=Q(verdict=one)) for one in Verdict}
    return rows.order_by().aggregate(
        total=Count("pk"), open=Count("pk", filter=is_open), ready=Count("pk", filter=is_ready),
        entering=Count("pk", filter=is_ready & ~Q(decision=Decision.LEAVE)),
        done=Count("pk", filter=Q(result_id__isnull=False, undone=False)), **kinds,
    )  # fmt: skip
