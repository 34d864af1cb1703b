"""Acts: decide, and rehearse a decision."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import ensure
from core.acts import act, act_time, cached_reads, is_back_entry
from core.record.meaning import ensure_meaningful, is_meaningful
from core.record.sealing import content_hash
from governance import workflow
from governance.decide.decisions import supersede as succession
from governance.decide.decisions.condition_services import waive
from governance.decide.decisions.confirmation import read_confirmation
from governance.decide.decisions.dependents import Replacement
from governance.decide.decisions.effects import effects_hash
from governance.decide.decisions.fingerprint import Parts, build_file, describe_changes, read_parts
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.decisions.notices import list_team
from governance.decide.decisions.rehearsal import Happening, describe_happening, read_open_obligations
from governance.decide.decisions.seal_breaks import DecisionNotice, break_seals_of
from governance.decide.decisions.second_looks import MOST_MONTHS, find_second_look
from governance.decide.decisions.settlement import Settlement, rival_key, settle
from governance.decide.grounds.queries import find_obstacles
from governance.decide.kinds.registry import kind_of
from governance.decide.opinions.models import BindingOpinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.decide.proposals.services import Outdated, move
from governance.decide.signing.signatures import NotSigned, Signed, list_signature_facts, sign
from governance.enums import APPROVALS, Act, EffectiveFrom, Fate, OnLapse, Outcome, Settled
from projects.ledger.services import record
from projects.models import Project
from projects.notices.enums import Reason
from projects.notices.models import Notification
from projects.notices.services import collected_notices, notify
from projects.organisation_settings.queries import organisation
from projects.people.credentials.enums import CredentialKind
from projects.seats.mandates.availability import list_unavailable
from projects.seats.mandates.predicates import signing_seat
from projects.seats.mandates.seats import Seat
from roles.models import User


@dataclass(frozen=True)
class NewCondition:
    """A condition to record; `role` is the code of the role that answers for it.

    `on_lapse` is what happens when it is not met in time. `subject` is the row it is about, if any. The row has a
    `reference`, such as a defect.
    """

    text: str
    role: str
    due_on: date
    subject: Any = None
    on_lapse: OnLapse = OnLapse.STAYS

    @property
    def about(self) -> str:
        """Return the reference of its subject; empty without one."""
        return str(self.subject.reference) if self.subject else ""


@dataclass(frozen=True)
class Terms:
    """The terms of an answer beyond its outcome and reasons.

    `option` is the letter of the option that an approval takes, empty for the recommended one; `why_not` says why it is
    another one.
    `months` is after how many months an approval comes back to its owner (governance.life.second_look); 0 for never.
    `waived` maps each role whose opinion is missing, or impossible, to the reason for not waiting. `fates` maps items
    that rest on the replaced decision to their fate (governance.decide.decisions.supersede). `settled` maps demands of
    the kind to the owner's word (governance.decide.decisions.settlement).
    """

    option: str = ""
    why_not: str = ""
    months: int = 0
    conditions: Sequence[NewCondition] = ()
    effective: EffectiveFrom = EffectiveFrom.AT_ONCE
    return_on: date | None = None
    price_reduction: Decimal | None = None
    merged_into: Proposal | None = None
    waived: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, Fate] = field(default_factory=dict)
    settled: Mapping[str, Settlement] = field(default_factory=dict)


#: Message of a condition that would undo what has not taken effect.
NOTHING_TO_UNDO = gettext_lazy("It takes effect with its last condition: there is nothing to undo before.")


#: Message of an option whose amount is beyond the delegation.
BEYOND_THE_CAP = gettext_lazy("The amount of this option is beyond your delegation. The owner can choose it.")


#: Message of a decision without the signature that is required.
NEEDS_A_PASSKEY = gettext_lazy("Decisions on this project are signed with a passkey. Add one on your account page.")


class AlreadyDecided(Exception):
    """This revision is decided already; a second decision needs a new revision (R6)."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reference)
        self.decision = decision


class OpinionMissing(Exception):
    """Requested opinions are neither given nor waived in writing; `roles` are their codes."""

    def __init__(self, roles: list[str]) -> None:
        super().__init__(", ".join(roles))
        self.roles = roles


class BindingOpinionMissing(Exception):
    """The revision requires a favourable binding opinion, and has none."""


