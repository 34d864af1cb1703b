"""List the stored records of a decision, and the decisions without."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef

from governance.decisions.models import Decision
from governance.records.models import RecordFile


@dataclass(frozen=True)
class Download:
    """The PDF of a record in one language; `stored` is None until the worker has stored it."""

    language: str
    name: str
    stored: RecordFile | None


def list_downloads(decision: Decision) -> list[Download]:
    """List the PDFs of a record, one per language. One query."""
    stored = {file.language: file for file in RecordFile.objects.kept().filter(decision=decision)}
    return [Download(code, str(name), stored.get(code)) for code, name in settings.LANGUAGES]


def list_missing(limit: int) -> list[tuple[Decision, str]]:
    """List at most `limit` decisions without a stored record, each with the language that misses; newest first."""
    found: list[tuple[Decision, str]] = []
    for language, _name in settings.LANGUAGES:
        stored = RecordFile.objects.kept().filter(decision=OuterRef("pk"), language=language)
        missing = Decision.objects.filter(~Exists(stored)).only("pk", "project").order_by("-pk")
        found += [(decision, language) for decision in missing[:limit]]
    return sorted(found, key=lambda pair: -pair[0].pk)[:limit]
