"""The same small world, and who acts in it, as the returns have."""

from tests.returns.conftest import by, lecture, staff, world

__all__ = ["by", "lecture", "staff", "world"]
