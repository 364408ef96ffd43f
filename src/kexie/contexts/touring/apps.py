from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Touring(AppConfig):
    name = "kexie.contexts.touring"
    label = "touring"
    verbose_name = _("流动科普")
