"""The field log's page, its service worker and its manifest. The page holds no data: what it shows comes later, encrypted."""

from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kexie.contexts.touring.models import CaravanStop, TripCost, TripIncident
from kexie.ledger.models import Method
from kexie.ui import offline

_FOLDER = "touring/field"
_FILES = (
    "ui/css/tokens.css", "ui/css/base.css", "ui/css/button.css", "ui/css/form.css", f"{_FOLDER}/field.css",
    "ui/mark.svg",
)  # fmt: skip
_MODULES = (f"{_FOLDER}/app.js", f"{_FOLDER}/model.js", *offline.MODULES)
_SOURCES = (Path(__file__).parents[2] / "templates/touring/field/log.html", Path(__file__))


@csp_update({"worker-src": [SELF], "manifest-src": [SELF]})
@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the field log; who has not paired the phone sees how to."""
    methods = [each for each in Method.choices if each[0] in {"COUNTER", "HOST", "ROSTER", "SAMPLE"}]
    context = {
        "words": _words(), "module": offline.static_plain(f"{_FOLDER}/app.js"), "methods": methods,
        "audiences": CaravanStop.Audience.choices, "costs": TripCost.Kind.choices,
        "incidents": TripIncident.Kind.choices,
    }  # fmt: skip
    return render(request, "touring/field/log.html", context)


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker of /field/."""
    page = reverse("field:log")
    return offline.worker("kexie-field", page=page, files=_FILES, modules=_MODULES, sources=_SOURCES)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the field log is put on a phone's first screen."""
    start = reverse("field:log")
    icon = {"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {
        "name": _("大篷车现场记录"), "short_name": _("现场记录"), "lang": get_language() or "zh-hans", "start_url": start,
        "scope": start, "display": "standalone", "background_color": "#15202b", "theme_color": "#15202b",
        "icons": [icon],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


def _words() -> dict[str, str]:
    return {
        "online": _("已全部上传"), "waiting": _("待传 {n} 条"), "offline": _("离线，待传 {n} 条，有网自动上传"),
        "START": _("出车"), "ARRIVE": _("到达"), "COUNT": _("人次"), "LEAVE": _("离开"), "NOTE": _("备注"),
        "INCIDENT": _("途中情况"), "COST": _("费用"), "END": _("收车"), "undone": _("已撤回"), "undo": _("撤回"),
        "km": _("公里"), "free": _("其他地点，在下面填写"), "noDriver": _("未选驾驶员"), "choose": _("请选择"),
        "needVan": _("请选择车辆。"), "needKm": _("请填写里程表读数（整数公里）。"), "needSpot": _("请选择或填写地点。"),
        "needCount": _("请填写人次（整数，不能是负数）。"), "needText": _("请写一句。"), "needMethod": _("请选择计数方法和主要对象；选一次，这一趟都记着。"), "needYuan": _("请填写大于0的金额。"),
        "manyPeople": _("一场 {n} 人次很少见。如果没有填错，请再按一次“记下人次”。"),
        "lower": _("低于出车或上次读数 {n} 公里。请核对；没有看错就写一句原因（例如换过里程表），再按一次。"),
        "far": _("比上次读数多 {n} 公里。请核对；没有看错就写一句原因，再按一次。"),
        "wheel": _("已连续驾驶 {n} 分钟，4小时前必须停车休息20分钟以上，或换人驾驶。"),
        "refused": _("没有收下：{why}"), "wiped": _("这台手机已被停用，记录和密钥已清除。"), "lost": _("连不上服务器，请检查网络后再试。"),
        "needCode": _("请填写8位配对码。"), "unpaired": _("已解除配对，这台手机上的记录和密钥已清除。"),
        "unsent": _("还有 {n} 条没有上传，解除就丢了。请连上网络、等上传完再解除。"), "pairedAs": _("已配对为“{name}”，记下的算{who}的草稿。"),
        "lapsed": _("这台手机的配对已失效（换了别的手机，或已解除）。请重新配对。"),
        "lapsedUnsent": _("这台手机的配对已失效（换了别的手机，或已解除）。没有上传的 {n} 条还在这台手机上，重新配对后自动上传。"),
        "failed": _("手机存储出错，刚才的记录没有保存。请重试，仍不行就改用纸笔。"), "done": _("收车了。上传后，县级科协确认草稿。"),
    }  # fmt: skip
