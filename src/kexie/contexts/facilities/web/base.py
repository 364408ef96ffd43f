"""What the facilities' desk pages share: its tabs and its frame."""

from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.pages import TabbedView

TABS = (
    ("registry", _("设施名册")),
    ("titles", _("科普称号")),
    ("rounds", _("称号评选")),
    ("reports", _("年度自评")),
    ("checks", _("抽查")),
    ("faults", _("问题报告")),
)


class FacilitiesView(TabbedView):
    """A page of the facilities' desk."""

    context, templates, namespace = "facilities", "facilities/desk", "facility_desk"
    tabs, tabs_label = TABS, _("科普设施工作")
