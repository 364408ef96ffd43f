"""What the pages of the experts' desk share: its tabs and its frame."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.desk.pages import TabbedView

TABS = (("experts", pgettext_lazy("many", "专家")),)


class ExpertsView(TabbedView):
    """A page of the experts' desk."""

    context, templates, namespace = "matching", "matching/experts", "expert_desk"
    tabs, tabs_label = TABS, _("专家工作")
    tab = "experts"
