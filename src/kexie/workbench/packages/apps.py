from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Packages(AppConfig):
    name = "kexie.workbench.packages"
    label = "packages"
    verbose_name = _("离线工作包")
