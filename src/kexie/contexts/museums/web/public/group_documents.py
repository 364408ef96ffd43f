"""Papers of a group's request: handing one in, looking at it, taking it back."""

from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupDocument
from kexie.contexts.museums.operations import group_documents as operations
from kexie.contexts.museums.operations.groups import GroupDecided
from kexie.contexts.museums.web.public.base import UNPROCESSABLE
from kexie.contexts.museums.web.public.group_pages import DocumentForm, GroupView, OneGroup, RosterForm
from kexie.kernel.errors import UserError
from kexie.platform.files.web.views import send


class DocumentsView(GroupView):
    """Hand in a paper."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Go to the request, where the form is."""
        return self.here()

    def post(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Keep it."""
        form = DocumentForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                operations.attach(
                    group=self.group, upload=form.cleaned_data["document"], actor=self.visitor, now=self.now
                )
            except UserError as refused:
                form.add_error("document", str(refused))
            else:
                messages.success(request, _("材料已上传。"))
                return self.here()
        return self.show_group(RosterForm(), documents=form, status=UNPROCESSABLE)


class OneDocument(OneGroup):
    """A paper of the request."""

    @cached_property
    def document(self) -> GroupDocument:
        """The paper; Http404 where the request has none such."""
        rows = self.group.documents.select_related("file", "group")
        found = rows.filter(pk=self.kwargs["document"]).first()
        if found is None:
            raise Http404(_("没有这份材料。"))
        return found


class DocumentView(OneDocument):
    """Look at a paper."""

    def get(self, request: HttpRequest, code: str, number: str, document: UUID) -> FileResponse:
        """Send it."""
        return send(self.document.file)


class DocumentRemoveView(OneDocument):
    """Take a paper back; asks first."""

    def get(self, request: HttpRequest, code: str, number: str, document: UUID) -> HttpResponse:
        """Ask."""
        return self.page("group_document", {"document": self.document})

    def post(self, request: HttpRequest, code: str, number: str, document: UUID) -> HttpResponse:
        """Take it back."""
        try:
            operations.detach(document=self.document, actor=self.visitor, now=self.now)
            messages.success(request, _("材料已删除。"))
        except GroupDecided as refused:
            messages.error(request, str(refused))
        return self.here()
