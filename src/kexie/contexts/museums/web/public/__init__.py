"""The museums' public pages: each museum's own, booking a visit, groups, one's own bookings."""
