"""What other parts may use of organisations: frozen dataclasses in and out."""

from kexie.contexts.organisations.queries import (
    TERM_WORDS,
    Coverage,
    SocietyCard,
    coverages,
    societies,
)

__all__ = ["TERM_WORDS", "Coverage", "SocietyCard", "coverages", "societies"]
