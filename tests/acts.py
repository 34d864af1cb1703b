"""The acts on a decision file as the tests perform them: by name, on a proposal read afresh, with plain arguments."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from governance.decisions.services import NewCondition, Terms, decide, lift, prove, waive
from governance.decisions.supersede import gaps, key_of, resting_on
from governance.enums import APPROVALS, WITH_CONDITIONS, Fate, Outcome, Position
from governance.evidence.attached import attaching
from governance.evidence.services import add_document, replace_document
from governance.kinds.registry import kind_of
from governance.models import BindingOpinion, Condition, Decision, Opinion, Proposal, ProposalRevision, SealBreak
from governance.opinions.services import advise, note_binding
from governance.proposals.services import draft, edit, submit, take_up, withdraw
from pmo.standards.references import checkpoints_of, name_of
from projects.mandates.holders import holders, proposers
from projects.models import Document, DocumentVersion, LedgerEvent, Notification
from tests.files import upload

FUTURE = timezone.localdate() + timedelta(days=30)
CONTENT: dict[str, Any] = {
    "title": "Ice machine of quay 4",
    "question": "Shall the ice machine be ordered now?",
    "context": "The crews move in the autumn and need ice from the first day.",
    "options": [
        {"title": "Order now", "description": "Delivered before the move."},
        {"title": "Do nothing", "description": "The crews keep fetching ice at quay 1."},
    ],
    "recommended": "A",
    "recommendation": "Order now: the delivery takes four months.",
    "impact_scope": "None.",
    "impact_cost": "EUR 18,000.",
    "risks": "There are none.",
    "evidence": "Quotation 12",
    "amount": Decimal("18000"),
    "decide_by": FUTURE,
}
#: What may be answered to a change, and to most kinds.
ANSWERS = kind_of("change").outcomes
#: How the same is said of what was delivered.
IN_WORDS_OF_ACCEPTANCE = {
    Outcome.APPROVED: Outcome.ACCEPTED,
    Outcome.APPROVED_WITH_CONDITIONS: Outcome.ACCEPTED_WITH_RESERVATIONS,
}
CONDITION = NewCondition("The crews are told in writing.", "AMOA", FUTURE)


def fresh(proposal: Proposal) -> Proposal:
    """The proposal as the database has it now."""
    return Proposal.objects.select_related("project", "current", "draft").get(pk=proposal.pk)


def fingerprint(proposal: Proposal) -> str:
    """The hash of the revision before the owner, or an empty string."""
    return proposal.current.hash if proposal.current else ""


def drafted(
    actor: Any, project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any
) -> Proposal:
    """A complete working text on `project`."""
    replaced = replaces.pk if replaces else None
    content = CONTENT | terms_of_a_waiver(project, kind) | content
    return fresh(draft(actor=actor, project=project, kind=kind, content=content, replaces_id=replaced))


def terms_of_a_waiver(project: Any, kind: str) -> dict[str, Any]:
    """What a request for a waiver needs where a library holds for the project: one checkpoint, for thirty days."""
    waivable = [one for one in checkpoints_of(project) if one.waivable] if kind == "waiver" else []
    if not waivable:
        return {}
    texts = dict.fromkeys(("scope", "reason", "impact", "measure", "return_plan"), "As long as the works last.")
    days = {"starts_on": str(timezone.localdate()), "ends_on": str(FUTURE), "affects_recipients": "no"}
    return {"terms": {"checkpoints": name_of(waivable[0]), **texts, **days}}


def edited(actor: Any, proposal: Proposal, **content: Any) -> Proposal:
    """Save a change of the working text as it stands."""
    content = content or {"title": "A better title"}
    return edit(actor=actor, proposal=proposal, version=fresh(proposal).draft.version, content=content)


def documented(
    actor: Any, project: Any, name: str = "Quotation 12", text: str = "Ice machine: EUR 18,000.\n"
) -> DocumentVersion:
    """Add a document to `project`."""
    return add_document(actor=actor, project=project, name=name, upload=upload(text=text))


def attached(actor: Any, proposal: Proposal, version: DocumentVersion) -> Proposal:
    """Attach a document to the working text as it stands."""
    return edited(actor, proposal, attachments=attaching(fresh(proposal).draft.attachments, version))


def replaced(
    actor: Any, document: Document, text: str = "Ice machine: EUR 19,500.\n", why: str = "The supplier corrected it."
) -> DocumentVersion:
    """Give a document its next version."""
    return replace_document(actor=actor, document=document, upload=upload(text=text), why=why)


def submitted(actor: Any, proposal: Proposal) -> ProposalRevision:
    """Submit the working text as it stands."""
    return submit(actor=actor, proposal=proposal, version=fresh(proposal).draft.version)


def advised(
    actor: Any, proposal: Proposal, position: Position = Position.FAVOURABLE, reasons: str = "It fits the schedule."
) -> Opinion:
    """Give an opinion on the current revision."""
    proposal = fresh(proposal)
    return advise(actor=actor, proposal=proposal, fingerprint=fingerprint(proposal), position=position, reasons=reasons)


def decided(
    actor: Any,
    proposal: Proposal,
    outcome: Outcome = Outcome.APPROVED,
    conditions: list[NewCondition] | None = None,
    return_on: date | None = None,
    **terms: Any,
) -> Decision:
    """Answer the current revision in the words of its kind, with what the outcome needs."""
    if outcome not in kind_of(proposal.kind).outcomes:
        outcome = IN_WORDS_OF_ACCEPTANCE[outcome]
    if outcome in WITH_CONDITIONS:
        conditions = conditions or [CONDITION]
    if outcome == Outcome.ACCEPTED_WITH_PRICE_REDUCTION:
        terms = {"price_reduction": Decimal("1250")} | terms
    if outcome == Outcome.DEFERRED:
        return_on = return_on or FUTURE
    if outcome == Outcome.MERGED and "merged_into" not in terms:
        terms["merged_into"] = Proposal.objects.mergeable(proposal).order_by("pk").first()
    proposal = fresh(proposal)
    if outcome in APPROVALS and proposal.replaces and "fates" not in terms:
        terms["fates"] = fates_of(proposal, has_conditions=bool(conditions))
    return decide(
        actor=actor,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        outcome=outcome,
        reasons="Both advices say so.",
        terms=Terms(conditions=conditions or (), return_on=return_on, **terms),
    )


def fates_of(proposal: Proposal, *, has_conditions: bool = False) -> dict[str, Fate]:
    """The first fate that holds for each thing that rests on the decision it would replace: dropped if possible."""
    items = resting_on(proposal.replaces) if proposal.replaces else []
    assert proposal.current is not None
    dropped = {key_of(item): Fate.DROPPED for item in items}
    return dropped | dict.fromkeys(gaps(items, dropped, proposal.current, has_conditions), Fate.CHANGED)


def without(proposal: Proposal) -> dict[str, str]:
    """A reason for each opinion that is still missing."""
    return {role: f"The tide does not wait for the {role}." for role in proposal.awaited_roles}


def lifted(actor: Any, proposal: Proposal) -> Condition:
    """Lift the first condition of the proposal's decision, met or not."""
    return lift(actor=actor, condition=_first_condition(proposal), proof="Letter of the crews.")


