"""Tickets: signed tokens that open a gate without a network, and the list of a day that the gate checks them against.

`token` makes and checks what stands in the QR code; `qr` and `card` draw it; `daylist` packs a day for the scanners.
Nothing here has a table: whoever issues tickets keeps the reservations.
"""
