from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Api(AppConfig):
    name = "kexie.api"
    label = "api"
    verbose_name = _("开放接口")
