"""The `kexie` command line."""

import sys


def main() -> None:
    """Run `kexie …`."""
    from kexie.config import manage

    manage.main(sys.argv[2:])
