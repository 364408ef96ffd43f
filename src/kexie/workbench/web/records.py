"""The page of one record, and what is done with it there."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden, UserError
from kexie.ledger import operations as ledger
from kexie.ledger.models import PlausibilityNote, State
from kexie.ui.nav import Link
from kexie.workbench import navigation
from kexie.workbench.desk import figures, operations, queries, violations
from kexie.workbench.desk.columns import columns, name_of
from kexie.workbench.web import entries
from kexie.workbench.web.base import UNPROCESSABLE, TypeView


class RecordView(TypeView):
    """Everything about one row."""

    def get(self, request: HttpRequest, key: str, pk: uuid.UUID) -> HttpResponse:
        """Show the row."""
        return self.show()

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page, perhaps with what was just refused."""
        row = self.row()
        name = name_of(self.desk_type, row)
        context = {
            "row": row,
            "name": name,
            "facts": [(one, one.value(row)) for one in columns(self.desk_type.model, self.desk_type.fields)],
            "trail": self.trail(Link(name)),
            "may": self._may(row),
            "forget": self._forget(),
            **(self._of_record(row) if self.is_record else {}),
            **more,
        }
        return self.page("record", context, status=status)

    def _may(self, row: Any) -> dict[str, bool]:
        may = {
            action.value.lower(): self.may(action, row)
            for action in (Action.DRAFT, Action.CONFIRM, Action.REVERSE)
        }
        state = getattr(row, "state", "")
        return {
            "edit": may["draft"] and state in {State.DRAFT, ""},
            "discard": may["draft"] and state == State.DRAFT,
            "confirm": may["confirm"] and state == State.DRAFT,
            "reverse": may["reverse"] and state == State.CONFIRMED,
            "correct": may["reverse"] and may["confirm"] and state == State.CONFIRMED,
            "attach": may["draft"],
        }

    def _of_record(self, row: Any) -> dict[str, Any]:
        original = type(row)._default_manager.filter(pk=row.corrects).first() if row.corrects else None
        return {
            "leaves": queries.leaves_of(row),
            "evidence": list(queries.evidence_of(row)),
            "notes": list(queries.notes_of(row)),
            "original": original,
            "corrected": queries.corrected_by(row, self.readable) if row.state == State.REVERSED else None,
            "figures": figures.counting(row, self.readable) if row.state == State.CONFIRMED else [],
        }

    def _forget(self) -> list[str]:
        saved = self.request.GET.get("saved", "")
        key = self.desk_type.key
        if saved == "new":
            return [f"{key}:new:"]
        return [f"{key}:{saved}", f"{key}:correct:{saved}"] if saved else []


class ActOnRecordView(RecordView):
    """One change of one record, by a form on its page."""

    http_method_names = ("get", "post")
    failed = ""

    def check(self) -> None:
        """Only records are acted upon like this."""
        super().check()
        _is_record = self.record_type

    def get(self, request: HttpRequest, key: str, pk: uuid.UUID, **_more: uuid.UUID) -> HttpResponse:
        """Show the record's own page."""
        return HttpResponseRedirect(self.url())

    def post(self, request: HttpRequest, key: str, pk: uuid.UUID, **_more: uuid.UUID) -> HttpResponse:
        """Do it, or show the record again with what was refused."""
        record = self.row()
        if not self.may(self.action, record):
            raise Forbidden(_("您无权对这个单位的记录进行此项操作。"))
        try:
            told = self.act(record)
        except Forbidden:
            raise
        except UserError as error:
            return self.show(status=UNPROCESSABLE, failed=str(error), failed_at=self.failed)
        except IntegrityError as error:
            return self.show(status=UNPROCESSABLE, failed=violations.message(error, type(record)))
        if told:
            messages.success(request, told)
        return HttpResponseRedirect(self.url())

    def act(self, record: Any) -> str:
        """Do it and return what to tell."""
        raise NotImplementedError

    def url(self) -> str:
        """Return where to go afterwards."""
        return reverse("workbench:record", args=[self.desk_type.key, self.kwargs["pk"]])


class ConfirmView(ActOnRecordView):
    """Confirms one draft."""

    action = Action.CONFIRM

    def act(self, record: Any) -> str:
        """Confirm it, unless somebody else was faster."""
        if not entries.confirm(self, record, timezone.now()):
            raise UserError(_("这条记录已不是草稿，可能刚被别人确认或修改，请看最新内容。"))
        return _("已确认。它现在计入相关的数字；如有差错，可写明原因冲销。")


class ReverseView(ActOnRecordView):
    """Takes one confirmed record back."""

    action = Action.REVERSE
    failed = "reverse"

    def act(self, record: Any) -> str:
        """Reverse it with the reason given."""
        ledger.reverse(
            record=record,
            reason=self.request.POST.get("reason", ""),
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
        )
        return _("已冲销。记录仍保留在账上，含它的数字已随之改变。")


class DiscardView(ActOnRecordView):
    """Deletes one draft."""

    action = Action.DRAFT

    def act(self, record: Any) -> str:
        """Delete it."""
        ledger.discard_draft(record=record, actor=self.account, now=timezone.now(), scope=self.scope)
        return _("草稿已删除。")

    def url(self) -> str:
        """Return to the list."""
        return navigation.list_url(self.desk_type)


class AttachView(ActOnRecordView):
    """Adds a file to one record."""

    action = Action.DRAFT
    failed = "evidence"

    def act(self, record: Any) -> str:
        """Keep the file."""
        upload = self.request.FILES.get("file")
        if upload is None:
            raise UserError(_("请先选择要上传的文件。"))
        operations.attach(
            record=record,
            upload=upload,
            caption=self.request.POST.get("caption", ""),
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
        )
        return _("已上传材料。")


class AnswerView(ActOnRecordView):
    """Answers one question about a record's plausibility."""

    action = Action.DRAFT
    failed = "notes"

    def act(self, record: Any) -> str:
        """Keep the answer."""
        found = queries.notes_of(record).filter(pk=self.kwargs["note"], answered_at=None)
        note: PlausibilityNote | None = found.first()
        if note is None:
            raise UserError(_("这个问题已有人说明。"))
        answer = self.request.POST.get("answer", "")
        try:
            ledger.answer_note(note=note, answer=answer, actor=self.account, now=timezone.now())
        except UserError as error:
            raise UserError(str(error.fields.get("answer", error))) from error
        return _("已保存说明。")
