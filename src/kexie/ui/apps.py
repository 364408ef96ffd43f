from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Ui(AppConfig):
    name = "kexie.ui"
    label = "ui"
    verbose_name = _("界面")
