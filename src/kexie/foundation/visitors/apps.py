from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Visitors(AppConfig):
    name = "kexie.foundation.visitors"
    label = "visitors"
    verbose_name = _("观众账号")

    def ready(self) -> None:
        from kexie.foundation.units import queries as units
        from kexie.foundation.visitors import queries
        from kexie.foundation.visitors.web import cards
        from kexie.platform.capacity import holders
        from kexie.platform.notify import gateways, recipients
        from kexie.platform.notify.models import To

        holders.register(queries.current)
        recipients.register(To.VISITOR, queries.phone_of)
        gateways.register_demonstrations(units.is_demonstration)
        cards.register()
