"""The stages of a return, and what may follow what."""

from collections.abc import Mapping

# Sent back, a return is a draft again. A museum's or a city's own return has no county above it: from sent it goes
# straight to the city.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "DRAFT": frozenset({"FILLED"}),
    "FILLED": frozenset({"FILLED", "CHECKED"}),
    "CHECKED": frozenset({"FILLED", "SENT"}),
    "SENT": frozenset({"COUNTY_APPROVED", "CITY_APPROVED", "DRAFT"}),
    "COUNTY_APPROVED": frozenset({"CITY_APPROVED", "DRAFT"}),
    "CITY_APPROVED": frozenset({"LOCKED", "DRAFT"}),
    "LOCKED": frozenset(),
}
# While a return is here, its values may still change.
OPEN = ("DRAFT", "FILLED", "CHECKED")
