"""Papers that go with a group's request: handed in by its leader, read by the museum's staff and nobody else."""

import datetime as dt

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupDocument, GroupRequest
from kexie.contexts.museums.operations.groups import GroupDecided
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.files import operations as files
from kexie.platform.files import pictures

# While the museum has not decided, or has agreed and the visit is still to come.
OPEN = (GroupRequest.State.DRAFT, GroupRequest.State.REQUESTED, GroupRequest.State.APPROVED)
MOST = 5
MOST_BYTES = 10 * 1024 * 1024
EXTENSIONS = ("pdf", "ofd", "docx", "jpg", "jpeg", "png", "webp")


class DocumentRefused(UserError):
    """A paper that is not taken; the message says what to hand in instead."""


@transaction.atomic
def attach(
    *, group: GroupRequest, upload: "File[bytes]", actor: Actor | None, now: dt.datetime
) -> GroupDocument:
    """Keep a paper with a request; the same one again is the same. Raises DocumentRefused, FileRefused, GroupDecided."""
    group = _locked(group)
    name = files.safe_name(upload.name or "")
    _check(name, upload)
    kept = pictures.plain(upload) if _is_picture(name) else upload
    stored = files.store(association_id=group.association_id, upload=kept, actor=actor, now=now)
    found = GroupDocument.objects.filter(group=group, file=stored).first()
    if found is None:
        if group.documents.count() >= MOST:
            raise DocumentRefused(
                _("最多%(most)d份材料，请先删除不用的，或合并成一个文件。") % {"most": MOST}
            )
        found = GroupDocument.objects.create(
            association_id=group.association_id, group=group, file=stored, name=name, made_at=now
        )
        _log(group, "attach_document", actor, now)
    return found


def _check(name: str, upload: "File[bytes]") -> None:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in EXTENSIONS and extension not in pictures.NOT_YET:
        raise DocumentRefused(_("请上传 PDF、OFD、Word（.docx）或照片（JPG、PNG、WEBP）。"))
    if upload.size > MOST_BYTES:
        raise DocumentRefused(_("文件超过10MB，请压缩后再上传。"))
    if extension in pictures.NOT_YET:
        pictures.check(upload)


def _is_picture(name: str) -> bool:
    return name.rpartition(".")[2].lower() in pictures.EXTENSIONS


@transaction.atomic
def detach(*, document: GroupDocument, actor: Actor | None, now: dt.datetime) -> None:
    """Take a paper back, and forget it unless something else needs it. Raises GroupDecided."""
    group, stored = _locked(document.group), document.file
    document.delete()
    files.discard(stored)
    _log(group, "detach_document", actor, now)


def forget(visitor: Visitor) -> None:
    """Forget the papers of a visitor whose account is deleted."""
    mine = {"association": visitor.association_id, "group__visitor_id": visitor.pk}
    for one in list(GroupDocument.objects.filter(**mine).select_related("file")):
        one.delete()
        files.discard(one.file)


def _locked(group: GroupRequest) -> GroupRequest:
    found = GroupRequest.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if found.state not in OPEN:
        raise GroupDecided(_("这个团队预约已结束，不能再改材料。"))
    return found


def _log(group: GroupRequest, verb: str, actor: Actor | None, now: dt.datetime) -> None:
    audit.append(
        association_id=group.association_id, actor=actor, action=f"museums.{verb}", subject=group, detail={},
        now=now,
    )  # fmt: skip
