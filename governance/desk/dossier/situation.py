"""Sentences of the dossier for one reader: its situation, the next step of its authors, and who decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.record.erasure import display_name
from core.templatetags.ui import day, euros
from governance.decide.decisions.models import Decision
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.enums import Act, Outcome, ProposalState
from governance.workflow import BEFORE_THE_OWNER, BEING_ADVISED, STILL_DECIDED
from projects.models import Mandate
from projects.organisation_settings.queries import today


@dataclass(frozen=True)
class SituationContext:
    """What the sentences depend on. `decision` answers the current revision; `owner` is the mandate in force."""

    user: Any
    proposal: Proposal
    decision: Decision | None
    owner: Mandate | None
    may: dict[str, bool]
    my_role: str | None
    seats: Sequence[Mandate] = ()
    #: How the owner came to follow another one, and whether they have not accepted yet.
    new_owner: str = ""
    is_pending: bool = False

    @property
    def is_owner(self) -> bool:
        """Return whether the reader is the project owner."""
        return self.owner is not None and self.owner.holder_id == self.user.pk


def describe_situation(context: SituationContext) -> list[str]:
    """List the sentences at the head of the dossier: the part of the reader, the state, and who is absent."""
    return [
        *_describe_part(context),
        *_describe_state(context),
        *_describe_absences(context),
        *_describe_new_owner(context),
    ]


def _describe_new_owner(context: SituationContext) -> list[str]:
    """List how the owner came to follow another one, in the first 30 days."""
    words = _("The project owner is new, %(words)s.")
    return [words % {"words": context.new_owner}] if context.new_owner else []


def describe_next_step(proposal: Proposal) -> str:
    """Return what happens next, for the authors."""
    if proposal.state == ProposalState.DRAFT:
        return _(
            "Complete the text, then submit it. It is frozen as revision 1 and the other advising roles are notified."
        )
    if proposal.state == ProposalState.RETURNED:
        return _(
            "Read the owner's reasons, edit the text and submit it. It becomes a new revision, and "
            "opinions are asked for again."
        )
    if proposal.state == ProposalState.DEFERRED:
        return _("Update the text and submit it again before the date set by the owner. Opinions are asked for again.")
    if proposal.state == ProposalState.READY_FOR_DECISION:
        return _(
            "The owner decides. You can still edit the text. Submitting it makes a new revision, and "
            "opinions are asked for again."
        )
    return _(
        "The opinions come first, then the owner decides. You can still edit the text. Submitting it "
        "makes a new revision, and opinions are asked for again."
    )


def describe_decision_makers(context: SituationContext) -> list[str]:
    """List the sentences on who decides, for a reader who does not."""
    proposal, decision = context.proposal, context.decision
    if context.owner is None:
        return [_("The decision is pending: no project owner is in office. Nobody else can decide.")]
    if decision:
        return [_describe_recorded(proposal, decision) % {"reference": decision.reference}]
    if proposal.is_barred(Act.DECIDE):
        return [str(STILL_DECIDED[proposal.project.state])]
    if proposal.state == ProposalState.WITHDRAWN:
        return [_("Nothing is left to decide: the proposal was withdrawn.")]
    if context.is_owner and context.is_pending:
        return [_("You follow another owner. Accept your mandate first, in My tasks. Then you can decide.")]
    if proposal.state == ProposalState.READY_FOR_DECISION and context.is_owner:
        return [_("You wrote this proposal. Authors cannot decide their own proposals.")]
    sentences = [
        _("The owner alone records an outcome, or a person to whom the owner delegated the signature in writing.")
    ]
    if proposal.current:
        sentences.append(_("Due %(weekday)s %(due)s.") % _format_due_day(proposal.current))
    return sentences


def describe_closed_opinion(proposal: Proposal, decision: Decision | None) -> str:
    """Return why no further opinion is taken on the current revision; empty while some may be given."""
    last = proposal.current.opinions_due_on if proposal.current else None
    if proposal.state == ProposalState.WITHDRAWN:
        return _("The proposal was withdrawn on %(on)s. Opinions are closed.") % {"on": day(proposal.state_since)}
    if decision:
        return _("The owner answered on %(on)s. Opinions are closed.") % {"on": day(decision.acted_at)}
    if proposal.state == ProposalState.READY_FOR_DECISION and last and not proposal.allows(Act.ADVISE):
        return _("The last day for opinions was %(on)s. Opinions are closed.") % {"on": day(last)}
    return ""


def _describe_recorded(proposal: Proposal, decision: Decision) -> str:
    if proposal.state != ProposalState.CONDITIONS_OPEN:
        return _("%(reference)s is recorded. It cannot be edited, but a new decision can replace it.")
    if decision.reserves:
        return _("%(reference)s is recorded. Only the owner clears its reservations.")
    return _("%(reference)s is recorded. Only the owner marks its conditions as met.")


def _describe_part(context: SituationContext) -> list[str]:
    """List the part of the reader: author, owner, delegate or adviser; nothing for anyone else."""
    if context.proposal.author_id == context.user.pk:
        return [_("You wrote this proposal.")]
    if context.owner is None or context.proposal.state not in BEFORE_THE_OWNER:
        return []
    if context.is_owner:
        return [_("You are the project owner.")]
    if context.may["decide"]:
        text = _("You sign for %(owner)s, the project owner, by delegation.")
    elif context.my_role:
        text = _("You are %(role)s on this project: you advise and propose. %(owner)s, the project owner, decides.")
    else:
        return []
    return [text % {"role": context.my_role, "owner": context.owner.holder}]


def _describe_state(context: SituationContext) -> list[str]:
    proposal, decision = context.proposal, context.decision
    if proposal.state == ProposalState.DRAFT:
        text = _("It is a draft: only the %(role)s reads it until it is submitted.")
        return [text % {"role": proposal.author_role}]
    if proposal.state in BEING_ADVISED:
        return [_describe_awaited_opinions(context)]
    if proposal.state == ProposalState.READY_FOR_DECISION and proposal.current:
        return [_describe_pending_decision(context, proposal.current)]
    if proposal.state == ProposalState.WITHDRAWN:
        return [_("It was withdrawn on %(on)s. Nothing is decided.") % {"on": day(proposal.state_since)}]
    if proposal.state == ProposalState.RETURNED and decision is None:
        return [_("The owner has replaced a decision that it names. It needs a new revision.")]
    return _describe_answer(ProposalState(proposal.state), decision) if decision else []


def _describe_awaited_opinions(context: SituationContext) -> str:
    roles, revision = context.proposal.awaited_roles, context.proposal.current
    if context.may["advise"] and context.my_role in roles and revision:
        last = revision.opinions_due_on
        if last < today():
            return _("Your opinion was due on %(on)s. You can still give it.") % {"on": day(last)}
        return _("Your opinion is expected by %(on)s.") % {"on": day(last)}
    text = ngettext("Opinion expected from: %(roles)s.", "Opinions expected from: %(roles)s.", len(roles))
    return text % {"roles": ", ".join(roles)}


def _describe_pending_decision(context: SituationContext, revision: ProposalRevision) -> str:
    """Return who decides the file that is ready, and by when."""
    due = _format_due_day(revision)
    if context.owner is None:
        return _("The decision is pending: no project owner is in office.")
    if context.may["decide"]:
        return _describe_own_decision(len(revision.asked_roles)) % due
    if context.is_owner:
        return _("Authors cannot decide their own proposals. A delegate or another owner must decide.")
    text = _("The decision of %(owner)s is due %(weekday)s %(due)s.")
    return text % {"owner": context.owner.holder, **due}


def _describe_own_decision(asked: int) -> str:
    """Return the sentence for the reader who decides, by the number of opinions asked."""
    if asked == 2:
        return _("Both opinions are given. Your decision is due %(weekday)s %(due)s.")
    if asked > 2:
        return _("All opinions are given. Your decision is due %(weekday)s %(due)s.")
    if asked:
        return _("The opinion is given. Your decision is due %(weekday)s %(due)s.")
    return _("No opinion was asked for. Your decision is due %(weekday)s %(due)s.")


def _describe_absences(context: SituationContext) -> list[str]:
    """List who is absent of those whom the file waits for, until when, and whom to ask."""
    if context.proposal.state not in BEFORE_THE_OWNER:
        return []
    awaited = set(context.proposal.awaited_roles) if context.proposal.state in BEING_ADVISED else set()
    concerned = [seat for seat in context.seats if seat.decides or seat.role.code in awaited]
    absences = [(seat, seat.holder.absent_until) for seat in concerned if seat.holder.absent_until]
    return [_describe_absence(seat, until) for seat, until in absences if seat.holder.is_absent(today())]


def _describe_absence(seat: Mandate, until: date) -> str:
    person = seat.holder
    said = {"who": person, "role": seat.role.code, "until": day(until), "stand_in": person.stand_in}
    if person.stand_in and person.stand_in.is_active:
        return _("%(who)s (%(role)s) is absent until %(until)s: ask %(stand_in)s meanwhile.") % said
    return _("%(who)s (%(role)s) is absent until %(until)s.") % said


def _describe_answer(state: ProposalState, decision: Decision) -> list[str]:
    """List the sentences on the decision that brought the file to `state`."""
    values = {"who": display_name(decision.signature), "on": day(decision.acted_at)}
    if state == ProposalState.RETURNED:
        return [
            _("%(who)s asked for rework on %(on)s. Nothing is decided.") % values,
            _("The clock is stopped until it is submitted again."),
        ]
    if state == ProposalState.SUPERSEDED:
        text = _("%(reference)s is no longer in force: %(by)s has replaced it.")
        return [text % {"reference": decision.reference, "by": decision.successor and decision.successor.reference}]
    if state == ProposalState.DEFERRED and decision.return_on:
        text = _("%(who)s deferred it on %(on)s, to decide again on %(until)s.")
        return [text % {**values, "until": day(decision.return_on)}]
    if state == ProposalState.MERGED and decision.merged_into:
        text = _("%(who)s merged it into %(into)s on %(on)s.")
        return [text % {**values, "into": decision.merged_into.reference}]
    describe = SETTLED.get(state)
    option = {"option": decision.option, "recommended": decision.revision.recommended}
    amount = {"amount": euros(decision.price_reduction)}
    return [describe(decision) % {**values, **option, **amount}] if describe else []


def _describe_open_conditions(decision: Decision) -> str:
    if decision.reserves:
        return _("%(who)s accepted it on %(on)s, with reservations that are not all cleared yet.")
    return _("%(who)s approved it on %(on)s, under conditions that are not all met yet.")


def _describe_closed(decision: Decision) -> str:
    if decision.reserves:
        return _("%(who)s accepted it on %(on)s. All reservations are cleared.")
    return _("%(who)s approved it on %(on)s. Every condition is met.")


def _describe_lapsed(decision: Decision) -> str:
    if decision.reserves:
        return _("%(who)s accepted it on %(on)s. A reservation was not cleared in time, and the decision has lapsed.")
    return _("%(who)s approved it on %(on)s. A condition was not met in time, and the decision has lapsed.")


def _describe_decided(decision: Decision) -> str:
    if decision.outcome == Outcome.REJECTED:
        return _("%(who)s rejected it on %(on)s.")
    if not decision.is_as_recommended:
        return _("%(who)s took option %(option)s on %(on)s. Option %(recommended)s was recommended.")
    if decision.price_reduction:
        return _("%(who)s accepted it on %(on)s, for %(amount)s less.")
    if decision.outcome == Outcome.ACCEPTED:
        return _("%(who)s accepted it on %(on)s.")
    return _("%(who)s approved it on %(on)s.")


#: State after a decision that approved or rejected → its sentence.
SETTLED: dict[ProposalState, Callable[[Decision], str]] = {
    ProposalState.CONDITIONS_OPEN: _describe_open_conditions,
    ProposalState.CLOSED: _describe_closed,
    ProposalState.LAPSED: _describe_lapsed,
    ProposalState.DECIDED: _describe_decided,
}


def _format_due_day(revision: ProposalRevision) -> dict[str, str]:
    """Return the day for deciding, as weekday and date."""
    due = revision.decide_by
    return {"weekday": date_format(due, "l"), "due": day(due)} if due else {"weekday": "", "due": ""}
