"""Acts on proposals: draft, edit, submit, withdraw and take up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.access import ensure
from core.acts import act, act_time
from core.record.meaning import ensure_meaningful
from governance import workflow
from governance.decide.grounds.queries import describe_unknown, renew_grounds
from governance.decide.kinds.base import find_gaps, freeze
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal, ProposalDraft, ProposalRevision, last_day_to_advise
from governance.decide.proposals.queries import list_roles_on_question
from governance.enums import Act, ProposalState, Reason
from projects.ledger.services import record
from projects.models import Project
from projects.notices.enums import Reason as ProjectReason
from projects.notices.services import notify
from projects.organisation_settings.queries import organisation, today
from projects.seats.mandates.availability import list_unavailable
from projects.seats.mandates.holders import advisers, list_asked_roles, opinion_givers, signatories
from projects.seats.mandates.predicates import advising_role, proposing_role
from roles.models import User


class Incomplete(Exception):
    """The working text cannot be submitted yet (R5); `gaps` maps a field name to an instruction."""

    def __init__(self, gaps: dict[str, str]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


class Outdated(Exception):
    """The text was saved, or the file changed, since the actor read it; `changes` are sentences on what changed."""

    def __init__(self, changes: Sequence[str] = ()) -> None:
        super().__init__(" ".join(changes))
        self.changes = changes


class NoCounter(Exception):
    """The role has a file on this question, or the question is answered: it takes no other file of this role."""


def ensure_may_counter(proposal: Proposal, role: str) -> None:
    """Raise NoCounter unless `role` may write another file on the question of `proposal` now."""
    is_open = any(file.current_id and file.state in workflow.MERGEABLE for file in (proposal, *proposal.rivals()))
    if not is_open or not role or role in list_roles_on_question(proposal):
        raise NoCounter


def _build_intended(given: Mapping[str, Any]) -> Proposal:
    """Build the unsaved proposal that a draft would open, to check the permission for its kind."""
    return Proposal(project=given["project"], kind=given["kind"])


@act("governance.propose", on=_build_intended, lock="project")
def draft(
    *,
    actor: User,
    project: Project,
    kind: str,
    content: dict[str, Any],
    replaces_id: int | None = None,
    counter_to: Proposal | None = None,
) -> Proposal:
    """Open a proposal on `project` with its first working text, under the actor's role there (R2).

    `replaces_id` is an approval on the same project that an approval of this proposal would replace. With `counter_to`
    it is another answer to the question of that file, of its kind, in place of the same decision. Raises NoCounter.
    """
    role = proposing_role(actor, project, kind) or ""
    if counter_to is not None:
        counter_to = Proposal.objects.get(pk=counter_to.pk)  # as it is under the lock of the project
        ensure_may_counter(counter_to, role)
        if (counter_to.project_id, counter_to.kind) != (project.pk, kind):  # the permission is for this kind, there
            raise NoCounter
        replaces_id = counter_to.replaces_id
    proposal = Proposal.objects.create(
        project=project,
        number=project.proposals.count() + 1,
        kind=kind,
        state_since=act_time(),
        author=actor,
        writers=[actor.pk],
        author_role=role,
        replaces_id=replaces_id,
        counter_to_id=(counter_to.counter_to_id or counter_to.pk) if counter_to else None,
    )
    ProposalDraft.objects.create(proposal=proposal, saved_at=act_time(), **content)
    record(Act.DRAFT, proposal, role=role, proposal_id=proposal.pk)
    return proposal


@act("governance.edit", on="proposal")
def edit(
    *,
    actor: User,
    proposal: Proposal,
    version: int,
    content: dict[str, Any],
    kind: str = "",
    replaces_id: int | None = None,
) -> Proposal:
    """Save the working text read at `version`; submitted revisions stay unchanged. Raises Outdated, WrongState.

    The actor is one of its writers from then on, and decides on none of its revisions (R8). Before its first
    submission, a proposal also takes `kind` and `replaces_id`.
    """
    workflow.follow(proposal.state, Act.EDIT, ProposalState(proposal.state))
    text = proposal.draft
    if text.version != version:
        raise Outdated
    for name, value in content.items():
        setattr(text, name, value)
    text.version, text.saved_at = version + 1, act_time()
    text.save()
    changed: list[str] = []
    is_fixed = proposal.current_id is not None or proposal.counter_to_id is not None
    if kind and not is_fixed and (kind, replaces_id) != (proposal.kind, proposal.replaces_id):
        ensure(actor, "governance.propose", Proposal(project=proposal.project, kind=kind))
        proposal.kind, proposal.replaces_id = kind, replaces_id
        changed += ["kind", "replaces"]
    if actor.pk not in proposal.writers:
        proposal.writers = sorted({*proposal.writers, actor.pk})
        changed.append("writers")
    if changed:
        proposal.save(update_fields=changed)
    record(
        Act.EDIT,
        text,
        role=proposal.author_role,
        project=proposal.project,
        proposal_id=proposal.pk,
        version=text.version,
    )
    return proposal


@act("governance.submit", on="proposal")
def submit(*, actor: User, proposal: Proposal, version: int) -> ProposalRevision:
    """Freeze the working text read at `version` as the next revision, and ask for opinions.

    What it rests on is frozen in its present version, and the figures of its kind as they are. The decision waits for
    the roles that advise, vacant ones included. Other roles with the letter “advises” may give an opinion meanwhile.
    Raises Outdated, Incomplete, WrongState.
    """
    proposal.ensure_allowed(Act.SUBMIT)
    text = proposal.draft
    if text.version != version:
        raise Outdated
    grounds, unknown = renew_grounds(proposal.project, text.rests_on)
    kind = kind_of(proposal.kind)
    gaps = find_gaps(kind, text, proposal.project)
    if unknown:
        gaps["rests_on"] = describe_unknown(unknown)
    if answered := proposal.answered_by:
        gaps["question"] = describe_answered(answered)
    if gaps:
        raise Incomplete(gaps)
    if grounds != text.rests_on:
        text.rests_on = grounds
        text.save()
    advising = list_asked_roles(proposal.project, proposal.kind, proposal.author_role)
    state = ProposalState.SUBMITTED if advising else ProposalState.READY_FOR_DECISION
    workflow.follow(proposal.state, Act.SUBMIT, state)
    revision = ProposalRevision(
        proposal=proposal,
        number=proposal.revisions.count() + 1,
        submitted_by=actor,
        asked_roles=advising,
        acted_at=act_time(),
        advise_by=last_day_to_advise(text, today(), organisation().opinion_days),
        snapshot=freeze(kind, text, proposal.project),
        **text.content(),
    )
    revision.hash = revision.seal()
    revision.save(force_insert=True)
    proposal.current, proposal.awaited_roles = revision, advising
    proposal.writers = sorted({*proposal.writers, actor.pk})
    move(proposal, state)
    event = record(
        Act.SUBMIT,
        revision,
        role=proposal.author_role,
        project=proposal.project,
        proposal_id=proposal.pk,
        detail=str(revision.number),
    )
    opinions = opinion_givers(proposal.project, proposal.kind)
    if people := [mandate.holder for mandate in opinions if mandate.role.code != proposal.author_role]:
        notify(event=event, reason=ProjectReason.OPINION_ASKED, about=proposal, people=people)
    if awaits_nobody(proposal):
        notify(event=event, reason=ProjectReason.DECISION_ASKED, about=proposal, people=list_signatories(proposal))
    return revision


@act("governance.take_up", on="proposal")
def take_up(*, actor: User, proposal: Proposal) -> Proposal:
    """Record that an adviser who was asked has begun the review. Raises WrongState."""
    move(proposal, workflow.follow(proposal.state, Act.TAKE_UP, ProposalState.UNDER_REVIEW))
    role = advising_role(actor, proposal.project) or ""
    record(Act.TAKE_UP, proposal, role=role, proposal_id=proposal.pk)
    return proposal


@act("governance.withdraw", on="proposal")
def withdraw(*, actor: User, proposal: Proposal, reasons: str) -> Proposal:
    """Withdraw the proposal on behalf of its author role, before any decision.

    Raises WrongState, ValidationError on `reasons`.
    """
    ensure_meaningful(reasons=reasons)
    proposal.awaited_roles = []
    proposal.withdrawn_because = reasons
    move(proposal, workflow.follow(proposal.state, Act.WITHDRAW, ProposalState.WITHDRAWN))
    event = record(Act.WITHDRAW, proposal, role=proposal.author_role, proposal_id=proposal.pk)
    if proposal.current:
        people = [*list_signatories(proposal), *(m.holder for m in advisers(proposal.project))]
        notify(event=event, reason=Reason.WITHDRAWN, about=proposal, people=people)
    return proposal


def describe_answered(decision: Any) -> str:
    """Return why a file can no longer be submitted: `decision` has answered its question."""
    text = _("%(reference)s has answered this question. Withdraw this proposal, or write one that replaces it.")
    return text % {"reference": decision.reference}


def move(proposal: Proposal, state: ProposalState) -> None:
    """Save the proposal in `state` with the time of the change."""
    if state != proposal.state:
        proposal.state, proposal.state_since = state, act_time()
    proposal.save()


def awaits_nobody(proposal: Proposal) -> bool:
    """Return whether no opinion is awaited that anybody can give: only the owner can go on."""
    awaited = proposal.awaited_roles
    return len(list_unavailable(proposal.project, awaited, act_time())) == len(awaited)


def list_signatories(proposal: Proposal) -> list[User]:
    """List the people who may sign the decision on `proposal`: the owner, and delegates within their bounds."""
    return [seat.person for seat in signatories(proposal.project, proposal.delegable_kind, proposal.amount)]
