"""Forms of the museums' desk: those of all desks."""

from kexie.foundation.desk.forms import Day, DeskForm, FilterForm, Lines, Whole, Words, choice

__all__ = ["Day", "DeskForm", "FilterForm", "Lines", "Whole", "Words", "choice"]
