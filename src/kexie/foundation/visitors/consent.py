"""The consent of a child's guardian (Personal Information Protection Law, article 31).

Each wording has a version; a companion keeps the version that was agreed to. Never change a wording: add one.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Relation(models.TextChoices):
    """Who the visitor is to the child."""

    PARENT = "PARENT", _("父亲或母亲")
    GUARDIAN = "GUARDIAN", _("其他监护人")
    ENTRUSTED = "ENTRUSTED", _("受监护人委托（教师、亲属等），已取得监护人同意")


VERSION = "2026-11"

WORDINGS: Mapping[str, str | Promise] = {
    "2026-11": _(
        "我是这个孩子的监护人，或已取得监护人同意。我同意为预约和入馆核验使用孩子的姓名、证件号码和出生日期；"
        "这些信息加密保存，页面上只显示一部分，不作他用；预约中的信息在参观结束6个月后删除，同行人资料保存到我删除为止。我可以随时删除，撤回同意。"
    )
}


def wording(version: str = VERSION) -> str | Promise:
    """Return what was agreed to."""
    return WORDINGS[version]
