"""The stages of problems and of service carriers, and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProblemState(models.TextChoices):
    """Stages of a technical problem (domain.md 4.8)."""

    COLLECTED = "COLLECTED", _("已征集")
    CHECKED = "CHECKED", _("已审核")
    PUBLISHED = "PUBLISHED", _("已发布")
    MATCHED = "MATCHED", _("已匹配专家")
    VISITED = "VISITED", _("已对接")
    INTENDED = "INTENDED", _("已有意向")
    SIGNED = "SIGNED", _("已签约")
    WORKING = "WORKING", _("攻关中")
    SOLVED = "SOLVED", _("已解决")
    CLOSED = "CLOSED", _("已关闭")


class CarrierState(models.TextChoices):
    """Stages of a service carrier (domain.md 4.5); one from before this register begins with ESTABLISHED."""

    APPLIED = "APPLIED", _("已申请")
    CHECKED = "CHECKED", _("已核查")
    APPROVED = "APPROVED", _("已批准")
    REFUSED = "REFUSED", _("未通过")
    ESTABLISHED = "ESTABLISHED", _("建立")
    RENEWED = "RENEWED", _("续期")
    SUSPENDED = "SUSPENDED", _("暂停")
    CLOSED = "CLOSED", _("撤销")


class CarrierApplicationState(models.TextChoices):
    """Where a firm's own application for a carrier stands."""

    SENT = "SENT", _("待受理")
    RETURNED = "RETURNED", _("退回补正")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    ACCEPTED = "ACCEPTED", _("已受理")
    REFUSED = "REFUSED", _("不予受理")


class InvitationState(models.TextChoices):
    """What became of an invitation to an expert."""

    SENT = "SENT", _("等待答复")
    ACCEPTED = "ACCEPTED", _("已同意")
    DECLINED = "DECLINED", _("已谢绝")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    EXPIRED = "EXPIRED", _("过期未答复")


class ObligationState(models.TextChoices):
    """What became of something promised in an agreement."""

    OPEN = "OPEN", _("待履行")
    DONE = "DONE", _("已履行")
    DROPPED = "DROPPED", _("不再履行")


_P, _C, _I = ProblemState, CarrierState, InvitationState

# A problem may be matched again after a visit came to nothing, and settled without a contract. The key "" is
# the thing before its first record.
PROBLEM_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_P.COLLECTED}),
    _P.COLLECTED: frozenset({_P.CHECKED, _P.CLOSED}),
    _P.CHECKED: frozenset({_P.PUBLISHED, _P.MATCHED, _P.CLOSED}),
    _P.PUBLISHED: frozenset({_P.MATCHED, _P.CLOSED}),
    _P.MATCHED: frozenset({_P.MATCHED, _P.VISITED, _P.INTENDED, _P.SIGNED, _P.CLOSED}),
    _P.VISITED: frozenset({_P.MATCHED, _P.VISITED, _P.INTENDED, _P.SIGNED, _P.WORKING, _P.SOLVED, _P.CLOSED}),
    _P.INTENDED: frozenset({_P.MATCHED, _P.VISITED, _P.SIGNED, _P.WORKING, _P.CLOSED}),
    _P.SIGNED: frozenset({_P.WORKING, _P.CLOSED}),
    # From work to work: the firm said that it is not solved yet.
    _P.WORKING: frozenset({_P.VISITED, _P.WORKING, _P.SOLVED, _P.CLOSED}),
    _P.SOLVED: frozenset(),
    _P.CLOSED: frozenset(),
}

CARRIER_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_C.APPLIED, _C.ESTABLISHED}),
    _C.APPLIED: frozenset({_C.CHECKED, _C.REFUSED}),
    _C.CHECKED: frozenset({_C.APPROVED, _C.REFUSED}),
    _C.REFUSED: frozenset({_C.APPLIED}),
    _C.APPROVED: frozenset({_C.ESTABLISHED, _C.CLOSED}),
    _C.ESTABLISHED: frozenset({_C.RENEWED, _C.SUSPENDED, _C.CLOSED}),
    _C.RENEWED: frozenset({_C.RENEWED, _C.SUSPENDED, _C.CLOSED}),
    _C.SUSPENDED: frozenset({_C.RENEWED, _C.CLOSED}),
    _C.CLOSED: frozenset(),
}

_A = CarrierApplicationState

# From sent to sent: the firm corrected it before anybody had looked. What ended is applied for anew.
CARRIER_APPLICATION_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_A.SENT}),
    _A.SENT: frozenset({_A.SENT, _A.RETURNED, _A.WITHDRAWN, _A.ACCEPTED, _A.REFUSED}),
    _A.RETURNED: frozenset({_A.SENT, _A.WITHDRAWN, _A.REFUSED}),
    _A.WITHDRAWN: frozenset(),
    _A.ACCEPTED: frozenset(),
    _A.REFUSED: frozenset(),
}
OPEN_APPLICATIONS = (_A.SENT, _A.RETURNED)

# Who accepted may still be told that it will not come about; whoever was asked in vain can be asked anew.
INVITATION_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_I.SENT}),
    _I.SENT: frozenset({_I.ACCEPTED, _I.DECLINED, _I.WITHDRAWN, _I.EXPIRED}),
    _I.ACCEPTED: frozenset({_I.WITHDRAWN}),
    _I.DECLINED: frozenset(),
    _I.WITHDRAWN: frozenset(),
    _I.EXPIRED: frozenset(),
}

# What was settled by mistake is opened again.
OBLIGATION_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({ObligationState.OPEN}),
    ObligationState.OPEN: frozenset({ObligationState.DONE, ObligationState.DROPPED}),
    ObligationState.DONE: frozenset({ObligationState.OPEN}),
    ObligationState.DROPPED: frozenset({ObligationState.OPEN}),
}
