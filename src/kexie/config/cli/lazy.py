"""A click group that loads its commands when they are called."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True)
class Entry:
    """Where a command is (module:name), its line in the list, and whether it needs Django's models."""

    at: str
    help: str
    django: bool = False
    hidden: bool = False

    def load(self) -> click.Command:
        """Import the command."""
        if self.django:
            start_django()
        module, _, name = self.at.partition(":")
        command: click.Command = getattr(import_module(module), name)
        command.short_help = self.help
        return command


class LazyGroup(click.Group):
    """Lists its commands from a table, in the table's order, without importing them."""

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of this name."""
        entry = self.entries.get(cmd_name)
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, one line each."""
        with formatter.section("命令 Commands"):
            formatter.write_dl(
                [(name, entry.help) for name, entry in self.entries.items() if not entry.hidden]
            )


def start_django() -> None:
    """Make Django's models usable. Does not touch the database yet."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie.config.settings")
    django.setup()
