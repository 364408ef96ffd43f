"""Which kinds of unit stand below which."""

from kexie.foundation.units.models import Kind

# A kind not named here may hold nothing below it.
CHILDREN: dict[Kind, frozenset[Kind]] = {
    Kind.ASSOCIATION: frozenset(Kind) - {Kind.ASSOCIATION},
    Kind.COUNTY_ASSOCIATION: frozenset(Kind) - {Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION},
    Kind.DEPARTMENT: frozenset({Kind.MUSEUM, Kind.SOCIETY, Kind.BASE, Kind.DEPARTMENT}),
    Kind.SOCIETY: frozenset({Kind.DEPARTMENT, Kind.BASE}),
    Kind.MUSEUM: frozenset({Kind.DEPARTMENT, Kind.BASE}),
    Kind.SCHOOL: frozenset({Kind.DEPARTMENT, Kind.BASE, Kind.UNIVERSITY_ASSOCIATION}),
    Kind.FIRM: frozenset({Kind.DEPARTMENT, Kind.BASE, Kind.ENTERPRISE_ASSOCIATION}),
    Kind.PARK_ASSOCIATION: frozenset({Kind.FIRM, Kind.ENTERPRISE_ASSOCIATION, Kind.DEPARTMENT}),
    Kind.ENTERPRISE_ASSOCIATION: frozenset({Kind.DEPARTMENT, Kind.FIRM}),
    Kind.UNIVERSITY_ASSOCIATION: frozenset({Kind.DEPARTMENT, Kind.SOCIETY}),
    Kind.OUTSIDE: frozenset({Kind.OUTSIDE, Kind.DEPARTMENT}),
    Kind.VILLAGE: frozenset({Kind.BASE, Kind.SCHOOL}),
}


def may_hold(parent: str, child: str) -> bool:
    """Whether a unit of kind `parent` may have a unit of kind `child` directly below it."""
    return child in CHILDREN.get(Kind(parent), frozenset())
