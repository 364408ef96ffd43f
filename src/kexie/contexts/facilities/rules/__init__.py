"""Rules of the titles (domain.md 2.8)."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Title
from kexie.kernel.errors import Text

AWARDERS: dict[str, Text] = {
    Title.NATIONAL_BASE: _("中国科协"),
    Title.PROVINCIAL_BASE: _("省科协"),
    Title.PROVINCIAL_ST_BASE: _("省科技厅"),
    Title.CITY_BASE: _("市科协"),
    Title.CITY_COMMUNITY: _("市科协"),
    Title.CITY_SCHOOL: _("市科协"),
    Title.DEMO_COMMUNITY: _("省科协"),
    Title.DEMO_SCHOOL: _("省科协"),
    Title.DEMO_BASE: _("省科协"),
    Title.DEMO_COUNTY: _("中国科协"),
}
PROVINCIAL_DEMOS = (Title.DEMO_COMMUNITY, Title.DEMO_SCHOOL, Title.DEMO_BASE)

MUNICIPAL, PROVINCIAL, NATIONAL = "MUNICIPAL", "PROVINCIAL", "NATIONAL"
LEVELS: dict[str, Text] = {MUNICIPAL: _("市级"), PROVINCIAL: _("省级"), NATIONAL: _("国家级")}
LEVEL_OF: dict[str, str] = {
    Title.NATIONAL_BASE: NATIONAL,
    Title.DEMO_COUNTY: NATIONAL,
    Title.PROVINCIAL_BASE: PROVINCIAL,
    Title.PROVINCIAL_ST_BASE: PROVINCIAL,
    Title.DEMO_COMMUNITY: PROVINCIAL,
    Title.DEMO_SCHOOL: PROVINCIAL,
    Title.DEMO_BASE: PROVINCIAL,
    Title.CITY_BASE: MUNICIPAL,
    Title.CITY_COMMUNITY: MUNICIPAL,
    Title.CITY_SCHOOL: MUNICIPAL,
}
# The title one must hold to be put forward for the next. The base of the department of science and technology
# leads nowhere and asks for nothing: its way goes through the counties' bureaus, not through the associations.
LOWER: dict[str, str] = {
    Title.NATIONAL_BASE: Title.PROVINCIAL_BASE,
    Title.PROVINCIAL_BASE: Title.CITY_BASE,
    Title.DEMO_COMMUNITY: Title.CITY_COMMUNITY,
    Title.DEMO_SCHOOL: Title.CITY_SCHOOL,
    Title.DEMO_BASE: Title.CITY_BASE,
}
