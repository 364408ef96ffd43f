"""What a meeting's record gives to its minutes, by the names that templates use for what is filled in."""

from kexie.contexts.governance.facade import MeetingNotes


def words(one: MeetingNotes) -> dict[str, str]:
    """Return what is known of a meeting; documents are Chinese, whoever looks on."""
    day = f"{one.on.year}年{one.on.month}月{one.on.day}日"
    return {
        "会议名称": one.title,
        "会议类型": str(one.kind),
        "时间": day,
        "会议时间": day,
        "地点": one.place,
        "会议地点": one.place,
        "第一议题": one.first_topic,
        "议程": one.agenda,
        "会议议程": one.agenda,
        "会议议定": one.resolutions,
        "议定事项": one.resolutions,
        "出席人数": _people(one.headcount),
        "请假人数": _people(one.absent),
    }


def _people(count: int | None) -> str:
    return "" if count is None else f"{count}人"