class NothingToMergeInto(Exception):
    """The merge target is on another project, never submitted, withdrawn, merged or replaced."""


#: Message of a decision that would do something else than its review announced.
NOT_AS_ANNOUNCED = gettext_lazy("What this decision changes is not what you reviewed any more.")


@dataclass(frozen=True)
class Answer:
    """The owner's answer to a revision, in the file read as `seen` (what `read_parts` returned then)."""

    seen: Parts
    outcome: Outcome
    reasons: str
    terms: Terms


@act("governance.decide", on="proposal", lock=None)
def decide(
    *,
    actor: User,
    proposal: Proposal,
    fingerprint: str,
    seen: Parts,
    outcome: Outcome,
    reasons: str,
    terms: Terms | None = None,
    foreseen: str = "",
    signed: Signed | None = None,
) -> Decision:
    """Record the owner's answer to the revision with this `fingerprint` (full hash), in the file read as `seen`.

    `seen` is what `read_parts` returned when the signatory read the file; Outdated says what has changed since. An
    approval is applied at once unless the owner chose otherwise. A document that has a newer version marks the decision
    in the same transaction. `foreseen` is the fingerprint of what `rehearse` announced: Outdated when something else
    happens. With `signed` it carries the signature of the passkey, which covers what `preview` built.
    Nothing is recorded when it raises NotSigned, AlreadyDecided, Outdated, WrongState, OpinionMissing,
    BindingOpinionMissing, NothingToMergeInto, NotCarried, Unanswered or CannotTakeEffect.
    Raises ValidationError on `outcome` when the kind does not allow it. Raises ValidationError on `price_reduction`
    when it does not fit the outcome, and on a text that says nothing.
    """
    proposal, place = _lock(proposal, fingerprint)
    ensure(actor, "governance.decide", proposal)
    answer = Answer(seen, outcome, reasons, terms or Terms())
    with collected_notices() as notices:
        decision, happening = _record(
            actor, proposal, place, answer, foreseen, notices, lambda decision: _confirm(decision, actor, signed)
        )
    if foreseen and happening().fingerprint(decision.revision.salt) != foreseen:
        raise Outdated([str(NOT_AS_ANNOUNCED)])
    return decision


class _TakenBack(Exception):
    """Rolls a rehearsal back."""


@act("governance.decide", on="proposal", lock=None)
def rehearse(
    *,
    actor: User,
    proposal: Proposal,
    fingerprint: str,
    seen: Parts,
    outcome: Outcome,
    reasons: str,
    terms: Terms,
) -> Happening:
    """Return what `decide` would do now: the act itself does it, without a signature, and all of it is rolled back.

    Raises what `decide` raises but NotSigned.
    """
    answer, found = Answer(seen, outcome, reasons, terms), list[Happening]()
    try:
        # In a cache of its own: what is read meanwhile is true of nothing afterwards.
        with cached_reads(), transaction.atomic(), collected_notices() as notices:
            proposal, place = _lock(proposal, fingerprint)
            ensure(actor, "governance.decide", proposal)
            _decision, happening = _record(
                actor, proposal, place, answer, "", notices, lambda decision: _note_factors(decision, actor)
            )
            found.append(happening())
            raise _TakenBack
    except _TakenBack:
        pass
    return found[0]


def _lock(proposal: Proposal, fingerprint: str) -> tuple[Proposal, tuple[Decision | None, int]]:
    """Return the fresh proposal, locked, and its last decision with the last number on its project.

    Raises AlreadyDecided, WrongState, and Outdated when the revision with this `fingerprint` is not the current one.
    """
    proposal = proposal.locked()
    before, number = _find_last(proposal)
    if before and before.revision_id == proposal.current_id:
        raise AlreadyDecided(before)
    proposal.ensure_allowed(Act.DECIDE)
    if proposal.current is None:
        raise workflow.WrongState(Act.DECIDE, proposal.state)
    if proposal.current.hash != fingerprint:
        raise Outdated
    return proposal, (before, number)


