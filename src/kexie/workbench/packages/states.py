"""States of a package, of a file that came back, and of its rows, as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """How far a package is."""

    MAKING = "MAKING", _("正在生成")
    OUT = "OUT", _("已发出")
    RETURNED = "RETURNED", _("已交回")
    MERGED = "MERGED", _("已并入")
    FAILED = "FAILED", _("失败")


class Step(models.TextChoices):
    """How far the merging of one returned file is."""

    CHECKING = "CHECKING", _("正在核对")
    READY = "READY", _("待处理")
    MERGING = "MERGING", _("正在并入")
    MERGED = "MERGED", _("已并入")
    UNDOING = "UNDOING", _("正在撤销")
    UNDONE = "UNDONE", _("已撤销")
    REFUSED = "REFUSED", _("不能并入")
    FAILED = "FAILED", _("失败")
    CANCELLED = "CANCELLED", _("已取消")


class Verdict(models.TextChoices):
    """What a row of the sheet is, compared with what was handed out and what the ledger says now."""

    NEW = "NEW", _("新增")
    CHANGED = "CHANGED", _("更正")
    CONFLICT = "CONFLICT", _("冲突")
    LIKE = "LIKE", _("疑似重复")
    AGAIN = "AGAIN", _("并入后被冲销过")
    MISSING = "MISSING", _("表中已删")
    ERROR = "ERROR", _("有错误")
    SAME = "SAME", _("没有变化")


class Decision(models.TextChoices):
    """What is to be done with a row; "" is not decided yet."""

    TAKE = "TAKE", _("并入")
    LEAVE = "LEAVE", _("不并入")
    NEW = "NEW", _("是另一条，新建")
    FIX = "FIX", _("是同一条，用表中内容更正")
    REVERSE = "REVERSE", _("冲销系统中的记录")


class Outcome(models.TextChoices):
    """What became of a row."""

    CREATED = "CREATED", _("已新建")
    CORRECTED = "CORRECTED", _("已更正")
    EDITED = "EDITED", _("已改草稿")
    REVERSED = "REVERSED", _("已冲销")
    DISCARDED = "DISCARDED", _("已删草稿")
    LEFT = "LEFT", _("未动")
    REFUSED = "REFUSED", _("被拒绝")


# Which step follows which; what is not running can be begun again from where it stopped.
TRANSITIONS = {
    Step.CHECKING: {Step.READY, Step.REFUSED, Step.FAILED, Step.CANCELLED},
    Step.READY: {Step.MERGING, Step.CHECKING, Step.CANCELLED, Step.UNDOING},
    Step.MERGING: {Step.READY, Step.MERGED, Step.FAILED},
    Step.MERGED: {Step.UNDOING},
    Step.UNDOING: {Step.UNDONE, Step.FAILED},
    Step.FAILED: {Step.CHECKING, Step.CANCELLED},
    Step.CANCELLED: {Step.CHECKING},
    Step.REFUSED: set(),
    Step.UNDONE: set(),
}
RUNNING = (Step.CHECKING, Step.MERGING, Step.UNDOING)
# A file in one of these steps does not stand in the way of the same file coming again.
SPENT = (Step.REFUSED, Step.FAILED, Step.CANCELLED, Step.UNDONE)

# What a person may decide of each kind of row.
CHOICES: dict[str, tuple[str, ...]] = {
    Verdict.NEW: (Decision.TAKE, Decision.LEAVE),
    Verdict.CHANGED: (Decision.TAKE, Decision.LEAVE),
    Verdict.CONFLICT: (Decision.TAKE, Decision.LEAVE),
    Verdict.LIKE: (Decision.LEAVE, Decision.FIX, Decision.NEW),
    Verdict.AGAIN: (Decision.LEAVE, Decision.NEW),
    Verdict.MISSING: (Decision.LEAVE, Decision.REVERSE),
    Verdict.ERROR: (Decision.LEAVE,),
    Verdict.SAME: (),
}
