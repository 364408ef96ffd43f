"""Boundaries for the coverage page: taken in from GeoJSON, or taken away."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.web.fleet.base import FormPage
from kexie.contexts.touring.web.sets.forms import DeskForm
from kexie.foundation.access.roles import Action
from kexie.foundation.places import operations
from kexie.kernel.errors import Forbidden


class BoundariesForm(DeskForm):
    """A file, or the wish to have none."""

    file = forms.FileField(
        label=gettext_lazy("GeoJSON 文件"), required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.geojson"}),
        help_text=gettext_lazy("县（市、区）或乡镇的边界，WGS-84 经纬度；用 code 或 adcode 写区划代码，也认名称。"),
    )  # fmt: skip
    remove = forms.BooleanField(label=gettext_lazy("删除全部边界，恢复方块图"), required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        data = super().clean() or self.cleaned_data
        if not data.get("file") and not data.get("remove") and not self.errors:
            self.add_error("file", _("请选择文件。"))
        return data


class BoundariesPage(FormPage):
    """The form."""

    tab, title, submit = "coverage", gettext_lazy("行政区边界"), gettext_lazy("导入")
    sub = gettext_lazy("导入后覆盖页面画边界图；同一区划再次导入就替换。有一个要素不对就一个也不导入。")
    done = gettext_lazy("已更新边界。")
    action = to_write = Action.IMPORT

    def check(self) -> None:
        """Boundaries are the city's."""
        if not self.scope.covers(self.account.association.path):
            raise Forbidden(_("边界由市科协导入。"))

    def form(self, data: Any = None) -> DeskForm:
        """Ask for the file."""
        return BoundariesForm(data, self.request.FILES if data is not None else None)

    def act(self, data: dict[str, Any]) -> Any:
        """Take it in, or take all away."""
        given = {"association": self.account.association, **self.by}
        if data["remove"]:
            operations.remove_shapes(**given)
            return True
        return operations.take_in_shapes(content=data["file"].read(), **given)
