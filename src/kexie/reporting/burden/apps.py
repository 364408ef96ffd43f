from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Burden(AppConfig):
    name = "kexie.reporting.burden"
    label = "burden"
    verbose_name = _("填报减负")
