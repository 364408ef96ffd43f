from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Matching(AppConfig):
    name = "kexie.contexts.matching"
    label = "matching"
    verbose_name = _("专家与企业")

    def ready(self) -> None:
        """Let people open the papers of agreements and carriers."""
        from kexie.contexts.matching.rules import papers
        from kexie.platform.files import rules

        rules.register("matching.cooperation", papers.may_read)
