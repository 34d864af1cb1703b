"""Perform the acts on a proposal by name, on a freshly read proposal and with plain arguments."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Model, Q
from django.utils import timezone

from core.record.sealing import term_of
from core.sql.compiled_sql import CompiledRows, Parameter
from governance.decide.decisions import condition_services as conditions
from governance.decide.decisions import services as decisions
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import NewCondition, Terms
from governance.decide.decisions.settlement import Settlement, list_demands
from governance.decide.decisions.supersede import find_gaps, item_key, list_dependents
from governance.decide.evidence import attachments
from governance.decide.evidence import services as evidence
from governance.decide.kinds.base import Demand
from governance.decide.kinds.registry import kind_of
from governance.decide.lapses.tasks import apply_lapses
from governance.decide.opinions import services as opinions
from governance.decide.proposals import services as proposals
from governance.enums import APPROVALS, WITH_CONDITIONS, Fate, OnLapse, Outcome, Position, Settled
from governance.models import BindingOpinion, Condition, Decision, Opinion, Proposal, ProposalRevision, SealBreak
from governance.record.earlier_decisions.queries import read_list
from governance.record.earlier_decisions.services import write_earlier
from pmo.standards.standards.references import list_checkpoints, reference_of
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Document, DocumentVersion, LedgerEvent, Notification
from projects.seats.interests.services import note_bidder
from projects.seats.mandates import services as mandates
from projects.seats.mandates.holders import holders, proposers
from roles.models import User
from tests.database import run
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
#: Answers to a change and to most kinds.
ANSWERS = kind_of("change").outcomes
#: Answers to a delivery.
IN_WORDS_OF_ACCEPTANCE = {
    Outcome.APPROVED: Outcome.ACCEPTED,
    Outcome.APPROVED_WITH_CONDITIONS: Outcome.ACCEPTED_WITH_RESERVATIONS,
}
CONDITION = NewCondition("The crews are told in writing.", "AMOA", FUTURE)


def leave_event(project: Any) -> LedgerEvent:
    """Record an event that names the rows of `project` written past the services, without which they are refused."""
    return record(act=Act.SEAL_ROWS, actor=User.objects.installation(), project=project, subject=project)


def accept_mandates(project: Any) -> None:
    """Accept every mandate in force on `project` as its holder, where that is still to be done."""
    open_ones = Q(accepted_at=None) | Q(must_renew=True)
    for mandate in project.mandates.active().with_renewal().filter(open_ones).select_related("holder"):
        mandates.accept(actor=mandate.holder, mandate=mandate)


def reread(proposal: Proposal) -> Proposal:
    """Read the proposal afresh from the database."""
    [found] = _proposal_of_key().fetch(key=proposal.pk)
    return found


@cache
def _proposal_of_key() -> CompiledRows[Proposal]:
    rows = Proposal.objects.select_related("project", "current", "draft")
    return CompiledRows(rows.filter(pk=Parameter("key", BigIntegerField())))


def fingerprint(proposal: Proposal) -> str:
    """Return the hash of the revision submitted to the owner, or an empty string."""
    return proposal.current.hash if proposal.current else ""


def draft(actor: Any, project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any) -> Proposal:
    """Build a complete working text for `project`."""
    replaced = replaces.pk if replaces else None
    content = {"terms": {} if "terms" in content else terms_of(project, kind)} | content
    content = CONTENT | content
    return reread(proposals.draft(actor=actor, project=project, kind=kind, content=content, replaces_id=replaced))


def counter(actor: Any, proposal: Proposal, **content: Any) -> Proposal:
    """Write another file on the question of `proposal`, of its kind."""
    content = CONTENT | {"terms": terms_of(proposal.project, proposal.kind)} | content
    return reread(
        proposals.draft(
            actor=actor, project=proposal.project, kind=proposal.kind, content=content, counter_to=reread(proposal)
        )
    )


def terms_of(project: Any, kind: str) -> dict[str, str]:
    """Build the terms without which a proposal of this kind is about nothing, with the rows they name."""
    return TERMS[kind](project) if kind in TERMS else {}


def terms_of_a_waiver(project: Any) -> dict[str, str]:
    """Name one checkpoint for thirty days. Empty without a library."""
    waivable = [checkpoint for checkpoint in list_checkpoints(project) if checkpoint.waivable]
    if not waivable:
        return {}
    texts = dict.fromkeys(("scope", "reason", "impact", "measure", "return_plan"), "As long as the works last.")
    days = {"starts_on": str(timezone.localdate()), "ends_on": str(FUTURE), "affects_recipients": "no"}
    return {"checkpoints": reference_of(waivable[0]), **texts, **days}


def terms_of_an_acceptance(project: Any) -> dict[str, str]:
    """Name the newest closed campaign of a deliverable; close one unless there is one."""
    from tests.amoa.acceptance import factories

    closed = project.campaigns.exclude(closed_at=None).exclude(deliverable=None).order_by("-number").first()
    if closed is None:
        author = _author(project, "acceptance")
        return {"campaign": factories.closed_campaign_term(author, factories.create_campaign(author, project))}
    return {"campaign": term_of(closed.number, closed.hash)}


def terms_of_a_baseline(project: Any) -> dict[str, str]:
    """Name the newest baseline; write and freeze one requirement unless there is one."""
    from tests.amoa.requirements import factories

    newest = project.baselines.order_by("-number").first()
    if newest is None:
        author = _author(project, "requirement_baseline")
        factories.write(author, project)
        newest = factories.freeze(author, project)
    return factories.terms(newest)


def terms_of_a_supplier_choice(project: Any) -> dict[str, str]:
    """Name a bidder and the person who takes the role; note one unless there is one."""
    bidder = project.bidders.order_by("pk").first() or note_bidder(
        actor=_author(project, "supplier_choice"), project=project, organisation="Dredgers"
    )
    return {"bidder": str(bidder.organisation), "holder": str(User.objects.get(email="outsider@example.org").key)}


def terms_of_a_risk_acceptance(project: Any) -> dict[str, str]:
    """Name a risk that waits for its acceptance; raise one."""
    from tests.pmo.registers.risks import factories

    return factories.terms(factories.create_unaccepted_risk(_author(project, "risk_acceptance"), project))


def terms_of_benefits(project: Any) -> dict[str, str]:
    """Name a frozen set with a new benefit."""
    from tests.pmo.registers.success_criteria import factories

    return factories.terms(project)


def terms_of_a_take_over(project: Any) -> dict[str, str]:
    """Name the list of earlier decisions as it is now; write one unless there is one."""
    if not project.earlier_decisions.exists():
        fields = {"number": "1", "decided_on": date(2019, 5, 14), "title": "Keep the crane", "outcome": "approved"}
        write_earlier(
            actor=_author(project, "take_over"), project=project, fields={**fields, "signatory": "Paule Kerné"}
        )
    return {"earlier_decisions": read_list(project)}


def _author(project: Any, kind: str) -> Any:
    return proposers(project, kind)[0].holder


#: kind → the terms without which it is about nothing, in a test that names none.
TERMS: dict[str, Callable[[Any], dict[str, str]]] = {
    "acceptance": terms_of_an_acceptance,
    "benefits": terms_of_benefits,
    "communication": lambda _project: {"message": "The ice machine runs from Monday on."},
    "interim_acceptance": terms_of_an_acceptance,
    "requirement_baseline": terms_of_a_baseline,
    "risk_acceptance": terms_of_a_risk_acceptance,
    "supplier_choice": terms_of_a_supplier_choice,
    "take_over": terms_of_a_take_over,
    "waiver": terms_of_a_waiver,
}


def edit(actor: Any, proposal: Proposal, **content: Any) -> Proposal:
    """Save a change of the current working text."""
    content = content or {"title": "A better title"}
    return proposals.edit(actor=actor, proposal=proposal, version=reread(proposal).draft.version, content=content)


def add_document(
    actor: Any, project: Any, name: str = "Quotation 12", text: str = "Ice machine: EUR 18,000.\n"
) -> DocumentVersion:
    """Add a document to `project`."""
    return evidence.add_document(actor=actor, project=project, name=name, upload=upload(text=text))


def attach(actor: Any, proposal: Proposal, version: DocumentVersion) -> Proposal:
    """Attach a document to the current working text."""
    return edit(actor, proposal, attachments=attachments.attach(reread(proposal).draft.attachments, version))


def replace(
    actor: Any, document: Document, text: str = "Ice machine: EUR 19,500.\n", why: str = "The supplier corrected it."
) -> DocumentVersion:
    """Add a version to a document."""
    return evidence.replace_document(actor=actor, document=document, upload=upload(text=text), why=why)


def submit(actor: Any, proposal: Proposal) -> ProposalRevision:
    """Submit the current working text."""
    return proposals.submit(actor=actor, proposal=proposal, version=reread(proposal).draft.version)


def advise(
    actor: Any,
    proposal: Proposal,
    position: Position = Position.FAVOURABLE,
    reasons: str = "It fits the schedule.",
    preferred: str = "",
) -> Opinion:
    """Give an opinion on the current revision."""
    proposal = reread(proposal)
    return opinions.advise(
        actor=actor,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        position=position,
        reasons=reasons,
        preferred=preferred,
    )


def decide(
    actor: Any,
    proposal: Proposal,
    outcome: Outcome = Outcome.APPROVED,
    conditions: list[NewCondition] | None = None,
    return_on: date | None = None,
    seen: dict[str, str] | None = None,
    reasons: str = "Both advices say so.",
    **terms: Any,
) -> Decision:
    """Decide the current revision with the outcome of its kind and the fields that the outcome needs.

    The file is read just before, unless it was `seen`.
    """
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
    proposal = reread(proposal)
    option = terms.get("option", "")
    if option not in {"", getattr(proposal.current, "recommended", "")}:
        terms = {"why_not": "The crews asked for it."} | terms
    if outcome in APPROVALS and proposal.replaces and "fates" not in terms:
        terms["fates"] = fates_of(proposal, option, has_conditions=bool(conditions))
    if outcome in APPROVALS and "settled" not in terms:
        terms["settled"] = words_on_demands(proposal, option)
    return decisions.decide(
        actor=actor,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        seen=read_parts(proposal) if seen is None else seen,
        outcome=outcome,
        reasons=reasons,
        terms=Terms(conditions=conditions or (), return_on=return_on, **terms),
    )


def fates_of(proposal: Proposal, option: str = "", *, has_conditions: bool = False) -> dict[str, Fate]:
    """Choose a possible fate for each item that hangs on the replaced decision: dropped, else changed, else kept."""
    items = list_dependents(proposal.replaces, proposal) if proposal.replaces else []
    chosen: dict[str, Fate] = {}
    for fate in (Fate.DROPPED, Fate.CHANGED, Fate.KEPT):
        trial = {item_key(item): fate for item in items}
        assert proposal.current is not None
        gaps = find_gaps(items, trial, proposal.current.choose(option), has_conditions)
        chosen = {key: fate for key in trial if key not in gaps} | chosen
    return chosen


def words_on_demands(proposal: Proposal, option: str = "") -> dict[str, Settlement]:
    """Say a word on everything that is missing or open for an option: what may be excused is."""
    return {
        demand.key: Settlement("It is left as it is.", demand.fates[0] if demand.fates else Settled.WITHOUT)
        for demand in _list_asked(proposal, option)
    }


def _list_asked(proposal: Proposal, option: str = "") -> list[Demand]:
    return list_demands(proposal, proposal.current.choose(option)) if proposal.current else []


def missing_opinion_reasons(proposal: Proposal) -> dict[str, str]:
    """Give a reason for each missing opinion."""
    return {role: f"The tide does not wait for the {role}." for role in proposal.awaited_roles}


def lift(actor: Any, proposal: Proposal) -> Condition:
    """Lift the first condition of the proposal's decision, met or not."""
    return conditions.lift(actor=actor, condition=_first_condition(proposal), proof="Letter of the crews.")


