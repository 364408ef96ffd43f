"""Where each county stands on the schematic map: one square each, no borders drawn.

Positions are data per prefecture, told apart by its first county; an area without a layout is set in rows of four.
"""

from collections.abc import Sequence
from typing import Final

# (column, row) from the upper left, after the real neighbourhood of the counties.
LAYOUTS: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "3412": {
        "341282": (1, 0), "341222": (2, 0),
        "341221": (0, 1), "341204": (1, 1), "341203": (2, 1),
        "341202": (1, 2), "341226": (2, 2),
        "341225": (1, 3),
    },
}  # fmt: skip
ROW_LENGTH: Final = 4


def layout(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each county code."""
    known = LAYOUTS.get(codes[0][:4], {}) if codes else {}
    if all(code in known for code in codes):
        return {code: known[code] for code in codes}
    return {code: (index % ROW_LENGTH, index // ROW_LENGTH) for index, code in enumerate(codes)}
