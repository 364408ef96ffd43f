"""Ties in words that a person can check."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.kernel.errors import Text
from kexie.platform.ties.facts import Kind, Tie

LABELS: dict[Kind, Text] = {
    Kind.SAME: gettext_lazy("本人"),
    Kind.EMPLOYMENT: gettext_lazy("同一单位"),
    Kind.KINSHIP: gettext_lazy("亲属"),
    Kind.TEACHING: gettext_lazy("师生"),
    Kind.OTHER: gettext_lazy("其他利害关系"),
    Kind.AUTHORSHIP: gettext_lazy("共同成果"),
    Kind.NAMESAKE: gettext_lazy("成果里有同名的人"),
    Kind.PAID: gettext_lazy("收取过报酬"),
    Kind.COOPERATION: gettext_lazy("合作过"),
}


def explain(tie: Tie) -> str:
    """Return one tie in words: 同一单位：淮颍大学（到 2027-05-01）."""
    said = str(LABELS[tie.kind])
    if tie.what:
        said = _("%(kind)s：%(what)s") % {"kind": said, "what": tie.what}
    return _("%(said)s（到 %(day)s）") % {"said": said, "day": tie.until} if tie.until else said


def explain_all(ties: Iterable[Tie]) -> str:
    """Return several ties in words."""
    return _("；").join(explain(tie) for tie in ties)
