"""Writing: reports, letters, notices and minutes from templates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Writing(AppConfig):
    """The room where documents are written."""

    name = "kexie.reporting.writing"
    label = "writing"
    verbose_name = _("文稿撰写")

    def ready(self) -> None:
        """Say who may read the files of templates and documents."""
        from kexie.platform.files import rules
        from kexie.reporting.writing.reading import may_read

        rules.register("writing", may_read)
