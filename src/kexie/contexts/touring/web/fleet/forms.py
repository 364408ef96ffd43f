"""Forms of the caravans' desk: they read input; operations decide."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import CaravanDocument, Condition, CrewLeave, Site, TripCost, TripIncident
from kexie.contexts.touring.queries import fleet
from kexie.contexts.touring.web.sets.forms import Day, DeskForm, ScopedForm, Whole, Words, rows_field
from kexie.foundation.desk.forms import Fraction
from kexie.kernel.errors import UserError
from kexie.platform.files import kinds

MOST_BYTES = 10 * 1024 * 1024
_SCANS = ("pdf", "jpg", "jpeg", "png")


class Scan(forms.FileField):
    """A scan or a photograph of a paper; it may be left out."""

    widget = forms.ClearableFileInput(attrs={"accept": ".pdf,image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file, or refuse what is none."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if upload.name.rsplit(".", 1)[-1].lower() not in _SCANS or upload.size > MOST_BYTES:
            raise forms.ValidationError(_("请选择10MB以内的 PDF、JPG 或 PNG 文件；也可以不附。"))
        try:
            kinds.check(upload.name, upload.read())
        except UserError as refused:
            raise forms.ValidationError(str(refused)) from refused
        upload.seek(0)
        return upload


class DocumentForm(DeskForm):
    """A paper of a vehicle."""

    kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=CaravanDocument.Kind.choices)
    number = Words(label=gettext_lazy("证号或保单号"), required=False, max_length=60)
    valid_from = Day(label=gettext_lazy("生效日期"))
    valid_to = Day(
        label=gettext_lazy("有效期至"),
        required=False,
        help_text=gettext_lazy("这一天仍有效。行驶证可以不填。"),
    )
    scan = Scan(label=gettext_lazy("扫描件"), required=False)
    text = Words(label=gettext_lazy("说明"), required=False)


class RepairForm(DeskForm):
    """A vehicle goes to the workshop."""

    on = Day(label=gettext_lazy("送修日期"))
    fault = Words(label=gettext_lazy("维修原因"))
    expected_on = Day(
        label=gettext_lazy("预计修好"), required=False,
        help_text=gettext_lazy("不知道就不填：修好之前，排行程时都不用这辆车。"),
    )  # fmt: skip


class BackForm(DeskForm):
    """It comes back."""

    on = Day(label=gettext_lazy("修好日期"))
    result = Words(label=gettext_lazy("处理结果"))
    cost = Fraction(
        label=gettext_lazy("费用（元）"), required=False, min_value=0, max_digits=10, decimal_places=2
    )


class RetireForm(DeskForm):
    """It is given up."""

    on = Day(label=gettext_lazy("退役日期"))
    reason = Words(label=gettext_lazy("退役原因"))


class OdometerForm(DeskForm):
    """What the odometer shows."""

    on = Day(label=gettext_lazy("日期"))
    km = Whole(label=gettext_lazy("里程表（公里）"), max_value=2_000_000)
    text = Words(
        label=gettext_lazy("说明"), required=False, help_text=gettext_lazy("与前后读数不合时要写明原因。")
    )


class ExhibitForm(DeskForm):
    """How an exhibit on board was found."""

    on = Day(label=gettext_lazy("查看日期"))
    condition = forms.ChoiceField(
        label=gettext_lazy("状况"), choices=Condition.choices, widget=forms.RadioSelect, initial="GOOD"
    )
    text = Words(label=gettext_lazy("查看情况"), required=False)


class LeaveForm(DeskForm):
    """Days away."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=CrewLeave.Kind.choices)
    first_on = Day(label=gettext_lazy("从"))
    last_on = Day(label=gettext_lazy("到"))


