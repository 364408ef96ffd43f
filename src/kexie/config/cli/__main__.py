"""`python -m kexie.config.cli`, which .venv/bin/kexie runs."""

from kexie.config.cli import main

main()
