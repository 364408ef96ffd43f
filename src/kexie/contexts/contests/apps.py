from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Contests(AppConfig):
    name = "kexie.contexts.contests"
    label = "contests"
    verbose_name = _("青少年竞赛")
