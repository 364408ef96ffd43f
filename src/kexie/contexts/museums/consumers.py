"""Who listens to the outbox here (kexie.platform.outbox.consumers)."""

from kexie.contexts.museums import notices
from kexie.platform.outbox.consumers import Consumer

CONSUMERS = (Consumer(name="museums.notices", handle=notices.tell, kinds=tuple(notices.TELLERS)),)
