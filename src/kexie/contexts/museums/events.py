"""What happens at museums, as other systems may be told of it. Payloads name nobody."""

from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text
from kexie.platform.outbox.kinds import EventKind

_RESERVATION: dict[str, Text] = {
    "venue": _("科技馆单位的编号"),
    "offer": _("时段的编号"),
    "day": _("参观日期"),
    "size": _("人数"),
    "channel": _("渠道：PUBLIC 个人，GROUP 团队，WALK_IN 现场，PRIORITY 优先"),
    "code": _("预约号"),
}
_ENDED: dict[str, Text] = {**_RESERVATION, "why": _("原因")}
_WISH: dict[str, Text] = {"venue": _("科技馆单位的编号"), "size": _("人数")}
_GROUP: dict[str, Text] = {"code": _("申请号"), "size": _("人数")}
_BOOKING, _WAITING, _REQUEST = _("预约的编号"), _("候补的编号"), _("团队预约的编号")

EVENT_KINDS = (
    EventKind(key="reservation.held", label=_("预约暂留了名额"), subject=_BOOKING, payload=_RESERVATION),
    EventKind(key="reservation.confirmed", label=_("预约成功"), subject=_BOOKING, payload=_RESERVATION),
    EventKind(key="reservation.changed", label=_("预约减少了人数"), subject=_BOOKING, payload=_ENDED),
    EventKind(
        key="reservation.cancelled", label=_("预约取消或改签到别的时段"), subject=_BOOKING, payload=_ENDED
    ),
    EventKind(key="reservation.expired", label=_("暂留超时，名额释放"), subject=_BOOKING, payload=_ENDED),
    EventKind(key="reservation.used", label=_("预约的人入馆"), subject=_BOOKING, payload=_ENDED),
    EventKind(key="reservation.no_show", label=_("预约未到"), subject=_BOOKING, payload=_ENDED),
    EventKind(
        key="wish.offered",
        label=_("候补有了名额，待确认"),
        subject=_WAITING,
        payload={**_WISH, "offer": _("时段的编号"), "until": _("确认截止时间")},
    ),
    EventKind(key="wish.taken", label=_("候补转为预约"), subject=_WAITING, payload=_WISH),
    EventKind(
        key="wish.lapsed",
        label=_("候补失效"),
        subject=_WAITING,
        payload={**_WISH, "waits_on": _("是否继续候补"), "why": _("原因：CANCELLED 时段取消；没有时为空")},
    ),
    EventKind(key="group.requested", label=_("提交了团队预约"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.submitted", label=_("团队提交了名单"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.changed", label=_("团队改了日期或人数"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.asked", label=_("请团队补充材料"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.replied", label=_("团队回复了馆方"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.approved", label=_("团队预约通过"), subject=_REQUEST, payload=_GROUP),
    EventKind(key="group.refused", label=_("团队预约未通过"), subject=_REQUEST, payload=_GROUP),
    EventKind(
        key="group.cancelled",
        label=_("团队预约取消"),
        subject=_REQUEST,
        payload={**_GROUP, "by_staff": _("是否由馆方取消")},
    ),
    EventKind(
        key="slot.changed",
        label=_("时段调整"),
        subject=_("时段的编号"),
        payload={
            "venue": _("科技馆单位的编号"),
            "day": _("参观日期"),
            "what": _(
                "调整：PLACES 名额，TIMES 时间，CLOSE 暂停，OPEN 恢复，ALLOT 改分配，CANCEL 取消，CLOSE_DAY 闭馆"
            ),
        },
    ),
    EventKind(
        key="lottery.drawn",
        label=_("抽签有了结果"),
        subject=_("抽签登记的编号"),
        payload={"outcome": _("结果：WON 中签，LOST 未中签"), "size": _("人数")},
    ),
    EventKind(
        key="block.made",
        label=_("因爽约限制预约"),
        subject=_("限制预约的编号"),
        payload={"venue": _("科技馆单位的编号"), "until": _("限制截止时间")},
    ),
    EventKind(
        key="appeal.decided",
        label=_("申诉有了结果"),
        subject=_("限制预约的编号"),
        payload={"grants": _("是否成立")},
    ),
    EventKind(
        key="visits.confirmed",
        label=_("一天的参观人次已确认"),
        subject=_("日终核对的编号"),
        payload={"venue": _("科技馆单位的编号"), "day": _("参观日期"), "people": _("人次")},
    ),
    EventKind(
        key="exhibit.faulty",
        label=_("展品停用"),
        subject=_("展品的编号"),
        payload={"venue": _("科技馆单位的编号"), "number": _("展品编号")},
    ),
    EventKind(
        key="exhibit.repaired",
        label=_("展品恢复使用"),
        subject=_("展品的编号"),
        payload={"venue": _("科技馆单位的编号"), "number": _("展品编号")},
    ),
    EventKind(
        key="feedback.given",
        label=_("观众留下评价"),
        subject=_("评价的编号"),
        payload={"venue": _("科技馆单位的编号"), "score": _("分数，1至5")},
    ),
)
