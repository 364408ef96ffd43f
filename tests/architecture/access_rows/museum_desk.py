"""The frame of the museums' desk: for whoever may read a museum's records, each museum within their own units."""

from kexie.contexts.museums.models import Museum
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, MOVED, OK, SIGN_IN, Row, World

DESK = {"role": "MUSEUM_DESK", "unit": "museum", "elsewhere": "yingdong", "other_role": "AUDIT_ADMINISTRATOR"}


def museum(world: World) -> Museum:
    """The museum of the matrix's world, made when first asked for."""
    unit = world.museum
    found, _made = Museum.objects.get_or_create(
        association=world.association,
        unit=unit,
        defaults={"area": unit.area, "name": unit.name, "level": "COUNTY", "address": "清河路1号"},
    )
    return found


def here(world: World):
    """The museum in an address."""
    return {"code": museum(world).unit.code}


def desk(name: str, **options) -> Row:
    """A page of one museum's desk."""
    answers = {"anonymous": SIGN_IN, "wrong_unit": HIDDEN, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"museum_desk:{name}", **{"kwargs": here, **DESK, **answers, **options})


ROWS = (
    desk("entry", kwargs=lambda _world: {}, wrong_unit=OK, note="everybody sees their own museums"),
    desk("museum", right=MOVED),
)
