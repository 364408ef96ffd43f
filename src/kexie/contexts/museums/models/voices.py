"""What a visitor says without signing in: `Voice` of the ledger, under the name that migrations know."""

from kexie.ledger.models.voices import Voice, voice_code

__all__ = ["Voice", "voice_code"]
