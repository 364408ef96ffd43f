from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Governance(AppConfig):
    name = "kexie.contexts.governance"
    label = "governance"
    verbose_name = _("党建与治理")
