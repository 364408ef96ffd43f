from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Organisations(AppConfig):
    name = "kexie.contexts.organisations"
    label = "organisations"
    verbose_name = _("组织建设")

    def ready(self) -> None:
        """Let people open the papers of academic events."""
        from kexie.contexts.organisations.rules import papers
        from kexie.platform.files import rules

        rules.register("organisations.paper", papers.may_read)
