from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Capacity(AppConfig):
    name = "kexie.platform.capacity"
    label = "capacity"
    verbose_name = _("名额与预约")