def _record(
    actor: User,
    proposal: Proposal,
    place: tuple[Decision | None, int],
    answer: Answer,
    foreseen: str,
    notices: Sequence[Notification],
    confirm: Callable[[Decision], None],
) -> tuple[Decision, Callable[[], Happening]]:
    """Check the answer, record it and carry it out; return the decision, and what describes all that it did."""
    outcome, terms, (before, number) = answer.outcome, answer.terms, place
    revision, now = cast(ProposalRevision, proposal.current), read_parts(proposal)
    if dict(answer.seen) != now:
        raise Outdated(describe_changes(answer.seen, now))
    binding = revision.noted_opinion if revision.binding_authority else None
    chosen = _choose(revision, outcome, terms)
    replaced = _find_replaced(proposal, outcome, chosen)
    previous = replaced or before
    items = succession.list_dependents(replaced, proposal) if replaced else []
    _ensure_complete(proposal, revision, chosen, binding, outcome, answer.reasons, terms, items)
    seat = signing_seat(actor, proposal.project, proposal.delegable_kind, _find_highest(proposal, chosen))
    if seat is None:  # after ensure() it is the amount of the option
        raise ValidationError({"option": BEYOND_THE_CAP})
    parts = _list_changed_parts(proposal, chosen, outcome, items)
    open_before = read_open_obligations(proposal.project, parts)
    decision = _build(
        actor, proposal, chosen, number, previous, items, now, outcome, answer.reasons, terms, seat, foreseen
    )
    confirm(decision)
    decision.save(force_insert=True)
    for condition in decision.original_conditions:
        condition.save()
    _close_rivals(actor, decision, notices)
    proposal.awaited_roles = []
    move(proposal, workflow.follow(proposal.state, Act.DECIDE, workflow.AFTER_OUTCOME[outcome]))
    if replaced:
        succession.carry_over(decision, replaced, items, actor, seat.role)
    if decision.settled:
        _waive_given_up(decision, actor)
        holders = {item: word.holder for item, word in terms.settled.items() if word.holder}
        kind_of(proposal.kind).settle(decision, actor, holders)
    changed: list[Effect] = []
    if outcome in APPROVALS and terms.effective == EffectiveFrom.AT_ONCE:
        changed = succession.take_effect(decision, actor)
    if outcome == Outcome.REJECTED:
        kind_of(proposal.kind).refuse(proposal.project, revision)
    event = record(
        Act.DECIDE,
        decision,
        role=seat.role,
        proposal_id=proposal.pk,
        detail=outcome,
        revision=revision.hash,
        **decision.option_told,
        mandate=decision.mandate_id,
        delegation=decision.delegation_id or "",
        effects=effects_hash(decision, changed),
        seen=content_hash(decision.seen),
        **(decision.factors_told | list_signature_facts(decision)),
    )
    break_seals_of(decision)
    if replaced:
        succession.carry_out(items, Replacement(decision, replaced, actor, seat.role, event))
    people = [*list_team(proposal), actor]
    # Whoever signs gets the receipt too: it shows a decision recorded in one's name.
    about = DecisionNotice(decision)
    notify(event=event, reason=Reason.DECIDED, about=about, people=people, detail=outcome, the_actor_too=True)

    def happening() -> Happening:
        open_after = read_open_obligations(proposal.project, parts)
        return describe_happening(decision, changed, open_before, open_after, notices)

    return decision, happening


def _close_rivals(actor: User, decision: Decision, notices: Sequence[Notification]) -> None:
    """Close the other open proposals on the question by the same act, each with the owner's word on it (ADR 55)."""
    words = {word["item"]: word["because"] for word in decision.settled if word["fate"] == Settled.ANSWERED}
    for rival in decision.proposal.open_rivals() if words else []:
        file = Proposal.objects.select_for_update(of=("self",)).select_related("current", "draft").get(pk=rival.pk)
        file.project = decision.proposal.project
        ensure(actor, "governance.decide", file)
        because = words[rival_key(rival)]
        terms = Terms(merged_into=decision.proposal, waived=dict.fromkeys(file.awaited_roles, because))
        answer = Answer(read_parts(file), Outcome.MERGED, because, terms)
        _record(actor, file, _find_last(file), answer, "", notices, lambda closed: _note_factors(closed, actor))


def _list_changed_parts(
    proposal: Proposal, chosen: ProposalRevision, outcome: Outcome, items: Sequence[succession.Item]
) -> set[str]:
    """Return the parts of the project that the answer may change: by its kind, and by what it undoes."""
    if outcome not in APPROVALS:
        return set()
    undone = {item.field for item in items if isinstance(item, Effect)}
    return undone | kind_of(proposal.kind).changed_by(chosen)


