"""What each step of a facility's life needs, and on which stages it receives visitors."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text

# Whoever ends the work of a facility says why, and by what; who gives its things away says to whom.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "SUSPENDED": ("reason",),
    "WITHDRAWN": ("reason", "document"),
    "TRANSFERRED": ("reason", "document", "receiver"),
}
ASKS: Mapping[str, Text] = {
    "reason": _("停用、摘牌或移交要写明原因。"),
    "document": _("摘牌或移交要写明依据：文号、会议纪要或移交清单的编号。"),
    "receiver": _("资产移交要写明接收单位。"),
}
# Nobody is received while it is put right, or after it has ended.
CLOSED = frozenset({"SUSPENDED", "WITHDRAWN", "TRANSFERRED"})
ENDED = frozenset({"WITHDRAWN", "TRANSFERRED"})


def missing(stage: str, given: Mapping[str, str]) -> Iterator[str]:
    """Yield what a stage needs and was not given."""
    return (name for name in NEEDS.get(stage, ()) if not given.get(name))
