"""What notices say: templates as data.

A text names its values in `%(name)s`; days, moments and times of day are written as the reader's language writes
them. Whoever sends a notice gives every value named.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import dateformat, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_VALUE = re.compile(r"%\((\w+)\)s")
_WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


@dataclass(frozen=True, kw_only=True)
class Template:
    """One kind of notice. `sms`: it is worth a message to the phone; `urgent`: also at night, and at once."""

    title: Promise
    text: Promise
    sms: bool = True
    urgent: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The values its text names."""
        return frozenset(_VALUE.findall(str(self.text)))


TEMPLATES: Mapping[str, Template] = {
    "code": Template(
        title=_("登录验证码"),
        text=_("验证码%(code)s，%(minutes)s分钟内有效，用于登录%(site)s。请勿告诉他人。"),
        urgent=True,
    ),
    "booking.confirmed": Template(
        title=_("预约成功"),
        text=_(
            "您已预约%(museum)s%(day)s%(slot)s，共%(people)s人，预约号%(code)s。请按时凭二维码入馆；不能来请提前取消。"
        ),
    ),
    "booking.cancelled": Template(
        title=_("预约已取消"),
        text=_("您在%(museum)s%(day)s%(slot)s的预约（预约号%(code)s）已取消。"),
    ),
    "booking.called_off": Template(
        title=_("预约被取消"),
        text=_(
            "%(museum)s取消了您%(day)s%(slot)s的预约（预约号%(code)s）：%(reason)s。不计爽约，请改约其他时段。"
        ),
    ),
    "booking.moved": Template(
        title=_("预约已改期"),
        text=_(
            "%(museum)s已把您的预约改到%(day)s%(slot)s，预约号%(code)s。原因：%(reason)s。不合适请取消，不计爽约。"
        ),
    ),
    "museum.notice": Template(
        title=_("来馆提醒"),
        text=_("%(museum)s%(day)s%(slot)s提醒：%(text)s。您的预约号%(code)s。"),
    ),
    "slot.closed": Template(
        title=_("闭馆通知"),
        text=_(
            "%(museum)s%(day)s%(slot)s不开放：%(reason)s。您的预约（预约号%(code)s）已取消，不计爽约，请改约其他时段。"
        ),
    ),
    "slot.moved": Template(
        title=_("时段调整"),
        text=_(
            "%(museum)s%(day)s%(slot)s调整为%(new_day)s%(new_slot)s，您的预约（预约号%(code)s）随之改期。不合适请取消，不计爽约。"
        ),
    ),
    "wish.offered": Template(
        title=_("候补到位"),
        text=_(
            "%(museum)s%(day)s%(slot)s有%(people)s个名额为您保留到%(until)s，请在此之前确认，过时让给下一位。"
        ),
        urgent=True,
    ),
    "wish.lapsed": Template(
        title=_("候补结束"),
        text=_("您在%(museum)s%(day)s%(slot)s的候补已结束：%(reason)s。"),
        sms=False,
    ),
    "draw.called_off": Template(
        title=_("抽签取消"),
        text=_("%(museum)s%(day)s%(slot)s的抽签已取消：%(reason)s。您的登记已失效，可改约其他时段。"),
    ),
    "group.approved": Template(
        title=_("团队预约通过"),
        text=_("%(museum)s已同意%(group)s于%(day)s%(slot)s来馆，共%(people)s人，预约号%(code)s。"),
    ),
    "group.refused": Template(
        title=_("团队预约未通过"),
        text=_("%(museum)s未能接受%(group)s%(day)s%(slot)s的团队预约：%(reason)s。"),
    ),
    "group.docs": Template(
        title=_("团队预约须补充材料"),
        text=_("%(museum)s请%(group)s于%(until)s前补充：%(what)s。过时未补，%(day)s%(slot)s的预约将取消。"),
    ),
    "noshow.warned": Template(
        title=_("爽约提醒"),
        text=_(
            "您预约了%(museum)s%(day)s%(slot)s但没有到馆，爽约已记%(times)s次；满%(limit)s次将暂停预约。不能来请提前取消。"
        ),
    ),
    "noshow.blocked": Template(
        title=_("暂停预约"),
        text=_("您在%(museum)s已爽约%(times)s次，预约暂停到%(until)s。如有特殊情况，可以申诉。"),
    ),
    "shift.invited": Template(
        title=_("志愿服务邀请"),
        text=_("%(museum)s请您%(day)s%(hours)s到“%(post)s”岗位服务。能否参加请打开 %(link)s 答复。"),
    ),
    "shift.cancelled": Template(
        title=_("志愿服务取消"),
        text=_("您在%(museum)s%(day)s%(hours)s“%(post)s”岗位的志愿服务已取消：%(reason)s。"),
    ),
    "caravan.asked": Template(
        title=_("大篷车申请须补充"),
        text=_("%(unit)s请您补充%(place)s的大篷车申请（编号%(code)s）：%(text)s。请打开 %(link)s 答复。"),
    ),
    "caravan.accepted": Template(
        title=_("大篷车申请已受理"),
        text=_(
            "%(unit)s已受理%(place)s的大篷车申请（编号%(code)s），排定日期后会请您确认。进度见 %(link)s 。"
        ),
    ),
    "caravan.refused": Template(
        title=_("大篷车申请未受理"),
        text=_("%(unit)s未能受理%(place)s的大篷车申请（编号%(code)s）：%(text)s。"),
    ),
    "visit.ask": Template(
        title=_("大篷车来访请确认"),
        text=_(
            "%(unit)s的科普大篷车（%(van)s）拟于%(day)s%(hours)s到%(site)s。能否接待请打开 %(link)s 答复。"
        ),
    ),
    "visit.move": Template(
        title=_("大篷车来访有变动"),
        text=_(
            "%(unit)s的科普大篷车原定%(old_day)s%(old_time)s到%(site)s，现改为%(day)s%(hours)s（%(van)s）。能否接待请打开 %(link)s 答复。"
        ),
    ),
    "visit.off": Template(
        title=_("大篷车来访取消"),
        text=_(
            "%(unit)s的科普大篷车原定%(day)s%(hours)s到%(site)s，现已取消，请不用准备；另有安排会再通知您。"
        ),
    ),
    "expert.invited": Template(
        title=_("请您看一项技术难题"),
        text=_("%(unit)s请您帮助企业解决“%(title)s”。能否参加请在%(until)s前打开 %(link)s 答复。"),
    ),
    "expert.reminded": Template(
        title=_("技术难题邀请待答复"),
        text=_("%(unit)s邀请您帮助企业解决“%(title)s”，请在%(until)s前打开 %(link)s 答复。"),
    ),
    "expert.uninvited": Template(
        title=_("技术难题邀请已撤回"),
        text=_("%(unit)s撤回了“%(title)s”的邀请：%(reason)s。"),
    ),
    "expert.stale": Template(
        title=_("请确认您的专家资料"),
        text=_("%(unit)s请您看一眼登记的专家资料还对不对，打开 %(link)s 点一下即可。"),
    ),
    "meeting.invited": Template(
        title=_("请您参加对接会"),
        text=_("%(unit)s请您参加%(day)s在%(place)s举办的“%(meeting)s”，能否参加请打开 %(link)s 答复。"),
    ),
    "meeting.talks": Template(
        title=_("您的洽谈时间"), text=_("“%(meeting)s”的洽谈排好了，您的时间和桌号请打开 %(link)s 看。")
    ),
    "meeting.talks_changed": Template(
        title=_("您的洽谈时间有变"),
        text=_("“%(meeting)s”您的洽谈时间有变，请打开 %(link)s 看最新的时间和桌号。"),
        urgent=True,
    ),
    "agreement.due": Template(
        title=_("协议约定事项将到期"),
        text=_("协议“%(title)s”约定的“%(what)s”（%(side)s履行）应在%(day)s前完成，请办理后登记结果。"),
        sms=False,
    ),
    "agreement.overdue": Template(
        title=_("协议约定事项已逾期"),
        text=_(
            "协议“%(title)s”约定的“%(what)s”（%(side)s履行）应在%(day)s前完成，现已逾期，请办理或写明原因。"
        ),
        sms=False,
    ),
    "agreement.expiring": Template(
        title=_("合作协议将到期"),
        text=_("协议“%(title)s”有效期至%(day)s，请商定是否续签。"),
        sms=False,
    ),
    "target.turned": Template(
        title=_("目标进展提醒"),
        text=_("目标“%(name)s”转为“%(status)s”。%(why)s下一步：%(next)s。"),
        sms=False,
    ),
    "problem.returned": Template(
        title=_("技术难题请补充"),
        text=_("科协请您补充难题%(number)s“%(title)s”，请打开难题页面答复。"),
    ),
    "problem.answered": Template(
        title=_("企业已答复"),
        text=_("企业已答复难题%(number)s“%(title)s”的补充要求。"),
        sms=False,
    ),
    "problem.soon": Template(
        title=_("难题快到承诺日期"),
        text=_("难题%(number)s“%(title)s”承诺%(day)s前完成下一步：%(what)s。"),
        sms=False,
    ),
    "problem.late": Template(
        title=_("难题超过承诺日期"),
        text=_("难题%(number)s“%(title)s”应在%(day)s前完成下一步：%(what)s，已经超期。"),
        sms=False,
    ),
    "problem.follow": Template(
        title=_("难题到期回访"),
        text=_("难题%(number)s“%(title)s”应在%(day)s回访企业，请登记企业怎么说。"),
        sms=False,
    ),
    "title.ending": Template(
        title=_("科普称号快到期"),
        text=_("%(what)s到%(day)s为止，还有%(left)s天。要继续使用称号，请在申报期内办理再认定。"),
        sms=False,
    ),
    "title.ended": Template(
        title=_("科普称号到期"),
        text=_("%(what)s到%(day)s为止。没有再认定的，此后不再使用称号，也不计入有效数。"),
        sms=False,
    ),
    "title.report_due": Template(
        title=_("年度自评快到期"),
        text=_("%(what)s的%(year)s年度自评还没有提交，%(day)s截止。参观人次等由台账带出，缺的才填。"),
        sms=False,
    ),
    "caravan.paper_ending": Template(
        title=_("大篷车证件快到期"),
        text=_("%(what)s到%(day)s为止，还有%(left)s天。请尽快续办并登记新证件。"),
        sms=False,
    ),
    "caravan.paper_ended": Template(
        title=_("大篷车证件到期"),
        text=_(
            "%(what)s到%(day)s为止，还没有登记续期。行驶证、年检、交强险过期的车和驾驶证过期的驾驶员不排行程。"
        ),
        sms=False,
    ),
    "caravan.replace": Template(
        title=_("大篷车建议更新"),
        text=_("%(what)s已达到更新条件，可以按规定申请更新。依据和读数见车辆页面。"),
        sms=False,
    ),
    "title.decided": Template(
        title=_("称号申报有结果"),
        text=_("%(unit)s申报“%(title)s”：%(state)s。%(reason)s。"),
        sms=False,
    ),
    "carrier.evaluate": Template(
        title=_("服务载体年度评估"),
        text=_("“%(name)s”%(year)s年度还没有评估，请在%(day)s前完成。"),
        sms=False,
    ),
    "carrier.term": Template(
        title=_("驻站专家聘期将满"),
        text=_("“%(name)s”的专家%(expert)s聘期到%(day)s，请商定续聘或离站。"),
        sms=False,
    ),
    "carrier.moved": Template(
        title=_("服务载体进展"),
        text=_("“%(name)s”现在是“%(stage)s”，自%(day)s。"),
    ),
    "application.sent": Template(
        title=_("建站申请待受理"),
        text=_("%(firm)s提交了建站申请“%(name)s”，请查看材料后受理或退回。"),
        sms=False,
    ),
    "application.corrected": Template(
        title=_("建站申请已补正"),
        text=_("%(firm)s已补正建站申请“%(name)s”，请查看。"),
        sms=False,
    ),
    "application.withdrawn": Template(
        title=_("建站申请已撤回"),
        text=_("%(firm)s撤回了建站申请“%(name)s”。"),
        sms=False,
    ),
    "application.returned": Template(
        title=_("建站申请请补正"),
        text=_("建站申请“%(name)s”被退回，请打开申请，按说明补正后重新提交。"),
    ),
    "application.accepted": Template(
        title=_("建站申请已受理"),
        text=_("建站申请“%(name)s”已受理，接下来逐条核查建站条件，结果会通知您。"),
    ),
    "application.refused": Template(
        title=_("建站申请不予受理"),
        text=_("建站申请“%(name)s”不予受理，原因写在申请页上；改好以后可以重新申请。"),
    ),
    "appeal.decided": Template(
        title=_("申诉结果"),
        text=_("您对%(museum)s暂停预约的申诉已有结果：%(outcome)s。"),
    ),
}