def preview(
    *, signatory: User, proposal: Proposal, outcome: Outcome, reasons: str, terms: Terms, foreseen: str = ""
) -> Decision:
    """Build the decision that `decide` would record of this complete answer, to have it signed. Raises Unanswered."""
    revision = cast(ProposalRevision, proposal.current)
    before, number = _find_last(proposal)
    chosen = _choose(revision, outcome, terms)
    replaced = _find_replaced(proposal, outcome, chosen)
    items = succession.list_dependents(replaced, proposal) if replaced else []
    seat = cast(Seat, signing_seat(signatory, proposal.project, proposal.delegable_kind, proposal.amount))
    now = read_parts(proposal)
    return _build(
        signatory, proposal, chosen, number, replaced or before, items, now, outcome, reasons, terms, seat, foreseen
    )


def _choose(revision: ProposalRevision, outcome: Outcome, terms: Terms) -> ProposalRevision:
    """Return the revision as the option taken has it; as it is for what is no approval. Raises ValidationError."""
    if outcome not in APPROVALS:
        if terms.option or terms.why_not:
            raise ValidationError({"option": _("Only an approval takes an option.")})
        return revision
    if terms.option and terms.option not in revision.letters:
        raise ValidationError({"option": _("Choose one of the options of the proposal.")})
    return revision.choose(terms.option)


def _find_replaced(proposal: Proposal, outcome: Outcome, chosen: ProposalRevision) -> Decision | None:
    """Return the decision that this answer replaces: none when the option taken changes nothing."""
    return proposal.replaces if outcome in APPROVALS and not chosen.changes_nothing else None


def _find_highest(proposal: Proposal, chosen: ProposalRevision) -> Decimal | None:
    """Return the higher one of the amounts of the proposal and of the option taken."""
    amounts = [amount for amount in (proposal.amount, chosen.amount) if amount is not None]
    return max(amounts, default=None)


def _build(
    actor: User,
    proposal: Proposal,
    chosen: ProposalRevision,
    number: int,
    previous: Decision | None,
    items: Sequence[succession.Item],
    seen: Parts,
    outcome: Outcome,
    reasons: str,
    terms: Terms,
    seat: Seat,
    foreseen: str,
) -> Decision:
    """Build a decision and its conditions without saving them. Raises Unanswered."""
    revision, approves = cast(ProposalRevision, proposal.current), outcome in APPROVALS
    decision = Decision(
        project=proposal.project,
        number=number + 1,
        proposal=proposal,
        revision=revision,
        revision_hash=revision.hash,
        outcome=outcome,
        option=(chosen.chosen or revision.recommended) if approves else "",
        why_not=terms.why_not,
        changes_nothing=chosen.changes_nothing,
        foreseen=foreseen,
        reasons=reasons,
        return_on=terms.return_on,
        second_look_on=find_second_look(terms.months),
        price_reduction=terms.price_reduction,
        effective=terms.effective,
        merged_into=terms.merged_into,
        file=build_file(revision, seen),
        seen=dict(seen),
        waived={role: terms.waived[role] for role in proposal.awaited_roles},
        impossible=list_unavailable(proposal.project, proposal.awaited_roles, act_time()),
        settled=settle(proposal, chosen, terms.settled, actor) if approves else [],
        carried={succession.item_key(item): str(terms.fates[succession.item_key(item)]) for item in items},
        decided_by=actor,
        mandate_id=seat.mandate_id,
        delegation_id=seat.delegation_id,
        signature=str(actor),
        supersedes_id=previous.pk if previous else None,
        acted_at=act_time(),
    )
    conditions = [
        Condition(
            decision=decision,
            number=number,
            text=new.text,
            role=new.role,
            due_on=new.due_on,
            on_lapse=new.on_lapse,
            subject=new.subject._meta.label_lower if new.subject else "",
            subject_id=new.subject.pk if new.subject else None,
            about=new.about,
        )
        for number, new in enumerate(terms.conditions, start=1)
    ]
    return decision.with_conditions(conditions)


