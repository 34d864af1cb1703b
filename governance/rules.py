"""Who may do what to a decision file: the whole table. Views, templates and services ask it by name.

The vocabulary (is_owner, holds_decision, …) is in projects/rules.py, the order of acts in governance/workflow.py.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.proposals.models import Proposal
from projects import rules as seats
from projects.models import Project
from roles.access import permit

OWNER_DECIDES = _("Only the project owner, or a delegate within the bounds of a written delegation, decides.")
ADVISERS_ADVISE = _("The advisers whose opinion is asked give it, one per role and revision; it is never a vote.")
ADVISERS_PROPOSE = _("PMO, AMOA and the solution provider propose; the owner does not decide on their own proposal.")
ADVISERS_NOTE = _("The binding opinion of an authority outside is noted by an adviser who did not write the proposal.")
ROLE_ANSWERS = _("The role that answers for a condition gives its proof; the owner alone lifts it.")
EVIDENCE_IS_ADDED = _(
    "Whoever proposes, and the owner, add the documents a decision rests on; a version once added stays as it is."
)
OWNER_APPOINTS = _("The project owner gives and ends the roles of the project.")
HOLDER_ACCEPTS = _("A mandate is accepted by the person it is given to, and by nobody for them.")

THE_OWNER = _("the project owner")
THE_SIGNATORIES = _("the project owner, or a delegate for this kind and amount")
THE_HOLDER = _("the person the mandate is given to")
AN_ADVISER = _("an adviser whose opinion is asked")
ANOTHER_ADVISER = _("an adviser whose role did not write the proposal")
THE_ANSWERING_ROLE = _("a holder of the role that answers for the condition")
A_PROPOSER = _("a holder of the role PMO, AMOA or MOE")
THE_OWNER_OR_A_PROPOSER = _("the project owner, or a holder of the role PMO, AMOA or MOE")
THE_AUTHORS_ROLE = _("a holder of the role that wrote the proposal")


def _project(on: Any) -> Project | None:
    return on if on is None or isinstance(on, Project) else on.project


# — predicates: (user, object) → bool —


def _may_decide(user: Any, proposal: Proposal | None) -> bool:
    return (
        proposal is not None
        and user.pk not in proposal.writers
        and seats.holds_decision(user, proposal.project, proposal.delegable_kind, proposal.amount)
    )


def _owns(user: Any, on: Any) -> bool:
    return seats.is_owner(user, _project(on))


def _owns_through_decision(user: Any, condition: Any) -> bool:
    return condition is not None and seats.is_owner(user, condition.decision.project)


def _answers_for(user: Any, condition: Any) -> bool:
    return condition is not None and seats.holds_role(user, condition.decision.project, condition.role)


def _advises_on(user: Any, proposal: Proposal | None) -> bool:
    return proposal is not None and seats.advising_role(user, proposal.project) not in {None, proposal.author_role}


def _owns_through_mandate(user: Any, delegation: Any) -> bool:
    return delegation is not None and seats.is_owner(user, delegation.mandate.project)


def _may_advise(user: Any, proposal: Proposal | None) -> bool:
    if proposal is None or proposal.current is None:
        return False
    role = seats.advising_role(user, proposal.project)
    return role is not None and role in proposal.current.asked_roles and role != proposal.author_role


def _may_propose(user: Any, project: Project | None) -> bool:
    return seats.proposing_role(user, project) is not None


def _may_add_evidence(user: Any, on: Any) -> bool:
    project = _project(on)
    return seats.proposing_role(user, project) is not None or seats.is_owner(user, project)


def _writes(user: Any, proposal: Proposal | None) -> bool:
    return proposal is not None and seats.holds_role(user, proposal.project, proposal.author_role)


def _holds(user: Any, mandate: Any) -> bool:
    return mandate is not None and mandate.holder_id == user.pk


def _may_name_owner(user: Any, project: Project | None) -> bool:
    if project is None:
        return False
    return seats.is_owner(user, project) or (bool(user.is_staff) and not seats.owners(project))


# — who holds it: object → mandates and delegations, for the page that refuses —


def _signatories(proposal: Proposal) -> Any:
    return seats.signatories(proposal.project, proposal.delegable_kind, proposal.amount)


def _asked_advisers(proposal: Proposal) -> Any:
    asked = proposal.current.asked_roles if proposal.current else []
    return [mandate for mandate in seats.advisers(proposal.project) if mandate.role.code in asked]


def _writers(proposal: Proposal) -> Any:
    return [m for m in seats.proposers(proposal.project) if m.role.code == proposal.author_role]


def _owners(on: Any) -> Any:
    project = _project(on)
    return seats.owners(project) if project else []


def _owners_and_proposers(on: Any) -> Any:
    project = _project(on)
    return [*seats.owners(project), *seats.proposers(project)] if project else []


# — the table —

permit(
    "governance.decide", _may_decide,
    act=_("decide on this proposal"), rule="R1", because=OWNER_DECIDES, may=THE_SIGNATORIES, holders=_signatories,
)  # fmt: skip
permit(
    "governance.lift", _owns_through_decision,
    act=_("lift this condition"), rule="R1", because=OWNER_DECIDES, may=THE_OWNER,
    holders=lambda condition: seats.owners(condition.decision.project),
)  # fmt: skip
permit(
    "governance.waive", _owns_through_decision,
    act=_("waive this condition"), rule="R1", because=OWNER_DECIDES, may=THE_OWNER,
    holders=lambda condition: seats.owners(condition.decision.project),
)  # fmt: skip
permit(
    "governance.prove", _answers_for,
    act=_("give the proof of this condition"), rule="R4", because=ROLE_ANSWERS, may=THE_ANSWERING_ROLE,
    holders=lambda condition: seats.holders(condition.decision.project, condition.role),
)  # fmt: skip
permit(
    "governance.note_binding", _advises_on,
    act=_("note a binding opinion on this proposal"), rule="R2", because=ADVISERS_NOTE, may=ANOTHER_ADVISER,
    holders=lambda on: [seat for seat in seats.advisers(on.project) if seat.role.code != on.author_role],
)  # fmt: skip
permit(
    "governance.advise", _may_advise,
    act=_("give an opinion on this proposal"), rule="R2", because=ADVISERS_ADVISE, may=AN_ADVISER,
    holders=_asked_advisers,
)  # fmt: skip
permit(
    "governance.take_up", _may_advise,
    act=_("take up the review of this proposal"), rule="R2", because=ADVISERS_ADVISE, may=AN_ADVISER,
    holders=_asked_advisers,
)  # fmt: skip
permit(
    "governance.propose", _may_propose,
    act=_("write a proposal on this project"), rule="R2", because=ADVISERS_PROPOSE, may=A_PROPOSER,
    holders=seats.proposers,
)  # fmt: skip
permit(
    "governance.edit", _writes,
    act=_("change this proposal"), rule="R2", because=ADVISERS_PROPOSE, may=THE_AUTHORS_ROLE, holders=_writers,
)  # fmt: skip
permit(
    "governance.submit", _writes,
    act=_("submit this proposal"), rule="R2", because=ADVISERS_PROPOSE, may=THE_AUTHORS_ROLE, holders=_writers,
)  # fmt: skip
permit(
    "governance.withdraw", _writes,
    act=_("withdraw this proposal"), rule="R2", because=ADVISERS_PROPOSE, may=THE_AUTHORS_ROLE, holders=_writers,
)  # fmt: skip
permit(
    "governance.add_document", _may_add_evidence,
    act=_("add a document to this project"), rule="R5", because=EVIDENCE_IS_ADDED, may=THE_OWNER_OR_A_PROPOSER,
    holders=_owners_and_proposers,
)  # fmt: skip
permit(
    "governance.replace_document", _may_add_evidence,
    act=_("replace this document"), rule="R5", because=EVIDENCE_IS_ADDED, may=THE_OWNER_OR_A_PROPOSER,
    holders=_owners_and_proposers,
)  # fmt: skip
permit(
    "governance.appoint", _owns,
    act=_("give a role on this project"), rule="R1", because=OWNER_APPOINTS, may=THE_OWNER, holders=_owners,
)  # fmt: skip
permit(
    "governance.accept", _holds,
    act=_("accept this mandate"), rule="R11", because=HOLDER_ACCEPTS, may=THE_HOLDER, holders=lambda mandate: [mandate],
)  # fmt: skip
permit(
    "governance.end_mandate", _owns,
    act=_("end a mandate on this project"), rule="R1", because=OWNER_APPOINTS, may=THE_OWNER, holders=_owners,
)  # fmt: skip
permit(
    "governance.name_owner", _may_name_owner,
    act=_("name the owner of this project"), rule="R1", because=OWNER_APPOINTS, may=THE_OWNER, holders=_owners,
)  # fmt: skip
permit(
    "governance.delegate", _owns,
    act=_("delegate the signature on this project"), rule="R1", because=OWNER_DECIDES, may=THE_OWNER, holders=_owners,
)  # fmt: skip
permit(
    "governance.revoke", _owns_through_mandate,
    act=_("end this delegation"), rule="R1", because=OWNER_DECIDES, may=THE_OWNER,
    holders=lambda delegation: seats.owners(delegation.mandate.project),
)  # fmt: skip