def _first_condition(proposal: Proposal) -> Condition:
    condition = Condition.objects.filter(decision__proposal=proposal).order_by("decision__number", "number").first()
    assert condition is not None
    return condition


def prove(actor: Any, proposal: Proposal) -> Condition:
    """Record the proof of the first condition."""
    return conditions.prove(actor=actor, condition=_first_condition(proposal), proof="Letter of the crews.")


def waive(actor: Any, proposal: Proposal) -> Condition:
    """Waive the first condition."""
    return conditions.waive(actor=actor, condition=_first_condition(proposal), because="The crews have moved.")


def lapse(owner: Any, proposal: Proposal) -> Proposal:
    """Approve a proposal under a condition that was due yesterday and ends the decision; then the night passes."""
    due_on = timezone.localdate() - timedelta(days=1)
    condition = NewCondition("The crews are told in writing.", "AMOA", due_on, on_lapse=OnLapse.LAPSES)
    decide(owner, proposal, Outcome.APPROVED_WITH_CONDITIONS, [condition])
    assert apply_lapses() == 1
    return reread(proposal)


def note_binding(actor: Any, proposal: Proposal, *, favourable: bool = True) -> BindingOpinion:
    """Record the binding opinion on the current revision."""
    proposal = reread(proposal)
    return opinions.note_binding(
        actor=actor,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        favourable=favourable,
        given_on=timezone.localdate(),
        reference="Letter 2026-114",
    )


