"""What the season's pages share."""

import uuid
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from kexie.contexts.touring.models import Plan, Season
from kexie.contexts.touring.queries import seasons as queries
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.views import DeskView
from kexie.kernel.scope import Scope


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
