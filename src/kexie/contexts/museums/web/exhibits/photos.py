"""Photographs of faults: taken if given, never asked for twice, seen by the museum's staff alone."""

from kexie.foundation.desk.photos import PHOTO_ACCEPT, PhotoField

__all__ = ["PHOTO_ACCEPT", "PhotoField"]
