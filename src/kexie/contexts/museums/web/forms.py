"""Forms of the museums' desk: those of all desks."""

from kexie.foundation.desk.forms import Day, DeskForm, FilterForm, Fraction, Lines, Whole, Words, choice

__all__ = ["Day", "DeskForm", "FilterForm", "Fraction", "Lines", "Whole", "Words", "choice"]
