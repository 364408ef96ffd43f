from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Places(AppConfig):
    name = "kexie.foundation.places"
    label = "places"
    verbose_name = _("地点")
