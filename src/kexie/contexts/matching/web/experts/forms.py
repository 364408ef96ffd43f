"""Forms of the experts' desk: they read input and show what operations refuse; operations decide."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.operations.common import version_of
from kexie.contexts.matching.operations.experts import Profile
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Whole, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import disciplines
from kexie.kernel.scope import Scope
from kexie.platform.ties.models import DECLARABLE
from kexie.platform.ties.wording import LABELS

_MOST_REQUESTS = 20


class Disciplines(Words):
    """Names or codes of GB/T 13745 on one line, the main one first."""

    def to_python(self, value: Any) -> Any:
        """Return the codes; name the words that mean none."""
        codes, unknown = disciplines.parse(super().to_python(value))
        if unknown:
            raise forms.ValidationError(
                _("没有这些学科：%(words)s。请填国家标准的学科名称（如机械工程）或代码（如460）。")
                % {"words": "、".join(unknown)}
            )
        return codes

    def prepare_value(self, value: Any) -> Any:
        """Show codes as names; finer ones stay codes."""
        if isinstance(value, str):
            return value
        return "、".join(disciplines.FIRST_LEVEL.get(code, code) for code in value or ())


class ProfileForm(DeskForm):
    """What is known of an expert, for the desk and for the expert alike."""

    wide = frozenset({"skills", "about", "note", "disciplines", "other_names"})

    name = Words(label=gettext_lazy("姓名"), max_length=60)
    other_names = Words(
        label=gettext_lazy("其他署名"), required=False, max_length=300,
        help_text=gettext_lazy("论文上的拼音或外文姓名，用顿号分开，查重时要用。"),
    )  # fmt: skip
    title = Words(label=gettext_lazy("职称"), required=False, max_length=60)
    employer = Words(
        label=gettext_lazy("工作单位"), required=False, max_length=120,
        help_text=gettext_lazy("写全称，回避要按它核对；海智专家不填。"),
    )  # fmt: skip
    disciplines = Disciplines(
        label=gettext_lazy("学科分类"), required=False, max_length=200,
        help_text=gettext_lazy("国家标准 GB/T 13745 的名称或代码，主要的写在前面，例如：机械工程、430。"),
    )  # fmt: skip
    skills = Words(
        label=gettext_lazy("能解决的问题"), required=False, max_length=500,
        help_text=gettext_lazy("企业听得懂的说法，用顿号分开，例如：焊缝跟踪、铸件气孔、伺服压机精度。"),
    )  # fmt: skip
    about = Lines(
        label=gettext_lazy("个人简介"), required=False, max_length=4000,
        help_text=gettext_lazy("做过什么、解决过什么；不写电话、证件号码和涉密内容。"),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("工作语言"), required=False, choices=Expert.Language.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    region = Words(
        label=gettext_lazy("常在地区"), required=False, max_length=60,
        help_text=gettext_lazy("例如：安徽合肥；海智专家不填。"),
    )  # fmt: skip
    availability = forms.ChoiceField(label=gettext_lazy("是否接受邀请"), choices=Expert.Availability.choices)
    away_until = Day(
        label=gettext_lazy("暂不接受到哪天"), required=False, help_text=gettext_lazy("过了这一天又可以邀请。")
    )
    most_requests = Whole(
        label=gettext_lazy("同时最多几项邀请"), initial=3, min_value=1, max_value=_MOST_REQUESTS
    )
    orcid = Words(label="ORCID", required=False, max_length=60)


class ExpertForm(ProfileForm):
    """A profile as the desk keeps it."""

    society = forms.ModelChoiceField(
        label=gettext_lazy("所属学会"), queryset=Unit.objects.none(), required=False,
        empty_label=gettext_lazy("没有"), help_text=gettext_lazy("由哪个学会推荐；学会专家要填。"),
    )  # fmt: skip
    openalex = Words(
        label=gettext_lazy("OpenAlex 作者编号"), required=False, max_length=60,
        help_text=gettext_lazy("导入公开论文时凭它认人。"),
    )  # fmt: skip
    is_home = forms.BooleanField(label=gettext_lazy("海智专家（来自海外）"), required=False)
    cleared_on = Day(
        label=gettext_lazy("出口管制和保密核对日期"), required=False,
        help_text=gettext_lazy("海智专家核对过才能推荐给企业。"),
    )  # fmt: skip
    note = Lines(label=gettext_lazy("备注"), required=False, max_length=500)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["society"].queryset = societies(scope)  # type: ignore[attr-defined]  # a ModelChoiceField

    def profile(self) -> Profile:
        """Return what was entered."""
        return Profile(**{name: self.cleaned_data[name] for name in Profile.__dataclass_fields__})

    def seen_again(self, expert: Expert) -> None:
        """Take the newest version for known, once somebody was told of it."""
        newest: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, where a form was sent
        newest["seen"] = version_of(expert)
        self.data = newest


class NewExpertForm(ExpertForm):
    """A new expert, with contact."""

    phone = Words(label=gettext_lazy("手机号码"), required=False, max_length=30)
    email = Words(label=gettext_lazy("电子邮箱"), required=False, max_length=120)


def societies(scope: Scope) -> Any:
    """Return the societies that can recommend an expert."""
    whole = Scope(association_id=scope.association_id)
    outside = Q(kind=Kind.OUTSIDE, name__regex="学会|协会|研究会")
    return units.units(whole).filter(Q(kind=Kind.SOCIETY) | outside).order_by("name")


def initial_of(one: Expert) -> dict[str, Any]:
    """Return what the form begins with."""
    names = (*Profile.__dataclass_fields__,)
    return {**{name: getattr(one, name) for name in names}, "seen": version_of(one)}


class ContactForm(DeskForm):
    """New contact in place of the old."""

    phone = Words(label=gettext_lazy("手机号码"), required=False, max_length=30)
    email = Words(label=gettext_lazy("电子邮箱"), required=False, max_length=120)


class RevealForm(DeskForm):
    """Which contact to see in clear, and why."""

    field = forms.ChoiceField(
        label=gettext_lazy("看哪一项"),
        choices=[("phone", gettext_lazy("手机号码")), ("email", gettext_lazy("电子邮箱"))],
    )
    reason = Words(label=gettext_lazy("查看原因"), max_length=200)


class WorkForm(DeskForm):
    """A work."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=ExpertWork.Kind.choices)
    title = Words(label=gettext_lazy("题名"), max_length=300)
    text = Lines(
        label=gettext_lazy("摘要或说明"), required=False, max_length=10_000,
        help_text=gettext_lazy("推荐专家时逐条比对这些文字；不写涉密内容。"),
    )  # fmt: skip
    year = Whole(label=gettext_lazy("年份"), required=False, min_value=1900, max_value=2199)
    authors = Words(
        label=gettext_lazy("作者或参加人"), required=False, max_length=500,
        help_text=gettext_lazy("用顿号分开，回避合作者时要用。"),
    )  # fmt: skip
    source_id = Words(
        label=gettext_lazy("编号"), required=False, max_length=120,
        help_text=gettext_lazy("DOI 或专利号。"),
    )  # fmt: skip


class RowForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class ConsentForm(DeskForm):
    """What an expert agreed to."""

    use = forms.ChoiceField(label=gettext_lazy("用途"), choices=ExpertConsent.Use.choices)
    basis = forms.ChoiceField(
        label=gettext_lazy("依据"),
        choices=[one for one in ExpertConsent.Basis.choices if one[0] != "SELF"],
    )
    on = Day(label=gettext_lazy("同意日期"))


class ConsentEndForm(DeskForm):
    """What an expert agrees to no more."""

    use = forms.ChoiceField(label=gettext_lazy("用途"), choices=ExpertConsent.Use.choices)
    on = Day(label=gettext_lazy("撤回日期"))


class DeclareForm(DeskForm):
    """A tie for which the expert must be left out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("关系"), choices=[(one.value, LABELS[one]) for one in DECLARABLE]
    )
    other_name = Words(
        label=gettext_lazy("与谁（姓名或单位）"), max_length=120,
        help_text=gettext_lazy("写单位全称，凡涉及这个单位和在那里工作的人都回避。"),
    )  # fmt: skip
    words = Words(
        label=gettext_lazy("说明"), required=False, max_length=200,
        help_text=gettext_lazy("例如：配偶在该公司任职。经办人会看到。"),
    )  # fmt: skip
    until = Day(
        label=gettext_lazy("到哪天"), required=False, help_text=gettext_lazy("不知道就不填，撤销前一直有效。")
    )


class RevokeForm(RowForm):
    """Why a declaration counts no more."""

    reason = Words(label=gettext_lazy("撤销原因"), max_length=200)


class AccountForm(DeskForm):
    """Whose account an expert's page is."""

    username = Words(
        label=gettext_lazy("本人账号"), required=False, max_length=60,
        help_text=gettext_lazy("系统管理员开通的账号名；留空即解除。"),
    )  # fmt: skip


class VerifyForm(DeskForm):
    """That somebody looked at who the expert is."""

    on = Day(label=gettext_lazy("认证日期"))


class WithdrawForm(DeskForm):
    """Why an expert leaves the register."""

    on = Day(label=gettext_lazy("退出日期"))
    reason = Words(label=gettext_lazy("退出原因"), max_length=200)