class ValuesMissing(Exception):
    """A programme gave a template too few values, or named none that there is."""


def template(key: str) -> Template:
    """Return the template of this key."""
    try:
        return TEMPLATES[key]
    except KeyError:
        raise ValuesMissing(f"there is no template {key!r}") from None


def render(key: str, values: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return title and text in every language of the site."""
    used = template(key)
    if missing := used.names - set(values):
        raise ValuesMissing(f"{key} needs {', '.join(sorted(missing))}")
    return {code: _render(used, values, code) for code, _name in settings.LANGUAGES}


def _render(used: Template, values: Mapping[str, object], language: str) -> tuple[str, str]:
    with translation.override(language):
        written = {name: _written(value) for name, value in values.items()}
        return str(used.title), _joined(str(used.text) % written)


def _joined(text: str) -> str:
    """Values may end with the mark that the text goes on with."""
    return text.replace("。。", "。").replace("..", ".")


def _written(value: object) -> str:
    """Return a value as the active language writes it."""
    if isinstance(value, dt.datetime):
        moment = timezone.localtime(value)
        return gettext("%(day)s%(time)s") % {"day": _day(moment.date()), "time": f"{moment:%H:%M}"}
    if isinstance(value, dt.date):
        return _day(value)
    return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value)


def _day(day: dt.date) -> str:
    values = {"day": dateformat.format(day, gettext("n月j日")), "weekday": _WEEKDAYS[day.weekday()]}
    return gettext("%(day)s（%(weekday)s）") % values
