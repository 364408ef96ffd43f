"""Lists as Excel files."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import UserError
from kexie.platform.imports import writing
from kexie.workbench import navigation
from kexie.workbench.desk import exporting, filters, queries
from kexie.workbench.web.base import TypeView


class ExportView(TypeView):
    """The rows that a list's address asks for, as .xlsx."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Send the file."""
        now = timezone.now()
        question = filters.read(request.GET, self.desk_type, self.scope)
        rows = queries.asked(self.desk_type, question, self.scope)
        query = request.GET.urlencode()
        try:
            file = exporting.export(
                desk_type=self.desk_type, rows=rows, query=query, account=self.account, now=now
            )
        except UserError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(f"{navigation.list_url(self.desk_type)}?{query}")
        name = exporting.file_name(self.desk_type, timezone.localdate(now))
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)
