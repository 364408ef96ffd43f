"""What kind of place is meant: by the words offices use for kinds, and by a place's own name."""

import re

from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Site
from kexie.kernel import text
from kexie.kernel.errors import UserError

Kind = Site.Kind
# What offices write in place of the kinds.
SYNONYMS: dict[str, str] = {
    **dict.fromkeys(
        (
            "小学", "中心小学", "村小", "完小", "教学点", "初中", "初级中学", "中学", "高中", "高级中学", "完中", "完全中学",
            "九年一贯制", "九年一贯制学校", "一贯制学校", "十二年一贯制学校", "职高", "职业高中", "中职", "中等职业学校", "职业学校",
            "特殊教育学校", "特校", "校", "中小学", "义务教育学校",
        ),
        Kind.SCHOOL,
    ),
    **dict.fromkeys(("行政村", "自然村", "村委会", "村庄", "中心村"), Kind.VILLAGE),
    **dict.fromkeys(("居委会", "居民委员会", "街道社区"), Kind.COMMUNITY),
    **dict.fromkeys(("文化广场", "公园"), Kind.SQUARE),
    **dict.fromkeys(("集", "大集", "农贸市场", "集贸市场", "市场"), Kind.MARKET),
}  # fmt: skip
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"(小学|中学|初中|高中|学校|教学点|职高|完小|[一二三四五六七八九十\d][中小]|附中|附小)$"),
        Kind.SCHOOL,
    ),
    (re.compile(r"(社区|居委会|居民委员会)$"), Kind.COMMUNITY),
    (re.compile(r"(村|村委会|村民委员会|庄)$"), Kind.VILLAGE),
    (re.compile(r"(广场|公园)$"), Kind.SQUARE),
    (re.compile(r"(集市|大集|农贸市场|集贸市场)$"), Kind.MARKET),
)
# What stands behind a name and says nothing of its kind: 向阳小学（东校区）, 二中分校.
_TAIL = re.compile(r"([（(\[【].*?[）)\]】]|[东南西北新老本]*(校区|校部|分校|部))+$")


def read(value: str) -> str:
    """Return the kind that a cell names, by label, code or another word for it. Raises UserError."""
    said = text.clean(value)
    for code, label in Kind.choices:
        if said.upper() == code or said == str(label):
            return code
    if kind := SYNONYMS.get(said):
        return kind
    labels = _("、").join(str(label) for _code, label in Kind.choices)
    raise UserError(_("没有“%(value)s”这个选项，可填：%(labels)s。") % {"value": value, "labels": labels})


def by_name(name: str) -> str:
    """Return the kind that a name tells, "" where it tells none."""
    said = _TAIL.sub("", text.clean(name).replace(" ", ""))
    return next((kind for pattern, kind in _NAMES if pattern.search(said)), "")
