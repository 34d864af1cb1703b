"""Sessions that the reasons of a decision cite, and that are not recorded."""

import re

from django.db.models import F

from governance.decide.decisions.models import Decision
from governance.sessions.bodies.enums import BodyKind
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session

KINDS = "|".join(kind.upper() for kind in BodyKind.values if kind != BodyKind.OTHER)
#: A decision “at COPIL-7”, “au COPIL 7”; what goes back to a session says nothing of a decision there.
CITED = re.compile(rf"\b(?:at|in|au|en|du) ({KINDS})[- ](\d{{1,4}})\b")
#: The same for the database, which narrows the rows.
CITED_SQL = rf"({KINDS})[- ][0-9]"
#: Decisions that are read at most, the newest first.
MOST = 1_000


def list_unrecorded() -> list[str]:
    """List the references of decisions that cite a session which neither their project nor a level above recorded.

    At most two queries, over the newest MOST decisions that cite one.
    """
    rows = Decision.objects.filter(reasons__regex=CITED_SQL).select_related("project").order_by("-pk")
    citing = rows.annotate(above=F("project__parent"), top=F("project__parent__parent"))[:MOST]
    found = [(decision, set(CITED.findall(decision.reasons))) for decision in citing]
    if not any(cited for _decision, cited in found):
        return []
    known = set(Session.objects.exclude(state=SessionState.CANCELLED).values_list("project", "body__kind", "number"))
    return [
        decision.reference
        for decision, cited in found
        if any(not _is_recorded(decision, kind.lower(), int(number), known) for kind, number in cited)
    ]


def _is_recorded(decision: Decision, kind: str, number: int, known: set[tuple[int, str, int]]) -> bool:
    levels = (decision.project_id, getattr(decision, "above", None), getattr(decision, "top", None))
    return any((level, kind, number) in known for level in levels)
