from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Facilities(AppConfig):
    name = "kexie.contexts.facilities"
    label = "facilities"
    verbose_name = _("科普设施与活动")

    def ready(self) -> None:
        """Let people open photographs of facilities and their faults."""
        from kexie.contexts.facilities.rules import photos
        from kexie.platform.files import rules

        rules.register("facilities.facilityphoto", photos.may_read)
        rules.register("facilities.titlepaper", photos.may_read_paper)