def _confirm(decision: Decision, actor: User, signed: Signed | None) -> None:
    """Note with which factors the decision is confirmed, or put its signature on it. Raises NotSigned."""
    if signed is not None:
        passkey = sign(decision, actor, signed)
        decision.factors, decision.factor_since = [CredentialKind.PASSKEY], passkey.given_at
        return
    if is_signature_required(decision.project):
        raise NotSigned(str(NEEDS_A_PASSKEY))
    _note_factors(decision, actor)


def _note_factors(decision: Decision, actor: User) -> None:
    """Note with which factors the session last proved the signatory."""
    confirmation = read_confirmation(actor)
    decision.factors, decision.factor_since = confirmation.factors, confirmation.since


def is_signature_required(project: Project) -> bool:
    """Return whether the owner of the project, or the organisation, requires decisions to be signed."""
    return not is_back_entry() and (project.signed_decisions or organisation().signed_decisions)


def _find_last(proposal: Proposal) -> tuple[Decision | None, int]:
    """Return the last decision on the proposal, and the last number on its project, 0 before the first. One query."""
    taken = Decision.objects.filter(project=proposal.project_id).order_by("-number")
    of_proposal, of_project = taken.filter(proposal=proposal).values("pk")[:1], taken.values("pk")[:1]
    last = list(
        taken.filter(Q(pk__in=of_proposal) | Q(pk__in=of_project))
        .select_related("project", "proposal")
        .order_by("-number")
    )
    before = next((decision for decision in last if decision.proposal_id == proposal.pk), None)
    return before, last[0].number if last else 0


def _ensure_complete(
    proposal: Proposal,
    revision: ProposalRevision,
    chosen: ProposalRevision,
    binding: BindingOpinion | None,
    outcome: Outcome,
    reasons: str,
    terms: Terms,
    items: Sequence[succession.Item],
) -> None:
    """Refuse an answer that leaves something out, or says nothing (R2, R5, R6)."""
    if outcome not in kind_of(proposal.kind).outcomes:
        raise ValidationError({"outcome": _("This outcome does not apply to this kind of proposal.")})
    if terms.months and (outcome not in APPROVALS or not 1 <= terms.months <= MOST_MONTHS):
        raise ValidationError({"months": _("Enter 1 to 36 months, for an approval only.")})
    if (outcome == Outcome.ACCEPTED_WITH_PRICE_REDUCTION) != bool(terms.price_reduction):
        raise ValidationError({"price_reduction": _("Enter the price reduction.")})
    if missing := [role for role in proposal.awaited_roles if not is_meaningful(terms.waived.get(role) or "")]:
        raise OpinionMissing(sorted(missing))
    ensure_meaningful(reasons=reasons, **{f"conditions-{n}-text": new.text for n, new in enumerate(terms.conditions)})
    if chosen.chosen:
        ensure_meaningful(why_not=terms.why_not)
    elif terms.why_not:
        raise ValidationError({"why_not": _("You take the recommended option: leave this empty.")})
    for place, new in enumerate(terms.conditions):
        if new.on_lapse == OnLapse.UNDONE and terms.effective == EffectiveFrom.WHEN_MET:
            raise ValidationError({f"conditions-{place}-on_lapse": NOTHING_TO_UNDO})
    into = terms.merged_into
    if into and not Proposal.objects.mergeable(proposal).filter(pk=into.pk).exists():
        raise NothingToMergeInto
    if outcome not in APPROVALS:
        return
    if revision.binding_authority and not (binding and binding.favourable):
        raise BindingOpinionMissing
    if not chosen.changes_nothing and (obstacles := find_obstacles(revision)):
        raise succession.NotCarried({"": " ".join(obstacles)})
    if proposal.replaces and not chosen.changes_nothing:
        if proposal.replaces.successor:
            raise succession.NotCarried({"": str(succession.ALREADY_REPLACED)})
        if gaps := succession.find_gaps(items, dict(terms.fates), chosen, bool(terms.conditions)):
            raise succession.NotCarried(gaps)


def _waive_given_up(decision: Decision, actor: User) -> None:
    """Waive the open conditions that the owner gives up at the closing, for the reason given there."""
    for word in decision.settled:
        name, _sign, number = word["item"].rpartition("-")
        if name == Condition._meta.model_name and word["fate"] == Settled.WAIVED:
            waive(actor=actor, condition=Condition.objects.get(pk=number), because=word["because"])
            decision.proposal.project.refresh_from_db()  # a decision that waited for it may have taken effect