def _first_condition(proposal: Proposal) -> Condition:
    condition = Condition.objects.filter(decision__proposal=proposal).order_by("decision__number", "number").first()
    assert condition is not None
    return condition


def proved(actor: Any, proposal: Proposal) -> Condition:
    """Give the proof of the first condition."""
    return prove(actor=actor, condition=_first_condition(proposal), proof="Letter of the crews.")


def waived(actor: Any, proposal: Proposal) -> Condition:
    """Waive the first condition."""
    return waive(actor=actor, condition=_first_condition(proposal), because="The crews have moved.")


def noted(actor: Any, proposal: Proposal, *, favourable: bool = True) -> BindingOpinion:
    """Note the binding opinion on the current revision."""
    proposal = fresh(proposal)
    return note_binding(
        actor=actor,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        favourable=favourable,
        given_on=timezone.localdate(),
        reference="Letter 2026-114",
    )


def taken_up(actor: Any, proposal: Proposal) -> Proposal:
    """Take up the review."""
    return take_up(actor=actor, proposal=fresh(proposal))


def withdrawn(actor: Any, proposal: Proposal) -> Proposal:
    """Take the proposal back."""
    return withdraw(actor=actor, proposal=proposal, reasons="No longer needed.")


def ready(
    author: Any, *advisers: Any, project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any
) -> Proposal:
    """A proposal of `author` on which `advisers` have given their opinion."""
    proposal = drafted(author, project, kind, replaces, **content)
    submitted(author, proposal)
    for adviser in advisers:
        advised(adviser, proposal)
    return fresh(proposal)


def put(project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any) -> Proposal:
    """A proposal of this kind before the owner: by the first role that may propose it, heard by whoever is asked."""
    author = proposers(project, kind)[0].holder
    proposal = drafted(author, project, kind, replaces, **content)
    submitted(author, proposal)
    for code in fresh(proposal).awaited_roles:
        advised(holders(project, code)[0].holder, proposal)
    return fresh(proposal)


def recorded() -> dict[str, int]:
    """How many rows of evidence there are; equal before and after means that nothing was recorded."""
    return {
        model.__name__: model.objects.count()
        for model in (
            Proposal,
            ProposalRevision,
            Opinion,
            Decision,
            Condition,
            LedgerEvent,
            Notification,
            DocumentVersion,
            SealBreak,
        )
    }
