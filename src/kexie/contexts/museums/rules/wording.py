"""A museum's booking rules in plain words, for visitors and beside the form that sets them."""

import datetime as dt

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import BookingRules

_BUDGETS = ("cancels_a_day", "cancels_a_week", "cancels_a_month", "cancels_a_year")


def in_words(rules: BookingRules) -> list[str]:
    """Return what a visitor has to know, one sentence a line, in the order in which one needs it."""
    parts = (
        _release,
        _closing,
        _party,
        _identity,
        _companions,
        _entering,
        _cancelling,
        _no_shows,
        _waiting,
        _others,
    )
    return [line for part in parts for line in part(rules)]


def group_words(rules: BookingRules) -> list[str]:
    """Return what a group has to know."""
    size = {"least": rules.group_min, "most": rules.group_max}
    lines = [_("%(least)d人以上可按团队预约，每批最多%(most)d人。") % size, _group_times(rules)]
    if rules.group_a_day is not None:
        lines.append(_("每天接待团队合计最多%(most)d人。") % {"most": rules.group_a_day})
    if rules.group_people_a_leader is not None:
        lines.append(_("每名带队老师最多带%(most)d人。") % {"most": rules.group_people_a_leader})
    lines.append(
        _("须提交实名名单，由本馆审核。")
        if rules.group_needs_approval
        else _("须提交实名名单，提交后即预约成功。")
    )
    return lines


def minutes_in_words(minutes: int) -> str:
    """Return a length of time as people say it: whole days and hours where they come out even."""
    if minutes and minutes % 1440 == 0:
        return _("%(days)d天") % {"days": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return _("%(hours)d小时") % {"hours": minutes // 60}
    return _("%(minutes)d分钟") % {"minutes": minutes}


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M}"


def _release(rules: BookingRules) -> list[str]:
    at = _clock(rules.release_at)
    if rules.horizon_days == 0:
        return [_("当天%(at)s开始预约当天的参观。") % {"at": at}]
    values = {"at": at, "days": rules.horizon_days}
    lines = [_("可提前%(days)d天预约，每天%(at)s放出新一天的名额。") % values]
    if rules.wave_seconds:
        seconds = {"seconds": rules.wave_seconds}
        lines.append(_("放票后%(seconds)d秒内分批放行，每个账号的次序随机，与手速无关。") % seconds)
    if rules.uses_lottery:
        lines.append(_("热门时段以抽签方式分配，抽签方法公开可查。"))
    return lines


def _closing(rules: BookingRules) -> list[str]:
    if not rules.closes_minutes:
        return [_("停止入场前都可以预约。")]
    return [_("停止入场前%(time)s停止预约。") % {"time": minutes_in_words(rules.closes_minutes)}]


def _party(rules: BookingRules) -> list[str]:
    children = _("含儿童") if rules.counts_children else _("儿童不计入人数")
    lines = [_("每单最多%(most)d人（%(children)s）。") % {"most": rules.max_party, "children": children}]
    orders, people = rules.max_orders_a_day, rules.max_people_a_day
    if orders is not None and people is not None:
        values = {"orders": orders, "people": people}
        lines.append(_("同一账号同一参观日最多%(orders)d单、合计%(people)d人。") % values)
    elif orders is not None:
        lines.append(_("同一账号同一参观日最多%(orders)d单。") % {"orders": orders})
    elif people is not None:
        lines.append(_("同一账号同一参观日合计最多%(people)d人。") % {"people": people})
    return lines


def _identity(rules: BookingRules) -> list[str]:
    return [
        {
            BookingRules.Window.SLOT: _("实名预约，同一证件同一时段只能预约一次。"),
            BookingRules.Window.DAY: _("实名预约，同一证件同一天在本馆只能预约一次。"),
            BookingRules.Window.CITY_DAY: _("实名预约，同一证件同一天在全市各馆只能预约一次。"),
        }[BookingRules.Window(rules.identity_window)]
    ]


def _companions(rules: BookingRules) -> list[str]:
    lines = []
    if rules.child_age:
        lines.append(_("未满%(age)d岁的儿童须由成人一同预约并陪同入馆。") % {"age": rules.child_age})
    if rules.children_an_adult is not None:
        lines.append(_("每名成人最多陪同%(most)d名儿童。") % {"most": rules.children_an_adult})
    if rules.elder_age is not None:
        lines.append(_("%(age)d岁及以上的老年人须有家人陪同。") % {"age": rules.elder_age})
    return lines


def _entering(rules: BookingRules) -> list[str]:
    if not rules.early_minutes:
        return [_("请在预约时段开始后入馆，不能提前。")]
    return [_("预约时段开始前%(time)s起可以入馆。") % {"time": minutes_in_words(rules.early_minutes)}]


def _cancelling(rules: BookingRules) -> list[str]:
    moves = {
        None: _("改签次数不限。"),
        0: _("不能改签，可取消后重新预约。"),
    }.get(rules.max_moves) or _("每单最多改签%(most)d次。") % {"most": rules.max_moves}
    before = rules.cancel_minutes
    until = (
        _("开场前%(time)s可以取消或改签。") % {"time": minutes_in_words(before)}
        if before
        else _("开场前都可以取消或改签。")
    )
    return [until + moves, *_budgets(rules)]


def _budgets(rules: BookingRules) -> list[str]:
    names = (_("每天%(most)d次"), _("每周%(most)d次"), _("每月%(most)d次"), _("每年%(most)d次"))
    values = (getattr(rules, field) for field in _BUDGETS)
    said = [name % {"most": value} for name, value in zip(names, values, strict=True) if value is not None]
    return [_("同一账号最多取消：%(budgets)s。") % {"budgets": _("、").join(said)}] if said else []


def _no_shows(rules: BookingRules) -> list[str]:
    if not rules.no_shows:
        return []
    what = (
        _("预约后整单无人到馆为爽约。") if rules.no_show_from == "ALL" else _("预约的人有一位未到即为爽约。")
    )
    block = {"times": rules.no_shows, "block": rules.block_days}
    if rules.no_show_days:
        period = {**block, "days": rules.no_show_days}
        return [what + _("%(days)d天内爽约满%(times)d次，%(block)d天内不能预约；可以申诉。") % period]
    return [what + _("累计爽约满%(times)d次，%(block)d天内不能预约；可以申诉。") % block]


def _waiting(rules: BookingRules) -> list[str]:
    return [
        _("选定时段后为您保留名额%(hold)d分钟；候补有名额时保留%(offer)s，过时让给下一位。")
        % {"hold": rules.hold_minutes, "offer": minutes_in_words(rules.offer_minutes)}
    ]


def _others(rules: BookingRules) -> list[str]:
    lines = []
    if rules.priority_note:
        lines.append(_("%(who)s可走优先通道，不用手机也可到服务台领票。") % {"who": rules.priority_note})
    lines += [line.strip() for line in rules.visitor_note.splitlines() if line.strip()]
    return lines


def _group_times(rules: BookingRules) -> str:
    ahead, horizon = rules.group_days_ahead, rules.group_horizon_days
    if ahead:
        return _("至少提前%(ahead)d天、最早提前%(horizon)d天申请。") % {"ahead": ahead, "horizon": horizon}
    return _("最早提前%(horizon)d天申请，当天也可以。") % {"horizon": horizon}
