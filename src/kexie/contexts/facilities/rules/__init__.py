"""Rules of the titles (domain.md 2.8)."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Title
from kexie.kernel.errors import Text

AWARDERS: dict[str, Text] = {
    Title.NATIONAL_BASE: _("中国科协"),
    Title.PROVINCIAL_BASE: _("省科协"),
    Title.PROVINCIAL_ST_BASE: _("省科技厅"),
    Title.CITY_BASE: _("市科协"),
    Title.DEMO_COMMUNITY: _("省科协"),
    Title.DEMO_SCHOOL: _("省科协"),
    Title.DEMO_BASE: _("省科协"),
    Title.DEMO_COUNTY: _("中国科协"),
}
PROVINCIAL_DEMOS = (Title.DEMO_COMMUNITY, Title.DEMO_SCHOOL, Title.DEMO_BASE)
