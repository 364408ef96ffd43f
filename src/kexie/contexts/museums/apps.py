from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Museums(AppConfig):
    name = "kexie.contexts.museums"
    label = "museums"
    verbose_name = _("科技馆")

    def ready(self) -> None:
        """Let staff open photographs of faults and groups' papers; take part in visitors' pages, and when an account is deleted."""
        from kexie.contexts.museums.operations import accounts
        from kexie.contexts.museums.rules import photos
        from kexie.contexts.museums.web.public import cards
        from kexie.foundation.visitors import hooks
        from kexie.platform.files import rules

        rules.register("museums.faultreport", photos.may_read)
        rules.register("museums.groupdocument", photos.may_read_document)
        cards.register()
        hooks.register("museums", holds=accounts.holds, erase=accounts.erase, export=accounts.export)
