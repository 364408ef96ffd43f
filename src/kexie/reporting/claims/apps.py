from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Claims(AppConfig):
    name = "kexie.reporting.claims"
    label = "claims"
    verbose_name = _("文稿核对")