def take_up(actor: Any, proposal: Proposal) -> Proposal:
    """Start the review."""
    return proposals.take_up(actor=actor, proposal=reread(proposal))


def withdraw(actor: Any, proposal: Proposal) -> Proposal:
    """Withdraw the proposal."""
    return proposals.withdraw(actor=actor, proposal=proposal, reasons="No longer needed.")


def prepare(
    author: Any, *advisers: Any, project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any
) -> Proposal:
    """Create a proposal of `author` with the opinions of `advisers`."""
    proposal = draft(author, project, kind, replaces, **content)
    submit(author, proposal)
    for adviser in advisers:
        advise(adviser, proposal)
    return reread(proposal)


def submit_to_owner(project: Any, kind: str = "change", replaces: Decision | None = None, **content: Any) -> Proposal:
    """Bring a proposal of this kind to the owner, with every opinion that somebody can give."""
    author = proposers(project, kind)[0].holder
    proposal = draft(author, project, kind, replaces, **content)
    submit(author, proposal)
    for code in reread(proposal).awaited_roles:
        for seat in holders(project, code)[:1]:
            advise(seat.holder, proposal)
    return reread(proposal)


#: The models whose rows are evidence.
EVIDENCE: tuple[type[Model], ...] = (
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


def count_evidence() -> dict[str, int]:
    """Count the rows of evidence, in one query; an equal count before and after means that nothing was recorded."""
    counts = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in EVIDENCE)
    [found] = run(f"SELECT {counts}")
    return {model.__name__: count for model, count in zip(EVIDENCE, found, strict=True)}


