"""The files attached to a working text or a revision, and how a list of attachments gains and loses one."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import BinaryField, Case, F, Q, When

from governance.decisions.models import Decision
from governance.proposals.content import ContentModel
from projects.models import DocumentVersion

#: Files attached to one proposal at most.
MOST_FILES = 20
#: A longer text is not compared line by line: its versions are there to read.
LONGEST_TEXT = 200 * 1024

Attachments = list[dict[str, str]]


def versions_for(content: ContentModel, decisions: Iterable[Decision] = ()) -> list[DocumentVersion]:
    """The versions that `content` attaches, and those before and after a change of what `decisions` sealed.

    In the order of their numbers, each with the `newest` of its document; those of a change also with their `text`,
    None when it is no text that can be compared. One query, none when nothing is named.
    """
    told = [change for decision in decisions for change in decision.changes]
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


def attached(content: ContentModel, versions: Iterable[DocumentVersion]) -> list[DocumentVersion]:
    """Those of `versions` that are attached to `content`, in the order they were attached."""
    found = {(str(version.document_id), str(version.number)): version for version in versions}
    return [found[file["document"], file["version"]] for file in content.attachments]


def attaching(attachments: Attachments, version: DocumentVersion) -> Attachments:
    """The attachments with `version`, in the place of another version of its document or at the end."""
    new = version.attachment()
    if new["document"] in {file["document"] for file in attachments}:
        return [new if file["document"] == new["document"] else file for file in attachments]
    return [*attachments, new]


def detaching(attachments: Attachments, document_id: int) -> Attachments:
    """The attachments without that document."""
    return [file for file in attachments if file["document"] != str(document_id)]
