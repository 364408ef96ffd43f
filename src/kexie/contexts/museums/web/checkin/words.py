"""What the scanner's scripts say, in the reader's language; {braces} are filled in by the scripts."""

from django.utils.translation import gettext as _


def words() -> dict[str, object]:
    """Return all words of the scanner's scripts, by what they are for."""
    return {"verdicts": _verdicts(), "counts": _counts(), **_states(), **_messages()}


def _verdicts() -> dict[str, tuple[str, str]]:
    """Say of each verdict a title to be read from two metres away, and the reason below it."""
    return {
        "enter": (_("{most} 人可入馆"), _("{slot} 时段，共 {size} 人。")),
        "rest": (_("还有 {most} 人可入馆"), _("共 {size} 人，已进 {in} 人。")),
        "admitted": (_("请进 {n} 人"), _("{left}")),
        "out": (_("{most} 人可离馆"), _("现在馆内 {inside} 人。")),
        "gone": (_("已离馆 {n} 人"), _("慢走，欢迎再来。")),
        "notin": (_("没有入馆记录"), _("这张票还没有人入馆，请核对方向是否选成了“离馆”。")),
        "forged": (_("不是有效的票"), _("签名不对，这张票不是本平台签发的。")),
        "elsewhere": (_("不是本馆的票"), _("这是其他科技馆的预约，请到票面所写的馆。")),
        "unknown": (_("查不到预约"), _("今天的名单里没有，请核对预约号或证件，或按现场散客办理。")),
        "unsure": (_("无法核实"), _("名单里没有，这台设备又不能验签。请联网同步后再扫，或请值班人员处理。")),
        "day": (_("不是今天的票"), _("这是 {day} 的预约。")),
        "early": (_("还没到时间"), _("{slot} 时段，{from} 起可以入馆。")),
        "late": (_("已过入馆时间"), _("{slot} 时段，{last} 停止入馆。")),
        "already": (_("已经入馆"), _("{when} 已在 {gate} 入馆 {in} 人。")),
        "cancelled": (_("预约已取消"), _("请观众查看预约记录，或按现场散客办理。")),
        "held": (_("预约没有完成"), _("观众还没填完信息，请在手机上完成预约。")),
        "expired": (_("预约已失效"), _("没有在规定时间内填完信息，名额已释放。")),
        "blocked": (_("限制入馆"), _("馆方已限制此观众入馆，请值班人员处理。")),
        "full": (_("馆内已满"), _("馆内 {inside} 人，上限 {cap} 人。请在门口稍候，有人离馆后再放行。")),
        "undone": (_("已撤回"), _("刚才的登记不再计入。")),
        "counted": (_("{kind} {n} 人"), _("已登记入馆。")),
        "left": (_("离馆 {n} 人"), _("已登记离馆。")),
        "notticket": (_("不是入馆票"), _("这不是入馆票的二维码，请观众打开预约记录里的入馆票。")),
        "photo": (_("照片里没有二维码"), _("请拍清楚整个二维码，或输入预约号。")),
    }


def _counts() -> dict[str, str]:
    return {"WALK_IN": _("成人"), "CHILD": _("儿童"), "ELDER": _("老年人"), "PRIORITY": _("优先")}


def _states() -> dict[str, str]:
    return {
        "online": _("在线"),
        "offline": _("离线"),
        "waiting": _("待传 {n} 条"),
        "allSent": _("已全部上传"),
        "noList": _("还没有名单"),
        "listAt": _("名单 {time}，{n} 单"),
        "oldList": _("名单是 {day} 的，请联网同步"),
        "skew": _("设备时钟与服务器相差 {minutes} 分钟，已自动校正"),
        "group": _("团队"),
        "priority": _("优先"),
        "minors": _("含儿童"),
        "unlisted": _("名单更新前预约的，已验签"),
        "IN": _("入馆"),
        "OUT": _("离馆"),
        "thisDevice": _("本机"),
        "otherGate": _("其他入口"),
        "none": _("没有可用的摄像头，或没有允许使用。可以输入预约号、扫码枪扫码或拍照。"),
        "insecure": _("浏览器只在 HTTPS 下允许使用摄像头。可以输入预约号、扫码枪扫码或拍照。"),
    }


def _messages() -> dict[str, str]:
    return {
        "admit": _("放行 {n} 人"),
        "letOut": _("离馆 {n} 人"),
        "restLeft": _("还可进 {n} 人。"),
        "allIn": _("全部已入馆。"),
        "people": _("{n} 人"),
        "found": _("找到 {n} 单"),
        "nothing": _("今天的名单里没有符合的预约。请核对后再查，或按现场散客办理。"),
        "needInput": _("请输入预约号、姓名，或证件号码（后六位即可）。"),
        "needCode": _("请输入8位配对码。"),
        "needGate": _("请填写入口名称，例如：1号门。"),
        "needReason": _("请选择或写明放行原因。"),
        "noNetwork": _("连不上服务器，请检查网络后再试。"),
        "fullOffline": _("现在离线，只能按后六位查找。"),
        "wiped": _("这台设备已被停用，名单和密钥已清除。如需继续使用，请重新配对。"),
        "unpaired": _("已解除配对，名单和密钥已清除。"),
        "unsent": _("还有 {n} 条没有上传，现在解除会丢失这些登记。请先联网同步。"),
        "double": _("重复入馆：预约号 {code} 在 {gate} {time} 又入馆 {n} 人（首次 {firstGate} {firstTime}）。请到服务台核实。"),
        "doubles": _("{n} 起重复入馆待核实"),
        "failed": _("设备存储出错，刚才的登记没有保存。请重试，仍不行就改用纸笔并联系服务台。"),
    }  # fmt: skip
