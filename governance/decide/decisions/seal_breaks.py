"""Mark decisions to be reviewed when what they sealed changes. Called inside the act that changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from core.acts import act_time
from core.pages.lists.undo import UNDONE_WITHIN
from core.record.sealing import parse_term
from governance.decide.decisions.models import Decision, SealBreak
from governance.enums import Act, Reason
from projects.models import DocumentVersion, Project
from projects.notices.services import notify_of_the_day
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import owners, proposers


def find_sealing_decision(project: Project, term: str) -> Decision | None:
    """Return the newest approval of `project` in force whose terms name a `term`. One query."""
    approvals = project.decisions.in_force().applied().filter(revision__terms__has_key=term)
    related = ("project", "revision", "proposal__project", "proposal__current", "proposal__draft")
    return approvals.select_related(*related).order_by("-pk").first()


def mark_next_version(later: Any, term: str) -> None:
    """Mark the decision that approved an earlier version of a frozen row of a project, named by `term`."""
    decision = find_sealing_decision(later.project, term)
    if decision is None:
        return
    number, fingerprint = parse_term(decision.content.terms[term])
    earlier = type(later)._default_manager.filter(project=later.project_id, number=number, hash=fingerprint).first()
    if earlier:
        break_seal(decision, f"{term}:{earlier.pk}", fingerprint, later.hash)


@dataclass(frozen=True)
class DecisionNotice:
    """The subject of a notice on a decision in its dossier."""

    decision: Decision

    @property
    def reference(self) -> str:
        return self.decision.reference

    @property
    def title(self) -> str:
        return self.decision.revision.title

    def get_absolute_url(self) -> str:
        return self.decision.dossier_address


def list_marked(project: Project, at: datetime) -> tuple[str, ...]:
    """Return the references of the decisions that the act of that time has marked, and that needed no review before."""
    known = SealBreak.objects.filter(decision=OuterRef("decision"), pk__lt=OuterRef("pk")).order_by("-pk")
    marks = SealBreak.objects.filter(decision__project=project, acted_at=at).alias(
        earlier=Exists(known), answered=Subquery(known.values("review")[:1])
    )
    first = marks.filter(Q(earlier=False) | Q(answered__isnull=False)).select_related("decision__project")
    return tuple(dict.fromkeys(mark.decision.reference for mark in first.order_by("decision", "pk")))


def break_seal(
    decision: Decision,
    item: str,
    before: str,
    after: str,
    codes: Sequence[str] = (),
    *,
    is_undo: bool = False,
    **facts: Any,
) -> None:
    """Record that the sealed `item` has become `after`, and notify the owner and the proposers.

    `codes` name the rows that have changed. Does nothing when the item is as sealed, or as its last break says. The
    undo of a change that nobody has reviewed tells nobody.
    """
    last = decision.breaks.filter(item=item).order_by("-pk").values_list("after", flat=True).first()
    if after in {before, last}:
        return
    newest = decision.breaks.select_related("review").order_by("-pk").first()
    is_told = is_undo and newest is not None and not hasattr(newest, "review")
    change = SealBreak.objects.create(decision=decision, item=item, before=before, after=after, acted_at=act_time())
    project, proposal = decision.project, decision.proposal
    named: dict[str, Any] = {"codes": ",".join(codes)} if codes else {}
    event = record_in_role(
        Act.BREAK_SEAL,
        change,
        project=project,
        proposal_id=proposal.pk,
        detail=decision.reference,
        decision=decision.pk,
        item=item,
        before=before,
        after=after,
        **named,
        **facts,
    )
    if is_told:
        return
    people = [mandate.holder for mandate in (*owners(project), *proposers(project))]
    about = DecisionNotice(decision)
    notify_of_the_day(event=event, reason=Reason.NO_LONGER_CURRENT, about=about, people=people, wait=UNDONE_WITHIN)


def break_document_seal(decision: Decision, version: DocumentVersion) -> None:
    """Mark `decision` when it sealed another version of the document."""
    item = version.document.item
    sealed = next(entry["hash"] for entry in decision.file if entry["item"] == item)
    facts: dict[str, Any] = {"document": version.document_id, "version": version.number}
    break_seal(decision, item, sealed, version.sha256, **facts)


def break_seals_of(decision: Decision) -> None:
    """Mark a decision just taken on documents whose newest version it did not seal."""
    sealed = {entry["item"]: entry["hash"] for entry in decision.file}
    outdated = [item for item, newest in decision.seen.items() if item in sealed and sealed[item] != newest]
    documents = [int(item.partition(":")[2]) for item in outdated if item.startswith("document:")]
    if not documents:
        return
    versions = DocumentVersion.objects.filter(document__in=documents).newest().select_related("document__project")
    for version in versions.order_by("document"):
        break_document_seal(decision, version)
