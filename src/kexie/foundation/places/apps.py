from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class Places(AppConfig):
    name = "kexie.foundation.places"
    label = "places"
    verbose_name = pgettext_lazy("many", "地点")
