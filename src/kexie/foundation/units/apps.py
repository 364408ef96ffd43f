from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class Units(AppConfig):
    name = "kexie.foundation.units"
    label = "units"
    verbose_name = pgettext_lazy("many", "单位")
