from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Workers(AppConfig):
    name = "kexie.contexts.workers"
    label = "workers"
    verbose_name = _("科技工作者")
