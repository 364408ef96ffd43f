"""Loading areas from tables."""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area, Level
from kexie.kernel.codes import normalise
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit

BUNDLED = Path(__file__).parent / "data" / "fuyang.csv"
COLUMNS = ("code", "name", "level", "parent", "counts_in", "population", "valid_from", "valid_to")


class AreasRefused(UserError):
    """A table of areas that does not fit; the message names the line."""


def load_bundled(*, actor: audit.Actor | None, now: dt.datetime) -> int:
    """Load the areas that come with Kexie: 阜阳市, its province, 8 county-level units and 2 zones."""
    return load_file(BUNDLED, actor=actor, now=now)


def load_file(path: Path, *, actor: audit.Actor | None, now: dt.datetime) -> int:
    """Load a UTF-8 CSV file with the columns COLUMNS (code, name, level are needed); return how many rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return load(csv.DictReader(file), actor=actor, now=now, origin=path.name)


@transaction.atomic
def load(
    rows: Iterable[Mapping[str, str]], *, actor: audit.Actor | None, now: dt.datetime, origin: str = ""
) -> int:
    """Add or update areas, all or none, parents before children or after; return how many rows there were."""
    areas = [_area(line, row) for line, row in enumerate(rows, 2)]
    try:
        with transaction.atomic():
            Area.objects.bulk_create(
                areas,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=[
                    "name", "level", "parent", "counts_in", "population", "valid_from", "valid_to",
                ],
            )  # fmt: skip
    except IntegrityError as error:
        raise AreasRefused(_("区划表不一致：%(error)s") % {"error": error}) from error
    _check_parents(areas)
    audit.append(
        association_id=None,
        actor=actor,
        action="areas.load",
        subject=None,
        detail={"rows": len(areas), "origin": origin},
        now=now,
    )
    return len(areas)


def _area(line: int, row: Mapping[str, str]) -> Area:
    code = normalise(row.get("code") or "")
    try:
        level = Level((row.get("level") or "").strip().upper())
        area = Area(
            code=code,
            name=(row.get("name") or "").strip(),
            level=level,
            parent_id=normalise(row.get("parent") or "") or _parent_code(code, level),
            counts_in_id=normalise(row.get("counts_in") or "") or None,
            population=int(row["population"]) if row.get("population") else None,
            valid_from=dt.date.fromisoformat(row["valid_from"]) if row.get("valid_from") else None,
            valid_to=dt.date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        )
        area.clean_fields(exclude=["parent", "counts_in"])
    except ValidationError as error:
        text = _("；").join(error.messages)
    except ValueError as error:
        text = str(error)
    else:
        return area
    raise AreasRefused(_("第%(line)d行（%(code)s）：%(text)s") % {"line": line, "code": code, "text": text})


def _parent_code(code: str, level: Level) -> str | None:
    """Return the code of the area above, as the code itself tells it."""
    cut = {Level.CITY: 2, Level.COUNTY: 4, Level.ZONE: 4, Level.TOWNSHIP: 6, Level.VILLAGE: 9}
    return code[: cut[level]].ljust(6, "0") if level in cut else None


def _check_parents(areas: list[Area]) -> None:
    """Name a missing parent now; the database would refuse it only at the end of the transaction."""
    wanted = {code for area in areas for code in (area.parent_id, area.counts_in_id) if code}
    missing = wanted - set(Area.objects.filter(code__in=wanted).values_list("code", flat=True))
    if missing:
        raise AreasRefused(_("缺少上级区划：%(codes)s") % {"codes": _("、").join(sorted(missing))})
