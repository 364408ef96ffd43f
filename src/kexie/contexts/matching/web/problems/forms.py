"""Forms of the problems' desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models import Expert, FollowUp, Industry, Problem, ProblemTerm
from kexie.contexts.matching.operations.problems import Posting
from kexie.contexts.matching.rules.disclosure import WORDING
from kexie.contexts.matching.web.fields import ExpertChoice
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope


class PostingForm(DeskForm):
    """A firm's problem in its own words."""

    wide = frozenset({"name", "summary", "full"})

    name = Words(
        label=_("一句话说清问题"), max_length=120,
        help_text=_("会公开，不写企业名称。例如：铝压铸件内部气孔超标。"),
    )  # fmt: skip
    summary = Lines(
        label=_("具体情况"), max_length=20_000,
        help_text=_("出在哪道工序、从什么时候起、试过什么办法、想达到什么指标、希望什么时候解决。系统按它找专家；商业秘密写在下面的详细资料里。"),
    )  # fmt: skip
    full = Lines(
        label=_("详细资料（保密）"), max_length=20_000, required=False,
        help_text=_("参数、配方、图纸说明等。加密保存，只有作出保密承诺的人能打开，每次打开都有记录；图纸和照片提交以后再添加。"),
    )  # fmt: skip
    industry = forms.ModelChoiceField(
        label=_("产业"), queryset=Industry.objects.none(), required=False, empty_label=_("说不准")
    )
    confidentiality = forms.ChoiceField(
        label=_("谁可以看到具体情况"), choices=Problem.Confidentiality.choices,
        initial=Problem.Confidentiality.VERIFIED,
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["summary"].widget.attrs["rows"] = 8
        self.fields["full"].widget.attrs["rows"] = 5
        industries: Any = self.fields["industry"]
        industries.queryset = Industry.objects.filter(association=scope.association_id).order_by("name")

    def ask_whether_another(self, numbers: str) -> None:
        """Add the box that says it is another problem than those it is like."""
        said = gettext("与 %(numbers)s 很像，我看过了，确实是另一个问题") % {"numbers": numbers}
        self.fields["sure"] = forms.BooleanField(label=said, required=False)

    def posting(self) -> Posting:
        """Return what was entered."""
        names = Posting.__dataclass_fields__.keys() & self.fields.keys()
        return Posting(**{name: self.cleaned_data[name] for name in names})


class DeskPostingForm(PostingForm):
    """The same, entered for a firm."""

    firm = forms.ModelChoiceField(
        label=pgettext_lazy("one", "企业"), queryset=Unit.objects.none(), empty_label=_("请选择")
    )
    field_order = ("firm",)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, scope=scope, **options)
        firms: Any = self.fields["firm"]
        firms.queryset = Unit.objects.filter(scope.q(""), kind=Kind.FIRM).order_by("name")


class OnForm(DeskForm):
    """A day."""

    on = Day(label=_("日期"))


class MoveForm(OnForm):
    """A step, with what is worth saying of it."""

    wide = frozenset({"words"})
    words = Lines(label=_("说明"), required=False, max_length=500)


class ExpertForm(MoveForm):
    """A step that an expert is part of."""

    expert = ExpertChoice(label=_("专家"), queryset=Expert.objects.none(), empty_label=_("请选择"))
    field_order = ("expert", "on", "words")


class CloseForm(OnForm):
    """Why it ends unsolved."""

    reason = Lines(label=_("关闭原因"), max_length=200)


class RejectForm(DeskForm):
    """What is not solved yet."""

    reason = Lines(label=_("还有什么没有解决"), max_length=400)


class UndertakeForm(DeskForm):
    """The wording itself is what is ticked."""

    agrees = forms.BooleanField(
        label=_("我作出以上保密承诺"), help_text=WORDING, error_messages={"required": _("请先勾选保密承诺。")}
    )


class PaperForm(DeskForm):
    """Whose paper was signed."""

    expert = ExpertChoice(label=_("专家"), queryset=Expert.objects.none(), empty_label=_("请选择"))


class RowForm(DeskForm):
    """An act on one row."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class EndForm(RowForm):
    """Why an undertaking ends."""

    reason = Words(label=_("终止原因"), required=False, max_length=200)


class AttachForm(DeskForm):
    """A paper."""

    file = forms.FileField(
        label=_("图纸、照片、检测报告"), help_text=_("和详细资料一样，只有作出保密承诺的人能打开。"),
        error_messages={"required": _("请选择文件。")},
    )  # fmt: skip


class WordsForm(DeskForm):
    """What the firm is to make clear."""

    words = Lines(label=_("要企业补充什么"), max_length=1000)


class AnswerForm(DeskForm):
    """The firm's answer."""

    words = Lines(
        label=_("答复"), max_length=1000, help_text=_("需要改题目或具体情况的，先点“修改”，再在这里答复。")
    )


class FollowForm(OnForm):
    """What the firm said some months later."""

    result = forms.ChoiceField(label=_("现在怎么样"), choices=[("", _("请选择")), *FollowUp.Result.choices])
    said = Lines(label=_("企业怎么说"), required=False, max_length=1000)
    person = Words(label=_("受访人"), required=False, max_length=60)
    field_order = ("result", "said", "person", "on")


class TermsForm(DeskForm):
    """What a problem is about: proposals that were found right stay ticked."""

    wide = frozenset({"industries", "disciplines", "keywords"})

    industries = forms.MultipleChoiceField(
        label=_("国民经济行业"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more_industry = Words(label=_("另加行业"), required=False, help_text=_("大类代码或名称，例如 C34。"))
    disciplines = forms.MultipleChoiceField(
        label=_("学科分类"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more_disciplines = Words(
        label=_("另加学科"), required=False, help_text=_("名称或代码，例如 机械工程 或 460。")
    )
    keywords = Lines(label=_("关键词"), required=False, help_text=_("用逗号或顿号隔开，最多15个。"))

    def __init__(self, *args: Any, rows: Sequence[ProblemTerm], **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer("industries", ProblemTerm.Kind.INDUSTRY, rows)
        self._offer("disciplines", ProblemTerm.Kind.DISCIPLINE, rows)

    def _offer(self, name: str, kind: str, rows: Sequence[ProblemTerm]) -> None:
        field: Any = self.fields[name]
        field.choices = [(row.value, _why(row)) for row in rows if row.kind == kind]
        if not field.choices:
            del self.fields[name]


def _why(row: ProblemTerm) -> str:
    if not row.phrases:
        return row.label
    return gettext("%(label)s（依据：%(phrases)s）") % {"label": row.label, "phrases": "、".join(row.phrases)}
