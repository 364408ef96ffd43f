"""Django's own commands: `python -m kexie.config.manage …` or `kexie manage …`."""

import os
import sys

from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> None:
    """Run one of Django's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie.config.settings")
    execute_from_command_line(["kexie manage", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
