from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Matching(AppConfig):
    name = "kexie.contexts.matching"
    label = "matching"
    verbose_name = _("专家与企业")
