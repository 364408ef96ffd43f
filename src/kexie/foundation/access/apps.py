from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Access(AppConfig):
    name = "kexie.foundation.access"
    label = "access"
    verbose_name = _("账号与权限")
