"""Decisions that sealed a document, and since when each is not current."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import F, Q

from governance.decide.decisions.models import Decision, DecisionQuerySet
from projects.models import Document, DocumentVersion

#: Limit of listed versions for each document.
MOST_VERSIONS = 20


@dataclass(frozen=True)
class Seal:
    """A decision that sealed a version; `changed_at` is when the document was first replaced afterwards, or None."""

    decision: Decision
    changed_at: datetime | None


@dataclass(frozen=True)
class SealedVersion:
    """A version of a document and the decisions that sealed it."""

    version: DocumentVersion
    seals: list[Seal]


def find_sealing_decisions(*documents: Document) -> DecisionQuerySet:
    """Return the decisions that sealed any version of these documents, oldest first."""
    named = reduce(
        or_, (Q(project=document.project_id, file__contains=[{"item": document.item}]) for document in documents)
    )
    return Decision.objects.filter(named).select_related("project").order_by("pk")


def with_seals(documents: list[Document]) -> list[tuple[Document, list[SealedVersion]]]:
    """Return each document with its versions, newest first, and their seals. Three queries."""
    if not documents:
        return []
    newest = DocumentVersion.objects.with_newest().filter(number__gt=F("newest") - MOST_VERSIONS)
    versions = newest.filter(document__in=documents).select_related("document", "added_by").order_by("-number")
    seals: dict[tuple[str, str], list[Seal]] = defaultdict(list)
    for decision in find_sealing_decisions(*documents).prefetch_related("breaks"):
        first = {change.item: change.acted_at for change in reversed(decision.changes)}
        for entry in decision.file:
            seals[entry["item"], entry["hash"]].append(Seal(decision, first.get(entry["item"])))
    shown: dict[int, list[SealedVersion]] = defaultdict(list)
    for version in versions:
        shown[version.document_id].append(SealedVersion(version, seals[version.document.item, version.sha256]))
    return [(document, shown[document.pk]) for document in documents]
