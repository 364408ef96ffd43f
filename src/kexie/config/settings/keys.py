"""The secret that signs sessions, kept in KEXIE_HOME/keys."""

import os
import secrets
from pathlib import Path


def secret_key(folder: Path) -> str:
    """Return the secret kept in `folder`, making it on first use; two processes at once agree on one."""
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = folder / f"secret.{os.getpid()}"
        with open(partial, "w", opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_text()
