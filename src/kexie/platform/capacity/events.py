"""What other systems may be told of counters; bookings themselves are told of by whoever offers them."""

from django.utils.translation import gettext_lazy as _

from kexie.platform.outbox.kinds import EventKind

EVENT_KINDS = (
    EventKind(
        key="capacity.discrepancy",
        label=_("名额与预约对不上"),
        subject=_("第一处不一致的编号"),
        payload={
            "taken": _("已占用的名额与预约不一致的处数"),
            "sinking": _("名额与设定不一致的处数"),
            "amounts": _("预约占用与人数不一致的处数"),
            "seats": _("人员与预约不一致的处数"),
            "wishes": _("候补与暂留不一致的处数"),
            "offered_once": _("一个暂留给了几个候补的处数"),
            "held_for_nobody": _("没有主人的暂留的处数"),
        },
    ),
)
