from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Facilities(AppConfig):
    name = "kexie.contexts.facilities"
    label = "facilities"
    verbose_name = _("科普设施与活动")
