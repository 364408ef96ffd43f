from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Portal(AppConfig):
    name = "kexie.portal"
    label = "portal"
    verbose_name = _("门户")
