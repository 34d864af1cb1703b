"""List the stored records of a decision, and the decisions without."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef

from governance.decide.decisions.models import Decision
from governance.decide.disputes.models import Dispute
from governance.record.records.models import RecordFile


@dataclass(frozen=True)
class Download:
    """The PDF of a record in one language; `stored` is None until the worker has stored it.

    `is_before_dispute` marks the one of a disputed decision as it was first made.
    """

    language: str
    name: str
    stored: RecordFile | None
    is_before_dispute: bool = False


def list_downloads(decision: Decision) -> list[Download]:
    """List the PDFs of a record, one per language; those of a disputed decision as first made come last. One query."""
    files = list(RecordFile.objects.kept().filter(decision=decision))
    is_disputed = decision.dispute is not None
    downloads = []
    for tells in (True, False) if is_disputed else (False,):
        stored = {file.language: file for file in files if file.tells_dispute == tells}
        is_before = is_disputed and not tells
        downloads += [Download(code, str(name), stored.get(code), is_before) for code, name in settings.LANGUAGES]
    return [download for download in downloads if download.stored or not download.is_before_dispute]


def find_stored(decision: Decision, language: str, *, tells_dispute: bool) -> RecordFile | None:
    """Return the stored PDF in a language, with its bytes; None until it is stored."""
    stored = RecordFile.objects.kept().defer(None).filter(decision=decision, language=language)
    found: RecordFile | None = stored.filter(tells_dispute=tells_dispute).first()
    return found


def list_missing(limit: int) -> list[tuple[Decision, str, Dispute | None]]:
    """List at most `limit` stored records that miss, newest first: decision, language, and dispute that it tells."""
    found: list[tuple[Decision, str, Dispute | None]] = []
    for language, _name in settings.LANGUAGES:
        stored = RecordFile.objects.kept().filter(language=language)
        first = stored.filter(decision=OuterRef("pk"), tells_dispute=False)
        decisions = Decision.objects.filter(~Exists(first)).only("pk", "project").order_by("-pk")
        found += [(decision, language, None) for decision in decisions[:limit]]
        told = stored.filter(decision=OuterRef("decision"), tells_dispute=True)
        disputes = Dispute.objects.filter(~Exists(told)).select_related("decision").order_by("-pk")
        found += [(dispute.decision, language, dispute) for dispute in disputes[:limit]]
    return sorted(found, key=lambda missing: -missing[0].pk)[:limit]
