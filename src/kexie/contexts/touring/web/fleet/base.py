"""What the pages of the caravans' desk share: its frame, on top of what the sets' desk has."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.web.sets import base
from kexie.kernel.errors import Text

TABS = (
    ("vans", _("车辆")),
    ("trips", _("出车")),
    ("field", _("现场记录")),
    ("phones", _("现场手机")),
    ("documents", _("证件")),
    ("crew", _("队员")),
    ("requests", _("申请")),
    ("coverage", _("覆盖")),
)


def url(name: str, **kwargs: Any) -> str:
    """Return the address of one of these pages."""
    return reverse(f"touring_fleet:{name}", kwargs=kwargs)


class Fleet:
    """Where the desk is and what it is made of."""

    namespace: ClassVar[str] = "touring_fleet"
    tabs: ClassVar[Sequence[tuple[str, Text]]] = TABS
    tabs_label: ClassVar[Text] = _("大篷车工作")
    templates: ClassVar[str] = "touring/fleet"


class ListPage(Fleet, base.ListPage):
    """A list of the desk."""


class FormPage(Fleet, base.FormPage):
    """A form of the desk."""


class ActPage(Fleet, base.ActPage):
    """A page of one thing."""

    @property
    def keeps(self) -> bool:
        """Whether the account confirms touring's records: papers, repairs and leave are its business."""
        return bool(self.allowed.get("confirm"))
