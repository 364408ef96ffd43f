"""What is asked of an applicant, in steps, and by what a reviewer scores: the items that appraisals use (domain.md 2.8)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text

WORDS, LINES, WHOLE = "WORDS", "LINES", "WHOLE"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a form; `most` is the longest text or the largest number."""

    key: str
    label: Text
    kind: str = LINES
    required: bool = True
    help: Text = ""
    most: int = 1000


@dataclass(frozen=True, kw_only=True)
class Part:
    """A page of a form."""

    key: str
    label: Text
    questions: tuple[Question, ...]


PARTS: tuple[Part, ...] = (
    Part(
        key="about",
        label=_("基本情况"),
        questions=(
            Question(key="intro", label=_("单位简介"), help=_("是什么单位、向谁开放、有什么特色，三五句话。")),
            Question(
                key="in_charge", label=_("科普工作负责人职务"), kind=WORDS, most=60,
                help=_("只写职务，不写姓名和手机号。"),
            ),
            Question(key="full_time", label=_("专职科普人员（人）"), kind=WHOLE, most=9999),
            Question(key="volunteers", label=_("兼职和志愿者（人）"), kind=WHOLE, most=99999),
        ),
    ),
    Part(
        key="place",
        label=_("场地和展教"),
        questions=(
            Question(key="area", label=_("科普场地面积（㎡）"), kind=WHOLE, most=999999),
            Question(key="methods", label=_("展示方式"), help=_("展板、实物、互动展项、影像等各有多少。")),
            Question(
                key="renewal", label=_("近一年更新展项比例（%）"), kind=WHOLE, most=100, required=False
            ),
        ),
    ),
    Part(
        key="work",
        label=_("开放和活动"),
        questions=(
            Question(key="plan", label=_("今后三年科普计划")),
            Question(key="rules", label=_("开放和安全制度"), help=_("有哪些制度，谁负责。")),
            Question(key="funds", label=_("上年科普经费（万元）"), kind=WHOLE, most=999999),
            Question(key="media", label=_("网络和新媒体科普"), required=False),
        ),
    ),
)  # fmt: skip
PART_OF = {part.key: part for part in PARTS}


def missing(answers: dict[str, object]) -> list[Question]:
    """Return the required questions without an answer."""
    asked = (one for part in PARTS for one in part.questions)
    return [one for one in asked if one.required and answers.get(one.key) in (None, "")]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """An item of the score sheet with the most points it gives; all together give 100."""

    key: str
    label: Text
    most: int


CRITERIA: tuple[Criterion, ...] = (
    Criterion(key="place", label=_("场地面积和安全"), most=20),
    Criterion(key="display", label=_("展示方式和更新"), most=20),
    Criterion(key="opening", label=_("开放天数和参观人次"), most=25),
    Criterion(key="activities", label=_("活动和新媒体"), most=20),
    Criterion(key="people", label=_("队伍、制度和经费"), most=15),
)
