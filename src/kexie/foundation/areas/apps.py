from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Areas(AppConfig):
    name = "kexie.foundation.areas"
    label = "areas"
    verbose_name = _("行政区划")
