"""What the season's pages share."""

import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import Plan, Season
from kexie.contexts.touring.queries import seasons as queries
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.views import DeskView
from kexie.kernel.scope import Scope

# How long the planner may take: seconds and words.
SPANS = (
    (20, gettext_lazy("20 秒，先看看")),
    (60, gettext_lazy("1 分钟")),
    (180, gettext_lazy("3 分钟")),
    (600, gettext_lazy("10 分钟，求更好")),
)


def seconds_of(asked: Mapping[str, str]) -> int:
    """Return how long the planner may take, one of `SPANS`."""
    spans = {str(seconds): seconds for seconds, _words in SPANS}
    return spans.get(asked.get("seconds", ""), SPANS[1][0])


def compute(made: Callable[..., Plan], **asked: Any) -> Plan:
    """Begin or resume a plan by `made`, and have it computed once that is committed."""
    with transaction.atomic():
        plan = made(now=timezone.now(), **asked)
        tasks.compute_plan.defer(plan_id=str(plan.pk))
    return plan


class SeasonDesk(DeskView):
    """A page about seasons: read by whoever reads touring's records, planned by whoever confirms them."""

    context = "touring"
    templates = "touring/season"
    to_write = Action.CONFIRM

    @cached_property
    def readable(self) -> Scope:
        """What may be read."""
        return self.access_request.scope_for(Action.READ, self.context)

    def plans_at(self, path: str) -> bool:
        """Whether the account plans for the office with this path."""
        scope = self.find(Action.CONFIRM)
        return scope is not None and scope.covers(path)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render the page."""
        return super().page(template, {"list_url": reverse("touring_season:list"), **context}, status=status)


class SeasonView(SeasonDesk):
    """A page of one season (address kwarg `pk`)."""

    def check(self) -> None:
        """Find the season within the scope of what is asked."""
        pk: uuid.UUID = self.kwargs["pk"]
        self.season: Season = queries.season(self.scope, pk)

    @property
    def may_plan(self) -> bool:
        """Whether the account plans this season."""
        return self.plans_at(self.season.unit.path)


class PlanView(SeasonDesk):
    """A page of one plan (address kwarg `pk`)."""

    def check(self) -> None:
        """Find the plan within the scope of what is asked."""
        pk: uuid.UUID = self.kwargs["pk"]
        self.plan: Plan = queries.plan(self.scope, pk)
        self.season = self.plan.season

    @property
    def may_plan(self) -> bool:
        """Whether the account plans this season."""
        return self.plans_at(self.season.unit.path)


def host_link(view: SeasonDesk, code: str) -> str:
    """Return the address of a host's page, as a message or a person hands it on."""
    return view.request.build_absolute_uri(reverse("caravans:confirm", kwargs={"code": code})) if code else ""
