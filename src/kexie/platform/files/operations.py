"""Keeping files."""

import datetime as dt
import hashlib
import os
import re
import secrets
import unicodedata
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import ProtectedError

from kexie.platform.audit import operations as audit
from kexie.platform.files import kinds
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
    content = _content(upload)
    kind = kinds.check(safe, content)
    digest = hashlib.sha256(content).hexdigest()
    _write(path_of(digest), content)
    stored, made = StoredFile.objects.get_or_create(
        association_id=association_id,
        digest=digest,
        defaults={
            "name": safe,
            "content_type": kind.content_type,
            "size": len(content),
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
        transaction.on_commit(lambda: path_of(digest).unlink(missing_ok=True))
    return True


def path_of(digest: str) -> Path:
    """Return where the content with this SHA-256 digest (64 hex digits) is kept."""
    return Path(settings.KEXIE_HOME) / "files" / digest[:2] / digest[2:4] / digest


def is_intact(stored: StoredFile) -> bool:
    """Whether the content on disk is there and still has its digest."""
    path = path_of(stored.digest)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == stored.digest


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
    content: bytes = upload.read()
    return content


def _write(path: Path, content: bytes) -> None:
    """Write the content whole or not at all. The same digest written twice is the same content."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
