"""The timeline of a dossier: its ledger events, newest first, with the exact words of those who acted."""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.enums import Act
from governance.models import Condition, Decision, LedgerEvent, Opinion, Proposal, ProposalRevision


@dataclass(frozen=True)
class Entry:
    """One act as it is shown. `tone` is an outcome, a position or empty; `quote` the actor's own words.

    `reference` is that of a decision, or the number of a revision; `proposal` the file the act belongs to.
    """

    event: LedgerEvent
    label: str
    tone: str
    tone_label: str
    quote: str
    reference: str
    proposal: Proposal | None


def entries(events: Iterable[LedgerEvent]) -> list[Entry]:
    """The entries of `events`, read with one query per kind of subject on the page."""
    events = list(events)
    ids = {label: [e.subject_id for e in events if e.subject == label] for label in {e.subject for e in events}}
    opinions = Opinion.objects.in_bulk(ids.get(Opinion._meta.label_lower, []))
    decisions = Decision.objects.select_related("project").in_bulk(ids.get(Decision._meta.label_lower, []))
    conditions = Condition.objects.in_bulk(ids.get(Condition._meta.label_lower, []))
    revisions = ProposalRevision.objects.only("number").in_bulk(ids.get(ProposalRevision._meta.label_lower, []))
    files = Proposal.objects.select_related("project", "current", "draft").in_bulk(
        {e.proposal_id for e in events} - {None}
    )
    return [
        _entry(event, opinions, decisions, conditions, revisions, files.get(event.proposal_id or 0)) for event in events
    ]


def _entry(
    event: LedgerEvent,
    opinions: dict[int, Opinion],
    decisions: dict[int, Decision],
    conditions: dict[int, Condition],
    revisions: dict[int, ProposalRevision],
    proposal: Proposal | None,
) -> Entry:
    label, tone, tone_label, quote, reference = str(Act(event.act).label), "", "", "", ""
    if event.act == Act.ADVISE:
        opinion = opinions[event.subject_id]
        tone, tone_label, quote = opinion.position, opinion.get_position_display(), opinion.reasons
    elif event.act == Act.DECIDE:
        decision = decisions[event.subject_id]
        tone, tone_label, quote = decision.outcome, decision.get_outcome_display(), decision.reasons
        reference = decision.reference
    elif event.act == Act.LIFT:
        quote = conditions[event.subject_id].proof
    elif event.act == Act.SUBMIT:
        reference = str(revisions[event.subject_id].number)
    return Entry(event, label, tone, tone_label, quote, reference, proposal)
