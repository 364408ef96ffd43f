"""What other processes are doing, from /proc where there is one."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def exists(pid: int) -> bool:
    """Whether the system still knows the number, be it of a process that is dead and not yet buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """Return the command line of a living process, empty if there is none."""
    if (_PROC / "self").exists():
        try:
            return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    told = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def working_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is `folder`; servers work in their data."""
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
