"""The areas of work by which figures are grouped, in the order of the work report."""

from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text

GROUPS: dict[str, Text] = {
    "innovation": _("服务创新发展"),
    "popularisation": _("科学普及"),
    "literacy": _("青少年与科学素质"),
    "rural": _("乡村振兴"),
    "workers": _("科技工作者之家"),
    "organisation": _("组织建设"),
}