def pass_gates(owner: Any, project: Any, *gates: str) -> list[Decision]:
    """Pass these gates one after the other, as the owner."""
    return [decide(owner, submit_to_owner(fresh(project), "gate", terms={"gate": gate})) for gate in gates]


def close(owner: Any, project: Any, into: Any = None, holder: Any = None) -> Decision:
    """Close a project that has passed gate G2; what is open is excused, or carried over to the project `into`."""
    pass_gates(owner, project, "G3", "G4")
    file = submit_to_owner(fresh(project), "gate", terms={"gate": "G5"})
    settled = words_on_demands(file)
    if into:
        taker = holder or into.mandates.active().deciding().get().holder
        carried = Settlement("It goes on there.", Settled.CARRIED, into.code, taker)
        settled |= {demand.key: carried for demand in _list_asked(file) if Settled.CARRIED in demand.fates}
    return decide(owner, file, settled=settled)


def reopen(owner: Any, project: Any) -> Decision:
    """Open a closed project again."""
    return decide(owner, submit_to_owner(fresh(project), "reopening"))


def suspend(owner: Any, project: Any) -> Decision:
    """Suspend a project."""
    return decide(owner, submit_to_owner(fresh(project), "suspension"))


def resume(owner: Any, project: Any) -> Decision:
    """Resume a suspended project."""
    return decide(owner, submit_to_owner(fresh(project), "resumption"))


def abandon(owner: Any, project: Any) -> Decision:
    """Abandon a project; what is open is excused."""
    file = submit_to_owner(fresh(project), "abandonment")
    return decide(owner, file, settled=words_on_demands(file))


def fresh(project: Any) -> Any:
    """Read the project afresh from the database."""
    return type(project).objects.get(pk=project.pk)
