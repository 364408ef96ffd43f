"""Telling the hosts of a season: begun and stopped on the plan's pages, followed there while it goes on."""

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import Telling
from kexie.contexts.touring.operations import telling
from kexie.contexts.touring.queries import hosts as queries
from kexie.contexts.touring.web.season.base import PlanView


class TellingView(PlanView):
    """The panel alone, for the page's script to renew."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show how far it is."""
        found = queries.telling(self.season)
        response = render(request, "touring/season/_telling.html", {"telling": found})
        response["X-State"] = found.state if found else Telling.State.DONE
        return response


def context_of(view: PlanView) -> dict[str, Any]:
    """Return what a page about the plan says of telling its hosts; of a plan that is not published, nothing."""
    if view.season.published_id != view.plan.pk:
        return {"untold": 0, "telling": None}
    return {
        "untold": queries.untold(view.plan, timezone.localdate()),
        "telling": queries.telling(view.season),
    }


def tell(view: PlanView) -> Telling | None:
    """Have the hosts of the plan's season told what they do not know yet."""
    site = view.request.build_absolute_uri("/").rstrip("/")
    with transaction.atomic():
        begun = telling.begin(season=view.season, site_url=site, actor=view.account, now=timezone.now())
        if begun is not None and begun.state == Telling.State.WAITING:
            tasks.tell_hosts.defer(telling_id=str(begun.pk))
    return begun


def stop_telling(view: PlanView) -> str:
    """Let no more hosts be told."""
    telling.stop(season=view.season, actor=view.account, now=timezone.now())
    return _("已停止通知；已通知的不受影响，其余的可以稍后接着通知。")


def in_words(told: Telling | None) -> str:
    """Say what became of telling hosts."""
    if told is None:
        return _("接待方都已知道最新安排，没有要通知的。")
    if told.is_busy:
        return _("正在后台通知 %(n)s 站的接待方，可以离开这一页。") % {"n": told.total}
    if told.state == Telling.State.FAILED:
        return told.message
    values = {"sent": told.sent, "call": told.to_call}
    return _("已发短信通知 %(sent)s 站；%(call)s 站要打电话，见接待方名单。") % values
