from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Museums(AppConfig):
    name = "kexie.contexts.museums"
    label = "museums"
    verbose_name = _("科技馆")
