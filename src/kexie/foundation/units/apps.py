from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Units(AppConfig):
    name = "kexie.foundation.units"
    label = "units"
    verbose_name = _("单位")
