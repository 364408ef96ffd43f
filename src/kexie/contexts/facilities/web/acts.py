"""What can be done on a facility's page: each act's form and the operation it calls."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.operations import handing, life, upkeep
from kexie.contexts.facilities.web import forms
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act


def _stage(view: Any, data: dict[str, Any]) -> Any:
    confirm = view.find(Action.CONFIRM)
    return life.enter_stage(facility_id=view.one.pk, confirm=confirm, **data, **view.by)


def _hand_over(view: Any, data: dict[str, Any]) -> Any:
    return handing.hand_over(facility_id=view.one.pk, **data, **view.by)


def _undo_hand_over(view: Any, data: dict[str, Any]) -> Any:
    return handing.undo_hand_over(handover_id=data["row"], **view.by)


def _take_back(view: Any, data: dict[str, Any]) -> Any:
    given = {"reason": data["reason"], "reverse": view.find(Action.REVERSE)}
    return life.take_back_stage(stage_id=data["record"], **given, **view.by)


def _visits(view: Any, data: dict[str, Any]) -> Any:
    return life.log_visits(facility_id=view.one.pk, **data, **view.by)


def _hours(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.set_hours(facility_id=view.one.pk, **data, **view.by)


def _closed(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.close_weekdays(facility_id=view.one.pk, **data, **view.by)


def _day(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.change_day(facility_id=view.one.pk, **data, **view.by)


def _undo_day(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.unchange_day(day_id=data["row"], **view.by)


def _asset(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.add_asset(facility_id=view.one.pk, **data, **view.by)


def _asset_state(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.move_asset(asset_id=data.pop("row"), **data, **view.by)


def _photo(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.add_photo(facility_id=view.one.pk, **data, **view.by)


def _drop_photo(view: Any, data: dict[str, Any]) -> Any:
    return upkeep.remove_photo(photo_id=data["row"], **view.by)


# Those with `at` are offered beside the rows they are about, the others in one section.
ACTS = (
    Act(
        key="stage", label=_("进入新阶段"), done=_("已登记阶段。"), run=_stage, form=forms.StageForm,
        hint=_("有确认权限时立即确认，否则先存为草稿。"),
    ),
    Act(
        key="visits", label=_("登记参观"), done=_("已登记，待确认后计入统计。"), run=_visits,
        form=forms.VisitsForm,
    ),
    Act(
        key="hand_over", label=_("移交给另一单位管理"), done=_("已移交，新单位的管理员从现在起可以办理。"),
        run=_hand_over, form=forms.HandOverForm, action=Action.CONFIRM,
        hint=_("设施照常运行，只换管理单位；原单位的管理员不再能办理，以前的记录不变。设备不再使用的，请登记“资产移交”。"),
    ),
    Act(
        key="undo_hand_over", label=_("撤回交接"), done=_("已撤回，设施回到原管理单位。"), run=_undo_hand_over,
        form=forms.OneForm, action=Action.CONFIRM, danger=True, at="handovers",
    ),
    Act(key="hours", label=_("设置每周开放时间"), done=_("已设置开放时间。"), run=_hours, form=forms.HoursForm),
    Act(key="closed", label=_("设置每周不开放的日子"), done=_("已设置。"), run=_closed, form=forms.ClosedForm),
    Act(key="day", label=_("某一天不同于平时"), done=_("已登记这一天。"), run=_day, form=forms.OpenDayForm),
    Act(key="asset", label=_("登记资产"), done=_("已登记资产。"), run=_asset, form=forms.AssetForm),
    Act(key="photo", label=_("上传照片"), done=_("已保存照片。"), run=_photo, form=forms.PhotoForm),
    Act(
        key="take_back", label=_("撤回"), done=_("已撤回这一步。"), run=_take_back, form=forms.TakeBackForm,
        danger=True, at="stages",
    ),
    Act(
        key="undo_day", label=_("恢复平时时间"), done=_("已恢复。"), run=_undo_day, form=forms.OneForm,
        at="hours",
    ),
    Act(
        key="asset_state", label=_("更改状态"), done=_("已更改。"), run=_asset_state,
        form=forms.AssetStateForm, at="assets",
    ),
    Act(
        key="drop_photo", label=_("删除照片"), done=_("已删除照片。"), run=_drop_photo, form=forms.OneForm,
        danger=True, at="photos",
    ),
)  # fmt: skip
