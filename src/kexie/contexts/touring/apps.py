from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Touring(AppConfig):
    name = "kexie.contexts.touring"
    label = "touring"
    verbose_name = _("流动科普")

    def ready(self) -> None:
        """Let staff open photographs of handovers, papers of vehicles and receipts."""
        from kexie.contexts.touring.rules import photos
        from kexie.platform.files import rules

        rules.register("touring.handoverline", photos.may_read)
        rules.register("touring.caravandocument", photos.may_read_paper)
        rules.register("touring.tripcost", photos.may_read_receipt)
