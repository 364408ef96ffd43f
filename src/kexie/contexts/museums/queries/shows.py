"""What can be shown where: a museum's series and halls."""

from django.db.models import QuerySet

from kexie.contexts.museums.models import Hall, Museum, Show
from kexie.kernel.scope import Scope
from kexie.ledger.models import Series


def series(museum: Museum, scope: Scope) -> QuerySet[Series]:
    """Return the shows that the association's museums put on: a show travels between them under one name."""
    rows = Series.objects.filter(association_id=scope.association_id, kind=Series.Kind.SHOW)
    return rows.order_by("name")


def halls(museum: Museum, scope: Scope) -> QuerySet[Hall]:
    """Return a museum's halls, theatres first."""
    rows = Hall.objects.filter(scope.q(), unit=museum.unit_id).select_related("place")
    return rows.order_by("-use", "name")


def record(record_id: object, scope: Scope) -> Show | None:
    """Return what was recorded of a session."""
    return Show.objects.filter(scope.q(), pk=record_id).first()
