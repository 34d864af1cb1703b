"""Attachments of a working text or a revision, and the edits of their list."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import BinaryField, Case, F, Q, When

from governance.decide.decisions.models import Decision
from governance.decide.proposals.content import ContentModel
from projects.models import DocumentVersion

#: Limit of files attached to one proposal.
MOST_FILES = 20
#: Size limit (bytes) of texts compared line by line.
LONGEST_TEXT = 200 * 1024

Attachments = list[dict[str, str]]


def load_versions(content: ContentModel, decisions: Iterable[Decision] = ()) -> list[DocumentVersion]:
    """List the versions attached to `content`, and those around a change of what `decisions` sealed.

    Ordered by number, each with the `newest` of its document. Versions of a change also carry their `text`, None when
    it cannot be compared. One query; none when nothing is attached or changed.
    """
    told = [change for decision in decisions for change in decision.changes if change.is_of_document]
    changed = Q(
        document__in={int(change.item.partition(":")[2]) for change in told},
        sha256__in={digest for change in told for digest in (change.before, change.after)},
    )
    named = [Q(document=int(file["document"]), number=int(file["version"])) for file in content.attachments]
    if not named and not told:
        return []
    readable = changed & Q(media_type__startswith="text/", size__lte=LONGEST_TEXT)
    versions = DocumentVersion.objects.filter(reduce(or_, [*named, changed])).with_newest()
    with_text = versions.annotate(text=Case(When(readable, then=F("content")), output_field=BinaryField()))
    return list(with_text.select_related("document", "added_by").order_by("number"))


def list_attached(content: ContentModel, versions: Iterable[DocumentVersion]) -> list[DocumentVersion]:
    """List those of `versions` that `content` attaches, in the order of attachment."""
    by_key = {(str(version.document_id), str(version.number)): version for version in versions}
    return [by_key[file["document"], file["version"]] for file in content.attachments]


def attach(attachments: Attachments, version: DocumentVersion) -> Attachments:
    """Return the attachments with `version`, which replaces another version of its document."""
    new = version.attachment()
    if new["document"] in {file["document"] for file in attachments}:
        return [new if file["document"] == new["document"] else file for file in attachments]
    return [*attachments, new]


def detach(attachments: Attachments, document_id: int) -> Attachments:
    """Return the attachments without that document."""
    return [file for file in attachments if file["document"] != str(document_id)]
