"""Where the site is reached: what stands before a path in a message that leaves the site."""

from django.conf import settings


def site(otherwise: str = "") -> str:
    """Return KEXIE_ADDRESS, or what the caller knows of it, such as the address that was asked for."""
    return str(settings.KEXIE_ADDRESS or otherwise).rstrip("/")
