from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Touring(AppConfig):
    name = "kexie.contexts.touring"
    label = "touring"
    verbose_name = _("流动科普")

    def ready(self) -> None:
        """Let staff open photographs of handovers."""
        from kexie.contexts.touring.rules import photos
        from kexie.platform.files import rules

        rules.register("touring.handoverline", photos.may_read)
