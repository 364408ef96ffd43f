from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Webhooks(AppConfig):
    name = "kexie.foundation.webhooks"
    label = "webhooks"
    verbose_name = _("事件推送")