class DriveForm(ScopedForm):
    """A stretch at the wheel: a day and two times of it; past midnight it ends on the next day."""

    on = Day(label=gettext_lazy("日期"))
    started = forms.TimeField(
        label=gettext_lazy("开始驾驶"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ended = forms.TimeField(
        label=gettext_lazy("停车"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("停车休息满20分钟后另记一条。"),
    )  # fmt: skip
    field_order = ("caravan", "on", "started", "ended")

    def offer(self) -> None:
        """Offer the vehicles in use."""
        self.fields["caravan"] = rows_field(fleet.vans(self.scope).filter(retired_on=None), _("大篷车"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Make two moments of day and times."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        on, started, ended = (found.get(name) for name in ("on", "started", "ended"))
        if on and started and ended:
            last = on if ended > started else on + dt.timedelta(days=1)
            found["started_at"] = timezone.make_aware(dt.datetime.combine(on, started))
            found["ended_at"] = timezone.make_aware(dt.datetime.combine(last, ended))
        return found


class AcceptForm(DeskForm):
    """A request becomes a site: one that is known, or a new one."""

    site = forms.TypedChoiceField(
        label=gettext_lazy("点位"), required=False, coerce=UUID, empty_value=None,
        help_text=gettext_lazy("同一乡镇里名称相近的点位列在这里；都不是就新建。"),
    )  # fmt: skip
    longitude = Fraction(
        label=gettext_lazy("经度"),
        required=False,
        max_digits=9,
        decimal_places=6,
        min_value=72,
        max_value=138,
    )
    latitude = Fraction(
        label=gettext_lazy("纬度"), required=False, max_digits=9, decimal_places=6, min_value=0, max_value=56,
        help_text=gettext_lazy("新建点位时填写，WGS-84 度数。"),
    )  # fmt: skip
    text = Words(label=gettext_lazy("答复"), required=False, max_length=300)

    def __init__(self, *args: Any, sites: Sequence[Site] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(str(one.pk), one.name) for one in sites]
        self.fields["site"].choices = [("", _("新建点位")), *known]  # type: ignore[attr-defined]
        if known:
            self.fields["site"].initial = known[0][0]


class AskForm(DeskForm):
    """What whoever asked is to add."""

    text = Words(label=gettext_lazy("要补充什么"), max_length=300)


class ReasonForm(DeskForm):
    """Why a request is refused."""

    text = Words(label=gettext_lazy("原因"), max_length=300)


class CostForm(DeskForm):
    """What was paid on a trip."""

    kind = forms.ChoiceField(label=gettext_lazy("费用类型"), choices=TripCost.Kind.choices)
    on = Day(label=gettext_lazy("日期"))
    yuan = Fraction(
        label=gettext_lazy("金额（元）"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2
    )
    receipt = Scan(label=gettext_lazy("票据"), required=False)
    text = Words(label=gettext_lazy("说明"), required=False)


class IncidentForm(DeskForm):
    """What went wrong on a trip."""

    kind = forms.ChoiceField(label=gettext_lazy("情况类型"), choices=TripIncident.Kind.choices)
    on = Day(label=gettext_lazy("日期"))
    text = Words(label=gettext_lazy("经过"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CloseIncidentForm(DeskForm):
    """How it was dealt with."""

    on = Day(label=gettext_lazy("办结日期"))
    result = Words(label=gettext_lazy("处理结果"), max_length=300)


class SignForm(DeskForm):
    """A host's signature."""

    stop = forms.TypedChoiceField(label=gettext_lazy("活动场次"), coerce=UUID)
    signed_by = Words(label=gettext_lazy("接待单位签字人"), max_length=40)
    on = Day(label=gettext_lazy("签字日期"))
    words = Words(label=gettext_lazy("接待单位意见"), required=False, max_length=300)
    sheet = Scan(label=gettext_lazy("签字单"), required=False)

    def __init__(self, *args: Any, stops: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stop"].choices = list(stops)  # type: ignore[attr-defined]


class PhoneForm(DeskForm):
    """A crew's phone."""

    name = Words(label=gettext_lazy("手机名称"), max_length=40)
