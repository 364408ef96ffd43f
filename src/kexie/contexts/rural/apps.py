from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Rural(AppConfig):
    name = "kexie.contexts.rural"
    label = "rural"
    verbose_name = _("乡村振兴")
