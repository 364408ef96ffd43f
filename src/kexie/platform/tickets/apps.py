from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Tickets(AppConfig):
    name = "kexie.platform.tickets"
    label = "tickets"
    verbose_name = _("入馆票")
