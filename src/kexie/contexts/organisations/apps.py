from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Organisations(AppConfig):
    name = "kexie.contexts.organisations"
    label = "organisations"
    verbose_name = _("组织建设")
