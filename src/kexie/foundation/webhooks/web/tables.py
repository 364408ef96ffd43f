"""What the lists show."""

from collections.abc import Sequence

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from kexie.foundation.webhooks.messages import PING
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.kernel.errors import Text
from kexie.platform.outbox.kinds import kinds
from kexie.ui.tables import Cell, Column, Row, Table


def endpoints(found: Sequence[Endpoint]) -> Table:
    """Return the table of endpoints."""
    columns = [
        Column(_("名称")),
        Column(_("推送地址")),
        Column(_("范围")),
        Column(_("事件"), numeric=True),
        Column(_("最近成功"), nowrap=True),
        Column(_("连续失败"), numeric=True),
        Column(_("状态"), nowrap=True),
    ]
    return Table(columns, [_endpoint(one) for one in found])


def _endpoint(one: Endpoint) -> Row:
    cells = [
        Cell(one.name, href=resolve_url("webhooks:endpoint", endpoint_id=one.pk)),
        Cell(one.url),
        Cell(str(one.unit)),
        Cell(len(one.kinds)),
        Cell(one.delivered_at or "—"),
        Cell(one.failures),
        Cell(one.get_state_display()),
    ]
    return Row(cells, key=str(one.pk), name=one.name, reversed=one.state == Endpoint.State.REVOKED)


def deliveries(found: Sequence[Delivery]) -> Table:
    """Return the log of one endpoint."""
    columns = [
        Column(_("时间"), nowrap=True),
        Column(_("事件")),
        Column(_("结果"), nowrap=True),
        Column(_("次数"), numeric=True),
        Column(_("应答")),
        Column(_("耗时（毫秒）"), numeric=True),
        Column(_("下次推送"), nowrap=True),
    ]
    return Table(columns, [_delivery(one) for one in found])


def _delivery(one: Delivery) -> Row:
    address = resolve_url("webhooks:delivery", endpoint_id=one.endpoint_id, delivery_id=one.pk)
    cells = [
        Cell(one.created_at, href=address),
        Cell(kind_label(one.kind)),
        Cell(one.get_state_display()),
        Cell(one.attempts),
        Cell(answer_of(one)),
        Cell("—" if one.duration_ms is None else one.duration_ms),
        Cell(one.next_try_at or "—"),
    ]
    return Row(cells, key=str(one.pk), name=str(one))


def answer_of(one: Delivery) -> str:
    """Return what came back at the last attempt, in a few words."""
    if one.error:
        return _(one.error)
    return str(one.status_code or "—")


def kind_label(key: str) -> Text:
    """Return the name of a kind of event; kinds of former versions keep their key."""
    if key == PING:
        return _("测试")
    return kinds()[key].label if key in kinds() else key
