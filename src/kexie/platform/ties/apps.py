from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Ties(AppConfig):
    name = "kexie.platform.ties"
    label = "ties"
    verbose_name = _("回避")
