"""Hears of everything that happens, and writes down who is to be told."""

from kexie.foundation.webhooks import messages
from kexie.platform.outbox.consumers import Consumer

CONSUMERS = (Consumer(name="webhooks", handle=messages.write),)
