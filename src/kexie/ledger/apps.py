from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Ledger(AppConfig):
    name = "kexie.ledger"
    label = "ledger"
    verbose_name = _("台账")
