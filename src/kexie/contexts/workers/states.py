"""How the things of this context may move from stage to stage."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteStage(models.TextChoices):
    """Stages of a survey site."""

    APPLIED = "APPLIED", _("申请设立")
    APPROVED = "APPROVED", _("批准设立")
    DECLINED = "DECLINED", _("未获批准")
    WITHDRAWN = "WITHDRAWN", _("撤销")


# What may follow the latest stage of a site; "" is a site without any stage.
TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({SiteStage.APPLIED}),
    SiteStage.APPLIED: frozenset({SiteStage.APPROVED, SiteStage.DECLINED}),
    SiteStage.DECLINED: frozenset({SiteStage.APPLIED}),
    SiteStage.APPROVED: frozenset({SiteStage.WITHDRAWN}),
    SiteStage.WITHDRAWN: frozenset({SiteStage.APPLIED}),
}
