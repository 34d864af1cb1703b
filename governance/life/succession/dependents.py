"""Rows of the core that hang on a decision: conditions, effects, later decisions, open proposals (ADR 22)."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import cached
from core.record.erasure import display_text
from governance import workflow
from governance.decide.decisions.dependents import Dependents, Line, Options, Replacement
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.decisions.seal_breaks import break_seal
from governance.decide.decisions.seal_guards import GROUND_REPLACED
from governance.decide.decisions.supersede import find_effect_options
from governance.decide.decisions.watches import ChangedItem, ChangedPart, Watch
from governance.decide.kinds.registry import part_of
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import move
from governance.enums import Act, Fate, ProposalState, Reason
from governance.life.decision_reviews.effects import list_holders, record_review
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.succession.guards import (
    CONDITION_BROKEN,
    CONDITIONS,
    DECISION_BROKEN,
    EFFECTS,
    LATER_DECISIONS,
    PROPOSAL_BROKEN,
    PROPOSALS,
)
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.notices.services import notify
from projects.seats.mandates.holders import participants

RIVAL = gettext_lazy("It would replace the same decision. After this one it can only be rejected.")
WITH_AUTHORS = gettext_lazy("It is with its authors. Their next revision must depend on another decision.")


# — conditions and effects —


def show_condition(condition: Condition, at: Any) -> Line:
    """Return a condition as it was set."""
    heading = _("Reservations") if condition.is_reservation else _("Conditions")
    return Line(heading, condition.decision.reference, condition.text, condition.decision.dossier_address)


def show_effect(effect: Effect, at: Any) -> Line:
    """Return an effect under the heading of its part."""
    part = part_of(effect)
    return Line(part.heading if part else _("What it changed"), effect.description)


# — later decisions —


def load_decisions(keys: list[int]) -> models.QuerySet[Decision]:
    """Load decisions with what their lines and fates need."""
    related = ("project", "revision", "mandate", "proposal__project", "proposal__current", "proposal__draft")
    return Decision.objects.filter(pk__in=keys).select_related(*related)


def show_decision(decision: Decision, at: Any) -> Line:
    """Return a decision with the title of what it decided."""
    link = decision.get_absolute_url()
    return Line(_("Later decisions that depend on it"), decision.reference, decision.revision.title, link)


def find_decision_options(decision: Decision, revision: Any, items: Sequence[Any]) -> Options:
    """Return the fates of a later decision: it holds, is reviewed, or its role is asked to propose it again."""
    project, role = decision.project, decision.proposal.author_role
    holders = cached(("holders_to_ask", project.pk, role), lambda: list_holders(project, role))
    if decision.approves and holders:
        return Options()
    why = _("A rejection is not replaced.") if not decision.approves else _("The role that proposed it is vacant.")
    return Options((Fate.KEPT, Fate.CHANGED), why)


def carry_decision(decision: Decision, fate: Fate, replacement: Replacement) -> None:
    """Mark a later decision to be reviewed, or ask the role that proposed it to propose it again."""
    if fate == Fate.KEPT:
        return
    decision.project = decision.proposal.project = replacement.by.project
    ground = _find_ground(decision, replacement.replaced)
    item, before = ground["item"], ground["version"]
    codes = [replacement.replaced.reference]
    break_seal(decision, item, before, replacement.event.hash.hex(), codes)
    if fate == Fate.DROPPED:
        with translation.override(decision.project.language):
            reasons = _("%(by)s has replaced %(replaced)s, which it depends on.") % {
                "by": replacement.by.reference,
                "replaced": replacement.replaced.reference,
            }
        record_review(
            actor=replacement.actor,
            decision=decision,
            change=decision.breaks.latest("pk"),
            answer=ReviewAnswer.AGAIN,
            role=decision.proposal.author_role,
            reasons=reasons,
            mandate=replacement.by.mandate,
        )


def _find_ground(decision: Decision, replaced: Decision) -> dict[str, str]:
    """Return the ground of a later decision by which it hangs on the replaced one; else the first decision it names."""
    grounds: list[dict[str, str]] = [
        ground for ground in decision.revision.rests_on if ground["item"].startswith("decision:")
    ]
    direct = [ground for ground in grounds if ground["item"] == f"decision:{replaced.pk}"]
    return (direct or grounds)[0]


def compare_decision(change: Any) -> ChangedItem:
    """Describe the decision that replaced a ground of another one, or what that ground rests on."""
    ground = Decision.objects.select_related("project").get(pk=change.key)
    event = LedgerEvent.objects.get(hash=bytes.fromhex(change.after))
    newer = Decision.objects.select_related("project", "supersedes__project").get(pk=event.subject_id)
    replaced = newer.supersedes.reference if newer.supersedes else ""
    part = ChangedPart(str(_("Decision in force")), replaced, newer.reference)
    return ChangedItem(
        str(_("Decision %(reference)s")) % {"reference": ground.reference}, newer.get_absolute_url(), [part]
    )


#: A decision of this transaction has carried the sealed one over, and the change is its entry in the ledger.
DECISION_WATCH = Watch("decision", GROUND_REPLACED, compare_decision, in_force=False)

# — open proposals —


def load_proposals(keys: list[int]) -> models.QuerySet[Proposal]:
    """Load proposals with what their lines and fates need."""
    return Proposal.objects.filter(pk__in=keys).select_related("project", "current", "draft")


def show_proposal(proposal: Proposal, at: Any) -> Line:
    """Return a proposal; a record, which tells nothing that changes, has its reference alone."""
    title = "" if at else display_text(proposal.title)
    return Line(_("Open proposals that name it"), proposal.reference, title, proposal.get_absolute_url())


def find_proposal_options(proposal: Proposal, revision: Any, items: Sequence[Any]) -> Options:
    """Return the fates of an open proposal: it stays, goes back to its authors, or is withdrawn."""
    if revision and proposal.replaces_id and proposal.replaces_id == revision.proposal.replaces_id:
        return Options((Fate.KEPT, Fate.DROPPED), RIVAL)
    if proposal.is_with_authors:
        return Options((Fate.CHANGED, Fate.DROPPED), WITH_AUTHORS)
    return Options()


def carry_proposal(proposal: Proposal, fate: Fate, replacement: Replacement) -> None:
    """Return an open proposal to its authors, or withdraw it."""
    if fate == Fate.KEPT:
        return
    proposal = load_proposals([proposal.pk]).select_for_update(of=("self",)).get()
    proposal.project = replacement.by.project
    proposal.awaited_roles = []
    dropped = fate == Fate.DROPPED
    state = ProposalState(proposal.state) if proposal.is_with_authors else ProposalState.RETURNED
    if dropped:
        state = ProposalState.WITHDRAWN
        with translation.override(proposal.project.language):
            proposal.withdrawn_because = _("%(by)s has replaced %(replaced)s.") % {
                "by": replacement.by.reference,
                "replaced": replacement.replaced.reference,
            }
    move(proposal, workflow.follow(proposal.state, Act.SUPERSEDE, state))
    event = record(
        Act.WITHDRAW if dropped else Act.SUPERSEDE,
        proposal,
        actor=replacement.actor,
        role=replacement.role,
        proposal_id=proposal.pk,
        detail=replacement.by.reference,
        replaced=replacement.replaced.pk,
        by=replacement.by.pk,
    )
    people = [seat.holder for seat in participants(proposal.project, proposal.kind, proposal.author_role)]
    notify(
        event=event,
        reason=Reason.GROUND_DROPPED if dropped else Reason.GROUND_REPLACED,
        about=proposal,
        people=people,
    )


CORE_DEPENDENTS = [
    Dependents(
        model=Condition,
        sql=CONDITIONS,
        load=lambda keys: Condition.objects.filter(pk__in=keys).select_related("decision__project"),
        show=show_condition,
        broken=CONDITION_BROKEN,
    ),
    Dependents(
        model=Effect,
        sql=EFFECTS,
        load=lambda keys: Effect.objects.filter(pk__in=keys).select_related("decision__project__matrix"),
        show=show_effect,
        options=find_effect_options,
    ),
    Dependents(
        model=Decision,
        sql=LATER_DECISIONS,
        load=load_decisions,
        show=show_decision,
        options=find_decision_options,
        carry_out=carry_decision,
        broken=DECISION_BROKEN,
        words={
            Fate.KEPT: gettext_lazy("it is still valid"),
            Fate.CHANGED: gettext_lazy("to be reviewed"),
            Fate.DROPPED: gettext_lazy("to be proposed again"),
        },
    ),
    Dependents(
        model=Proposal,
        sql=PROPOSALS,
        load=load_proposals,
        show=show_proposal,
        options=find_proposal_options,
        carry_out=carry_proposal,
        broken=PROPOSAL_BROKEN,
        words={
            Fate.KEPT: gettext_lazy("it stays as it is"),
            Fate.CHANGED: gettext_lazy("back to its authors"),
            Fate.DROPPED: gettext_lazy("withdrawn"),
        },
    ),
]
