"""A museum's halls as visitors read them."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from kexie.contexts.museums.models import Hall, Museum
from kexie.kernel.scope import Scope

_ORDER = (Hall.Use.EXHIBITION, Hall.Use.TEMPORARY, Hall.Use.THEATRE, Hall.Use.WORKSHOP)


def halls(museum: Museum, scope: Scope) -> QuerySet[Hall]:
    """Return a museum's halls: exhibitions first, then theatres and workshops, floor by floor."""
    whens = [When(use=use, then=Value(place)) for place, use in enumerate(_ORDER)]
    order = Case(*whens, default=Value(len(_ORDER)), output_field=IntegerField())
    rows = Hall.objects.filter(scope.q(), unit=museum.unit_id)
    return rows.annotate(order=order).order_by("order", "floor", "name")
