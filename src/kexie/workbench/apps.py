from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Workbench(AppConfig):
    name = "kexie.workbench"
    label = "workbench"
    verbose_name = _("工作台")

    def ready(self) -> None:
        from kexie.platform.files import rules
        from kexie.workbench.desk.evidence import may_read

        rules.register("ledger.evidence", may_read)
