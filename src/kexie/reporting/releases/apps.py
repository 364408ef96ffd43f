from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Releases(AppConfig):
    name = "kexie.reporting.releases"
    label = "releases"
    verbose_name = _("数据发布")

    def ready(self) -> None:
        """Tell governance which years are closed: their targets stay as they are."""
        from kexie.contexts.governance import closing
        from kexie.reporting.releases import queries

        closing.register(queries.is_year_closed)
