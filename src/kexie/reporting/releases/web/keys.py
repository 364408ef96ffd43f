"""The keys units sign with: for staff with the change of one, and for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.reporting.releases import keys, operations
from kexie.reporting.releases.models import SigningKey
from kexie.reporting.releases.web.base import ReleasesView
from kexie.reporting.releases.web.forms import KeyForm
from kexie.reporting.releases.web.public import PublicView
from kexie.ui import lists
from kexie.ui.tables import Cell, Column, Row, Table


class KeysPage(ReleasesView, ActPage):
    """Every key of the units in sight, and the change of a unit's key."""

    tab, template = "keys", "keys"
    to_write = Action.CLOSE

    def acts(self) -> list[Act]:
        """Whoever closes may change the key."""
        return [_ROTATE]

    def act_form(self, act: Act, *args: Any, **options: Any) -> Any:
        """Only units that have a key."""
        return super().act_form(act, *args, scope=self.find(Action.CLOSE), **options)

    def context_of(self) -> dict[str, Any]:
        """A page of keys."""
        return _keys(self.request, self.scope)


def _rotate(view: Any, data: dict[str, Any]) -> Any:
    return operations.rotate_key(unit=data["unit"], **view.by)


_ROTATE = Act(
    key="rotate", label=_("启用新密钥"), run=_rotate, done=_("已启用，以后的发布用新密钥签名。"), form=KeyForm,
    action=Action.CLOSE,
    hint=_("旧密钥为新密钥签名作保；用旧密钥签过的发布照样能核验。疑心密钥外泄时更换。"),
)  # fmt: skip


class PublicKeysView(PublicView):
    """The public keys, for whoever verifies a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return render(request, "releases/public/keys.html", _keys(request, self.visible))


def _keys(request: HttpRequest, scope: Any) -> dict[str, Any]:
    page = lists.paged(keys.keys(scope), request.GET)
    newest: dict[Any, int] = {}
    for one in page.object_list:
        newest.setdefault(one.unit_id, one.number)
    columns = (
        Column(pgettext_lazy("one", "单位")),
        Column(_("序号"), numeric=True),
        Column(_("公钥")),
        Column(_("启用时间"), nowrap=True),
        Column(_("状态")),
    )
    rows = [_row(one, is_newest=one.number == newest[one.unit_id]) for one in page.object_list]
    return {"page": page, "table": Table(columns, rows)}


def _row(one: SigningKey, *, is_newest: bool) -> Row:
    state = _("在用") if is_newest else _("旧，仍可核验")
    return Row((Cell(str(one.unit)), Cell(one.number), Cell(one.public), Cell(one.made_at), Cell(state)))
