from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class People(AppConfig):
    name = "kexie.foundation.people"
    label = "people"
    verbose_name = pgettext_lazy("many", "人员")
