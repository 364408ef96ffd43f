from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Returns(AppConfig):
    name = "kexie.reporting.returns"
    label = "returns"
    verbose_name = _("统计年报")
