"""The server's own settings, for one small machine that also runs Kexie."""

import os
from pathlib import Path

_MB = 1 << 20
_SMALL_SHARED_MEMORY = 512 * _MB


def settings(*, socket_folder: Path, fast: bool) -> dict[str, str]:
    """Return PostgreSQL's settings by name, from this machine's memory and processors."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 8, 64), 2048)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": f"{min(max(memory // 512, 4), 32)}MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
        "dynamic_shared_memory_type": _shared_memory(),
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_compression": "on",
        "max_wal_size": "1GB",
        "checkpoint_timeout": "15min",
        "timezone": "UTC",
        "log_timezone": "Asia/Shanghai",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_line_prefix": "%m [%p] ",
        "log_min_duration_statement": "2s",
        "idle_in_transaction_session_timeout": "15min",
        "cluster_name": "kexie",
    }
    if fast:
        chosen |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
    return chosen


def write(path: Path, *, socket_folder: Path, fast: bool) -> None:
    """Write the settings where the server reads them."""
    lines = (
        f"{name} = '{value}'" for name, value in settings(socket_folder=socket_folder, fast=fast).items()
    )
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)  # inside a folder that only the server's user may enter


def _shared_memory() -> str:
    """Containers often have 64 MB of /dev/shm, too little for parallel queries: use files instead."""
    try:
        space = os.statvfs("/dev/shm")  # noqa: S108  only asked for its size
    except OSError:
        return "mmap"
    return "posix" if space.f_blocks * space.f_frsize >= _SMALL_SHARED_MEMORY else "mmap"
