"""By when a problem's next step is promised, and what that step is. The days are the association's own promise."""

from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.states import ProblemState as Stage
from kexie.kernel.errors import Text

# Days from reaching a stage to the next; what is solved or closed waits for nothing.
PROMISED = {
    Stage.COLLECTED: 3, Stage.CHECKED: 5, Stage.PUBLISHED: 15, Stage.MATCHED: 20, Stage.VISITED: 30,
    Stage.SIGNED: 15, Stage.WORKING: 180,
}  # fmt: skip
NEXT: dict[str, Text] = {
    "": _("受理并审核"), Stage.COLLECTED: _("审核"), Stage.CHECKED: _("发布"), Stage.PUBLISHED: _("匹配专家"),
    Stage.MATCHED: _("上门对接"), Stage.VISITED: _("签约或攻关"), Stage.SIGNED: _("开始攻关"),
    Stage.WORKING: _("请企业确认结果"),
}  # fmt: skip
# What the firm may say of the result: only while somebody has been there and nothing is settled.
FIRM_SPEAKS = frozenset({Stage.VISITED, Stage.WORKING})
ENDED = frozenset({Stage.SOLVED, Stage.CLOSED})
# Until it is checked the firm may still change what it wrote.
OPEN_TO_FIRM = frozenset({"", Stage.COLLECTED})
