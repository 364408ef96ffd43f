"""The stages of a science and technology backyard, and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BackyardState(models.TextChoices):
    """Stages of a backyard (domain.md 4.7)."""

    APPLIED = "APPLIED", _("已申报")
    APPROVED = "APPROVED", _("已批复")
    OPERATING = "OPERATING", _("运行中")
    SUSPENDED = "SUSPENDED", _("暂停")
    WITHDRAWN = "WITHDRAWN", _("撤销")


_S = BackyardState

# The key "" is a backyard before its first record; older ones were approved before applications were kept.
BACKYARD_TRANSITIONS: dict[str, frozenset[BackyardState]] = {
    "": frozenset({_S.APPLIED, _S.APPROVED}),
    _S.APPLIED: frozenset({_S.APPROVED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.OPERATING, _S.WITHDRAWN}),
    _S.OPERATING: frozenset({_S.SUSPENDED, _S.WITHDRAWN}),
    _S.SUSPENDED: frozenset({_S.OPERATING, _S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}
