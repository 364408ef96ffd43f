from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Outbox(AppConfig):
    name = "kexie.platform.outbox"
    label = "outbox"
    verbose_name = _("事件")
