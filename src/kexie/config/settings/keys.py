"""The secret that signs sessions, kept in KEXIE_HOME/keys."""

import contextlib
import os
import secrets
from pathlib import Path

from kexie.kernel.errors import UserError


def secret_key(folder: Path) -> str:
    """Return the secret kept in `folder`, making it on first use; two processes at once agree on one."""
    path = folder / "secret"
    try:
        if not path.exists():
            _make(path)
        return path.read_text()
    except OSError as error:
        raise UserError(
            f"无法读写 {path}（{error.strerror}）：请检查 KEXIE_HOME 及其权限。 "
            f"{path} cannot be used ({error.strerror}): check KEXIE_HOME and who may write to it."
        ) from error


def _make(path: Path) -> None:
    """Write a new secret whole, unless another process was quicker."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"secret.{secrets.token_hex(4)}")
    with open(partial, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        os.link(partial, path)
    partial.unlink()
