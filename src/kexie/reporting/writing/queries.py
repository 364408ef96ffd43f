"""Reading templates and documents; each reader sees those of the units in their scope."""

from uuid import UUID

from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.files import content as contents
from kexie.reporting.writing.models import DocumentTemplate, WrittenDocument


def templates(scope: Scope) -> QuerySet[DocumentTemplate]:
    """Return the latest version of each template that is in use."""
    same = DocumentTemplate.objects.filter(
        association_id=scope.association_id, unit=OuterRef("unit"), name=OuterRef("name")
    )
    latest = same.order_by().values("name").annotate(latest=Max("version")).values("latest")
    found = DocumentTemplate.objects.filter(scope.q(), retired_at=None).annotate(latest=Subquery(latest))
    return found.filter(version=F("latest")).select_related("unit", "added_by", "file").order_by("name")


def template(scope: Scope, pk: UUID) -> DocumentTemplate:
    """Return one version of a template, or raise NotFound."""
    found = DocumentTemplate.objects.filter(scope.q(), pk=pk).select_related("unit", "file").first()
    if found is None:
        raise NotFound(str(pk))
    return found


def versions(one: DocumentTemplate) -> QuerySet[DocumentTemplate]:
    """Return all versions of a template, the newest first."""
    same = DocumentTemplate.objects.filter(
        association_id=one.association_id, unit_id=one.unit_id, name=one.name
    )
    return same.select_related("added_by", "file").order_by("-version")


def documents(scope: Scope) -> QuerySet[WrittenDocument]:
    """Return the documents, the latest first."""
    found = WrittenDocument.objects.filter(scope.q())
    return found.select_related("unit", "template", "made_by").order_by("-made_at", "-pk")


def document(scope: Scope, pk: UUID) -> WrittenDocument:
    """Return one document, or raise NotFound."""
    found = (
        WrittenDocument.objects.filter(scope.q(), pk=pk)
        .select_related("unit", "template__file", "made_by", "file", "pdf")
        .first()
    )
    if found is None:
        raise NotFound(str(pk))
    return found


def content(one: DocumentTemplate) -> bytes:
    """Return a template's file."""
    return contents.read(one.file.digest)
