from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Notify(AppConfig):
    name = "kexie.platform.notify"
    label = "notify"
    verbose_name = _("消息通知")
