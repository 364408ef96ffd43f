"""The museums' part of the API, a module for each part; the shell finds `ROUTERS` and `FAST`."""

from kexie.contexts.museums.rest import bookings, gate, gates, reading

ROUTERS = (reading.ROUTER, bookings.ROUTER, gates.ROUTER)
FAST = (*bookings.FAST, *gate.FAST)
