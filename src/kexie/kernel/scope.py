"""What the bearer of a query may see."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

WHOLE_ASSOCIATION = ("",)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One association, the unit subtrees within it, and the contexts whose records may be read.

    `unit_paths` are materialised paths of unit subtrees; `("",)` is the whole association and `()` is nothing.
    `contexts` are app labels; None means all of them. What lies below `except_paths` is left out.
    """

    association_id: UUID
    unit_paths: tuple[str, ...] = WHOLE_ASSOCIATION
    contexts: tuple[str, ...] | None = None
    account_id: UUID | None = None
    except_paths: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every unit of the association is in sight."""
        return "" in self.unit_paths and not self.except_paths

    def q(self, unit: str = "unit", association: str = "association") -> Q:
        """Return the filter for rows whose tenant is `association` and whose doer is `unit`.

        `unit=""` is for rows that are units themselves.
        """
        tenant = Q(**{f"{association}_id": self.association_id})
        if self.is_whole:
            return tenant
        if not self.unit_paths:
            return Q(pk__in=[])
        lookup = f"{unit}__path__startswith" if unit else "path__startswith"
        inside = tenant & reduce(or_, (Q(**{lookup: path}) for path in self.unit_paths))
        left_out = [Q(**{lookup: path}) for path in self.except_paths]
        return inside & ~reduce(or_, left_out) if left_out else inside

    def covers(self, unit_path: str) -> bool:
        """Whether a unit with this path lies inside the scope."""
        if any(unit_path.startswith(path) for path in self.except_paths):
            return False
        return any(unit_path.startswith(path) for path in self.unit_paths)

    def allows(self, context: str) -> bool:
        """Whether records of this context (app label) may be read."""
        return self.contexts is None or context in self.contexts

    def within(self, unit_path: str) -> "Scope":
        """Return the part of this scope that lies inside one unit subtree."""
        if self.covers(unit_path):
            return replace(self, unit_paths=(unit_path,))
        return replace(self, unit_paths=tuple(path for path in self.unit_paths if path.startswith(unit_path)))
