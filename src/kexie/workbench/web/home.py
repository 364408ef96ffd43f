"""The workbench's first page, and the first page of each area of work."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound
from kexie.ledger.record_types import RecordType
from kexie.ui.nav import Link
from kexie.workbench import home, navigation
from kexie.workbench.desk import figures
from kexie.workbench.web.base import StaffView

HOME_CONTEXTS = 3


class HomeView(StaffView):
    """What waits for the account, what changed, what it may write."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        now, contexts = timezone.now(), navigation.contexts(self.rights)
        kept = [one for one in contexts if self.rights.is_staff_in(one)]
        written = [one for one in kept if self.rights.may(Action.DRAFT, one)] or kept
        shown = [one for one in written if home.has_measures(one)][:HOME_CONTEXTS]
        per_context = 8 if len(shown) == 1 else 3
        found = [
            one
            for context in shown
            for one in figures.key_figures(
                context, self.rights.scope(Action.READ, context), now=now, limit=per_context
            )
        ]
        own = navigation.own(self.rights)
        to_confirm = home.drafts_to_confirm(self.rights)
        context = {
            "today": timezone.localdate(now),
            "to_confirm": to_confirm,
            "own_drafts": [] if to_confirm else home.own_drafts(self.rights),
            "questions": home.questions(self.rights),
            "imports": home.imports(self.rights),
            "targets": home.targets(self.rights, now=now),
            "letters": home.letters(self.rights),
            "changes": home.recent_changes(self.rights, now=now),
            "own": own,
            "quick": home.quick_types(self.rights)[:8],
            "figures": found,
            "has_work": bool(contexts or own),
        }
        return self.page("home", context)


class ContextView(StaffView):
    """One area of work: its figures, its types, what changed."""

    def check(self) -> None:
        """See that the area has anything the account may read."""
        self.current = self.kwargs["context"]
        self.scope = self.rights.scope(Action.READ, self.current)

    def get(self, request: HttpRequest, context: str) -> HttpResponse:
        """Show the page."""
        types = navigation.contexts(self.rights).get(context, [])
        if not types:
            raise NotFound(context)
        counted = home.type_counts(types, self.rights)
        label = str(navigation.context_label(context))
        page = {
            "title": label,
            "trail": [Link(_("我的工作"), "/work/"), Link(label)],
            "records": [one for one in counted if isinstance(one[0], RecordType)],
            "references": [one for one in counted if not isinstance(one[0], RecordType)],
            "figures": figures.key_figures(context, self.scope, now=timezone.now(), limit=8),
            "changes": home.recent_changes(self.rights, now=timezone.now(), context=context),
        }
        return self.page("context", page)
