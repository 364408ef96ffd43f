"""Keeping files."""

import datetime as dt
import hashlib
import re
import unicodedata
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import ProtectedError

from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.files import content, kinds
from kexie.platform.files.models import StoredFile

_NAME_LENGTH = 150
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')


@transaction.atomic
def store(
    *,
    association_id: UUID,
    upload: "File[bytes]",
    actor: audit.Actor | None,
    now: dt.datetime,
    name: str = "",
) -> StoredFile:
    """Keep an uploaded file, or find the one already kept with the same content; raise FileRefused.

    Link the result to what it belongs to in the same transaction: a file nobody points at is read by its
    uploader alone.
    """
    safe = safe_name(name or upload.name or "")
    kinds.check_size(safe, upload.size)
    clear = _content(upload)
    kind = kinds.check(safe, clear)
    digest = hashlib.sha256(clear).hexdigest()
    content.write(digest, clear)
    stored, made = StoredFile.objects.get_or_create(
        association_id=association_id,
        digest=digest,
        defaults={
            "name": safe,
            "content_type": kind.content_type,
            "size": len(clear),
            "uploaded_by_id": actor.id if actor else None,
            "uploaded_at": now,
        },
    )
    if made:
        audit.append(
            association_id=association_id,
            actor=actor,
            action="files.store",
            subject=stored,
            detail={"digest": digest, "size": stored.size},
            now=now,
        )
    return stored


@transaction.atomic
def discard(stored: StoredFile) -> bool:
    """Forget a file that nothing points at any more; return whether it was forgotten."""
    digest = stored.digest
    try:
        with transaction.atomic():
            stored.delete()
    except ProtectedError:
        return False
    if not StoredFile.objects.filter(digest=digest).exists():
        transaction.on_commit(lambda: content.path_of(digest).unlink(missing_ok=True))
    return True


def is_intact(stored: StoredFile) -> bool:
    """Whether the content on disk is there, can be read and still has its digest."""
    try:
        with content.open_clear(stored.digest) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == stored.digest
    except (FileNotFoundError, crypto.Unreadable):
        return False


def safe_name(name: str) -> str:
    """Return a file name without folders, control or direction characters, at most 150 characters long."""
    clean = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = _UNSAFE.sub("_", clean).strip(" .") or "file"
    stem, dot, extension = clean.rpartition(".")
    if not dot:
        return clean[:_NAME_LENGTH]
    return stem[: _NAME_LENGTH - len(extension) - 1] + dot + extension


def _content(upload: "File[bytes]") -> bytes:
    upload.seek(0)
    clear: bytes = upload.read()
    return clear
