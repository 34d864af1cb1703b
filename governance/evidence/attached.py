"""The files attached to a working text or a revision, and how a list of attachments gains and loses one."""

from functools import reduce
from operator import or_

from django.db.models import Q

from governance.proposals.content import ContentModel
from projects.models import DocumentVersion

#: Files attached to one proposal at most.
MOST_FILES = 20

Attachments = list[dict[str, str]]


def attached(content: ContentModel) -> list[DocumentVersion]:
    """The versions attached to `content`, in the order they were attached, each with the `newest` of its document."""
    keys = [(int(file["document"]), int(file["version"])) for file in content.attachments]
    if not keys:
        return []
    these = reduce(or_, (Q(document=document, number=number) for document, number in keys))
    versions = DocumentVersion.objects.filter(these).with_newest().select_related("document", "added_by")
    found = {(version.document_id, version.number): version for version in versions}
    return [found[key] for key in keys]


def attaching(attachments: Attachments, version: DocumentVersion) -> Attachments:
    """The attachments with `version`, in the place of another version of its document or at the end."""
    new = version.attachment()
    if new["document"] in {file["document"] for file in attachments}:
        return [new if file["document"] == new["document"] else file for file in attachments]
    return [*attachments, new]


def detaching(attachments: Attachments, document_id: int) -> Attachments:
    """The attachments without that document."""
    return [file for file in attachments if file["document"] != str(document_id)]
