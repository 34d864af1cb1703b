"""Who may do what to a decision file: the whole table. Views, templates and services ask it by name.

The vocabulary (is_owner, holds_decision, …) is in projects/rules.py, the order of acts in governance/workflow.py.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.proposals.models import Proposal
from projects import rules as seats
from projects.models import Project
from projects.risks.enums import RiskStatus
from roles.access import permit
from roles.enums import DecisionKind, Nature
from roles.rules import ADMINISTRATORS_CONFIGURE, is_administrator

OWNER_DECIDES = _("Only the project owner, or a delegate within the bounds of a written delegation, decides.")
ADVISERS_ADVISE = _(
    "The roles that advise in the responsibility matrix give one opinion per revision; it is never a vote."
)
ADVISERS_PROPOSE = _(
    "The responsibility matrix says who proposes what; the owner does not decide on their own proposal."
)
ROLES_ARE_ADAPTED = _(
    "Whoever may propose the organisation adapts the roles; they come into force by the owner's decision."
)
TIES_ARE_DECLARED = _("Everybody who holds a role declares their own ties; the owner settles them, never their own.")
ADVISERS_NOTE = _("The binding opinion of an authority outside is noted by an adviser who did not write the proposal.")
ROLE_ANSWERS = _("The role that answers for a condition gives its proof; the owner alone lifts it.")
EVIDENCE_IS_ADDED = _(
    "Whoever proposes, and the owner, add the documents a decision rests on; a version once added stays as it is."
)
OWNER_APPOINTS = _("The project owner gives and ends the roles of the project.")
HOLDER_ACCEPTS = _("A mandate is accepted by the person it is given to, and by nobody for them.")

REQUIREMENTS_ARE_WRITTEN = _(
    "The roles that produce or propose requirements in the matrix write them; the owner approves the set."
)
PROVIDER_BUILDS = _("The solution provider says what is built, what it takes, and how a defect was corrected.")
ACCEPTANCE_IS_PREPARED = _(
    "The roles that produce or propose in acceptance prepare and run the tests; the owner pronounces acceptance."
)
CHANGE_IS_PREPARED = _("The role that proposes the communication writes the change plan; the owner approves it.")
BOTH_SIDES_ASK = _("Who writes requirements and who builds ask each other; the role that is asked answers.")
STEERING_IS_PREPARED = _("Whoever consolidates schedule and budget also consolidates the figures of the projects.")
EVERYBODY_SAYS = _("Everybody who holds a role on the project notes what recipients say.")
STEERING_IS_FOLLOWED = _(
    "The role that consolidates the schedule and the budget in the matrix follows them and publishes the weather."
)
SUCCESS_IS_PROPOSED = _(
    "The roles that propose the scope or the schedule propose success criteria, those that propose the requirements"
    " propose benefits; the owner approves them."
)
EVERYBODY_LEARNS = _("Everybody who holds a role notes what was learned; the role that noted a lesson may reword it.")
EVERYBODY_READS = _("Everybody who holds a role on the project confirms having read what somebody else decided.")

STANDARDS_ARE_KEPT = _(
    "The roles that produce or propose the standards in the matrix keep the library; the owner adopts and retires."
)
RISKS_ARE_RAISED = _("Everybody who holds a role on the project raises risks and issues; none of them is lost.")
RISKS_ARE_KEPT = _(
    "The roles that produce or propose in the acceptance of risks rate and treat them; the owner alone accepts what is"
    " amber or red."
)
THE_SCALE_IS_THE_OWNERS = _("The owner sets the scale: it says which risks only a decision of theirs accepts.")
CONFORMITY_IS_CHECKED = _(
    "The role that produces or proposes the standards checks conformity with them; the owner alone grants waivers."
)

THE_OWNER = _("the project owner")
THE_SIGNATORIES = _("the project owner, or a delegate for this kind and amount")
THE_HOLDER = _("the person the mandate is given to")
AN_ADVISER = _("a holder of a role that advises in the responsibility matrix")
ANOTHER_ADVISER = _("an adviser whose role did not write the proposal")
THE_ANSWERING_ROLE = _("a holder of the role that answers for the condition")
A_PROPOSER = _("a holder of a role that proposes in the responsibility matrix")
THE_OWNER_OR_A_PROPOSER = _("the project owner, or a holder of a role that proposes")
AN_ADMINISTRATOR = _("an administrator")
A_WRITER = _("a holder of a role that produces or proposes requirements")
A_PROVIDER = _("the solution provider")
A_WRITER_OR_THE_PROVIDER = _("a holder of a role that writes requirements, or the solution provider")
A_TESTER = _("a holder of a role that produces or proposes in acceptance")
A_TESTER_OR_THE_PROVIDER = _("a holder of a role that tests, or the solution provider")
A_PLANNER = _("a holder of a role that proposes the acceptance")
A_CONSOLIDATOR = _("a holder of a role that produces the schedule and the budget")
A_CHANGE_PLANNER = _("a holder of a role that proposes the communication")
A_WRITER_OR_A_CHANGE_PLANNER = _("a holder of a role that writes requirements or proposes the communication")
THE_ROLE_ASKED = _("a holder of the role that is asked")
A_HOLDER = _("a holder of a role on the project")
A_FOLLOWER = _("a holder of the role that consolidates the schedule and the budget")
A_PROPOSER_OF_CRITERIA = _("a holder of a role that proposes the scope or the schedule")
A_PROPOSER_OF_BENEFITS = _("a holder of a role that proposes the requirements")
A_MEASURER = _("a holder of a role that proposes success criteria or benefits")
A_READER = _("a holder of a role on the project who did not take the decision")
A_KEEPER_OF_STANDARDS = _("a holder of a role that produces or proposes the standards")
A_KEEPER = _("a holder of a role that produces or proposes in the acceptance of risks")
A_KEEPER_OR_THE_RAISER = _("a holder of a role that keeps the register, or of the role that raised the risk")
A_KEEPER_OR_THE_ANSWERING_ROLE = _("a holder of a role that keeps the register, or that answers for the risk")
THE_REVIEWER = _("a holder of the role that produces the risk register")
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
    role = seats.opining_role(user, proposal.project, proposal.kind)
    if role is None or role == proposal.author_role:
        return False
    # An adviser is asked when the file is submitted; other roles with the letter are welcome.
    return role in proposal.current.asked_roles or role != seats.advising_role(user, proposal.project)


def _may_take_up(user: Any, proposal: Proposal | None) -> bool:
    if proposal is None or proposal.current is None:
        return False
    return seats.advising_role(user, proposal.project) in proposal.current.asked_roles


def _may_propose(user: Any, on: Any) -> bool:
    """On a project: something at all; on an intended proposal: its kind."""
    return seats.proposing_role(user, _project(on), getattr(on, "kind", "")) is not None


def _may_adapt(user: Any, project: Project | None) -> bool:
    return seats.proposing_role(user, project, DecisionKind.APPOINTMENT) is not None


def _takes_part(user: Any, project: Project | None) -> bool:
    return bool(seats.held_seats(user, project))


def _holds_a_role(user: Any, on: Any) -> bool:
    return bool(seats.role_held(user, _project(on)))


def _reads_what_another_took(user: Any, on: Any) -> bool:
    return _holds_a_role(user, on) and getattr(on, "decided_by_id", None) != user.pk


def _may_note_bidder(user: Any, project: Project | None) -> bool:
    return seats.proposing_role(user, project, DecisionKind.SUPPLIER_CHOICE) is not None or seats.is_owner(
        user, project
    )


def _may_settle(user: Any, interest: Any) -> bool:
    return interest is not None and interest.person_id != user.pk and seats.is_owner(user, interest.project)


def _may_end(user: Any, on: Any) -> bool:
    """The owner ends any mandate; while a tie blocks them, only their own."""
    if seats.is_owner(user, _project(on)):
        return True
    return getattr(on, "holder_id", None) == user.pk and seats.is_owner_even_tied(user, _project(on))


def _may_add_evidence(user: Any, on: Any) -> bool:
    project = _project(on)
    return seats.proposing_role(user, project) is not None or seats.is_owner(user, project)


def _writes(user: Any, proposal: Proposal | None) -> bool:
    return proposal is not None and seats.holds_role(user, proposal.project, proposal.author_role)


def _may_submit(user: Any, proposal: Proposal | None) -> bool:
    """The role that wrote it, while the matrix lets that role propose this kind."""
    return (
        proposal is not None
        and _writes(user, proposal)
        and seats.proposing_role(user, proposal.project, proposal.kind) == proposal.author_role
    )


def _holds(user: Any, mandate: Any) -> bool:
    return mandate is not None and mandate.holder_id == user.pk


def _may_name_owner(user: Any, project: Project | None) -> bool:
    if project is None:
        return False
    return seats.is_owner_even_tied(user, project) or (is_administrator(user) and not seats.owners(project))


def _writes_requirements(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.REQUIREMENT_BASELINE, Nature.PRODUCE, Nature.PROPOSE)


def _proposes_baseline(user: Any, project: Project | None) -> bool:
    return seats.takes_part_in(user, project, DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE)


def _delivers(user: Any, on: Any) -> bool:
    return seats.delivers(user, _project(on))


def _may_ask(user: Any, on: Any) -> bool:
    return _writes_requirements(user, on) or _delivers(user, on)


def _may_answer(user: Any, question: Any) -> bool:
    return question is not None and seats.holds_role(user, question.project, question.asked_of)


def _plans_acceptance(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.ACCEPTANCE, Nature.PROPOSE)


def _tests(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.ACCEPTANCE, Nature.PRODUCE, Nature.PROPOSE)


def _may_report_defect(user: Any, on: Any) -> bool:
    return _tests(user, on) or _delivers(user, on)


def _plans_change(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.COMMUNICATION, Nature.PROPOSE)


def _consolidates(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.SCHEDULE, Nature.PRODUCE)


def _may_describe_group(user: Any, on: Any) -> bool:
    return _writes_requirements(user, on) or _plans_change(user, on)


def _keeps_standards(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE)


def _follows(user: Any, on: Any) -> bool:
    """The PMO, by the letters of its follow-up: who produces the schedule, or equips those who build it."""
    return seats.takes_part_in(user, _project(on), DecisionKind.SCHEDULE, Nature.PRODUCE, Nature.SUPPORT)


def _proposes_criteria(user: Any, on: Any) -> bool:
    project = _project(on)
    return any(
        seats.takes_part_in(user, project, kind, Nature.PROPOSE) for kind in (DecisionKind.SCOPE, DecisionKind.SCHEDULE)
    )


def _proposes_benefits(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE)


def _measures(user: Any, on: Any) -> bool:
    return _proposes_criteria(user, on) or _proposes_benefits(user, on)


def _may_note_lesson(user: Any, on: Any) -> bool:
    """On a project: a new one; on a lesson: the role that raised it rewords it."""
    role = getattr(on, "raised_by_role", "")
    return seats.holds_role(user, _project(on), role) if role else _holds_a_role(user, on)


def _keeps_risks(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.RISK_ACCEPTANCE, Nature.PRODUCE, Nature.PROPOSE)


def _reviews_risks(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.RISK_ACCEPTANCE, Nature.PRODUCE)


def _may_edit_risk(user: Any, risk: Any) -> bool:
    """Who keeps the register; and, until it is assessed, the role that raised it."""
    if risk is None or _keeps_risks(user, risk):
        return risk is not None
    return risk.status == RiskStatus.PROPOSED and seats.holds_role(user, risk.project, risk.raised_by_role)


def _may_treat_risk(user: Any, risk: Any) -> bool:
    return risk is not None and (
        _keeps_risks(user, risk) or (bool(risk.owner_role) and seats.holds_role(user, risk.project, risk.owner_role))
    )


def _checks_conformity(user: Any, on: Any) -> bool:
    return seats.takes_part_in(user, _project(on), DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE)


# — who holds it: object → mandates and delegations, for the page that refuses —


def _signatories(proposal: Proposal) -> Any:
    return seats.signatories(proposal.project, proposal.delegable_kind, proposal.amount)


def _asked_advisers(proposal: Proposal) -> Any:
    opining = seats.opining(proposal.project, proposal.kind)
    return [mandate for mandate in opining if mandate.role.code != proposal.author_role]


def _writers(proposal: Proposal) -> Any:
    return seats.holders(proposal.project, proposal.author_role)


def _submitters(proposal: Proposal) -> Any:
    may = seats.proposers(proposal.project, proposal.kind)
    return [mandate for mandate in may if mandate.role.code == proposal.author_role]


def _proposers(on: Any) -> Any:
    project = _project(on)
    return seats.proposers(project, getattr(on, "kind", "")) if project else []


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
    "governance.take_up", _may_take_up,
    act=_("take up the review of this proposal"), rule="R2", because=ADVISERS_ADVISE, may=AN_ADVISER,
    holders=_asked_advisers,
)  # fmt: skip
permit(
    "governance.propose", _may_propose,
    act=_("write a proposal on this project"), rule="R2", because=ADVISERS_PROPOSE, may=A_PROPOSER,
    holders=_proposers,
)  # fmt: skip
permit(
    "governance.edit", _writes,
    act=_("change this proposal"), rule="R2", because=ADVISERS_PROPOSE, may=THE_AUTHORS_ROLE, holders=_writers,
)  # fmt: skip
permit(
    "governance.submit", _may_submit,
    act=_("submit this proposal"), rule="R2", because=ADVISERS_PROPOSE, may=THE_AUTHORS_ROLE, holders=_submitters,
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
    "governance.end_mandate", _may_end,
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

# — the referential of roles, the roles of a project, and impartiality —

for name, what in (
    ("publish_role", _("publish a role template")),
    ("retire_role", _("retire a role template")),
    ("install_pack", _("install a method pack")),
):
    permit(
        f"governance.{name}", is_administrator,
        act=what, rule="R1", because=ADMINISTRATORS_CONFIGURE, may=AN_ADMINISTRATOR,
    )  # fmt: skip
permit(
    "governance.adapt_roles", _may_adapt,
    act=_("adapt the roles of this project"), rule="R3", because=ROLES_ARE_ADAPTED, may=A_PROPOSER,
    holders=lambda project: seats.proposers(project, DecisionKind.APPOINTMENT),
)  # fmt: skip
permit(
    "governance.note_bidder", _may_note_bidder,
    act=_("note a bidder"), rule="R8", because=TIES_ARE_DECLARED, may=THE_OWNER_OR_A_PROPOSER,
    holders=lambda project: [*seats.owners(project), *seats.proposers(project, DecisionKind.SUPPLIER_CHOICE)],
)  # fmt: skip
permit(
    "governance.declare_interest", _takes_part,
    act=_("declare a tie"), rule="R8", because=TIES_ARE_DECLARED, may=A_HOLDER,
    holders=lambda project: seats.everybody(project),
)  # fmt: skip
permit(
    "governance.settle_interest", _may_settle,
    act=_("settle a declared tie"), rule="R8", because=TIES_ARE_DECLARED, may=THE_OWNER, holders=_owners,
)  # fmt: skip

# — the business workspace: requirements, acceptance, change —


def _of(on: Any) -> Project:
    """The project of something that stands on one."""
    return on if isinstance(on, Project) else on.project


def _writers_of_requirements(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.REQUIREMENT_BASELINE, Nature.PRODUCE, Nature.PROPOSE)


def _testers(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.ACCEPTANCE, Nature.PRODUCE, Nature.PROPOSE)


def _change_planners(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.COMMUNICATION, Nature.PROPOSE)


def _providers(on: Any) -> Any:
    return seats.providers(_of(on))


permit(
    "governance.describe_group", _may_describe_group,
    act=_("describe a recipient group"), rule="R2", because=REQUIREMENTS_ARE_WRITTEN, may=A_WRITER_OR_A_CHANGE_PLANNER,
    holders=lambda on: list(dict.fromkeys([*_writers_of_requirements(on), *_change_planners(on)])),
)  # fmt: skip
permit(
    "governance.write_requirements", _writes_requirements,
    act=_("write requirements"), rule="R2", because=REQUIREMENTS_ARE_WRITTEN, may=A_WRITER,
    holders=_writers_of_requirements,
)  # fmt: skip
permit(
    "governance.import_requirements", _writes_requirements,
    act=_("import requirements"), rule="R2", because=REQUIREMENTS_ARE_WRITTEN, may=A_WRITER,
    holders=_writers_of_requirements,
)  # fmt: skip
permit(
    "governance.freeze_baseline", _proposes_baseline,
    act=_("freeze the requirements for the owner"), rule="R2", because=REQUIREMENTS_ARE_WRITTEN, may=A_PROPOSER,
    holders=lambda on: seats.taking_part_in(on, DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE),
)  # fmt: skip
permit(
    "governance.implement", _delivers,
    act=_("note that requirements are built"), rule="R2", because=PROVIDER_BUILDS, may=A_PROVIDER, holders=_providers,
)  # fmt: skip
permit(
    "governance.estimate", _delivers,
    act=_("estimate a requirement"), rule="R2", because=PROVIDER_BUILDS, may=A_PROVIDER, holders=_providers,
)  # fmt: skip
permit(
    "governance.ask", _may_ask,
    act=_("ask a question about a requirement"), rule="R2", because=BOTH_SIDES_ASK, may=A_WRITER_OR_THE_PROVIDER,
    holders=lambda on: [*_writers_of_requirements(on), *_providers(on)],
)  # fmt: skip
permit(
    "governance.answer", _may_answer,
    act=_("answer this question"), rule="R2", because=BOTH_SIDES_ASK, may=THE_ROLE_ASKED,
    holders=lambda question: seats.holders(question.project, question.asked_of),
)  # fmt: skip
permit(
    "governance.plan_acceptance", _plans_acceptance,
    act=_("prepare tests and campaigns"), rule="R2", because=ACCEPTANCE_IS_PREPARED, may=A_PLANNER,
    holders=lambda on: seats.taking_part_in(_of(on), DecisionKind.ACCEPTANCE, Nature.PROPOSE),
)  # fmt: skip
permit(
    "governance.run_test", _tests,
    act=_("record the result of a test"), rule="R2", because=ACCEPTANCE_IS_PREPARED, may=A_TESTER, holders=_testers,
)  # fmt: skip
permit(
    "governance.report_defect", _may_report_defect,
    act=_("report a defect"), rule="R2", because=ACCEPTANCE_IS_PREPARED, may=A_TESTER_OR_THE_PROVIDER,
    holders=lambda on: [*_testers(on), *_providers(on)],
)  # fmt: skip
permit(
    "governance.correct_defect", _delivers,
    act=_("note how a defect was corrected"), rule="R2", because=PROVIDER_BUILDS, may=A_PROVIDER, holders=_providers,
)  # fmt: skip
permit(
    "governance.close_defect", _tests,
    act=_("close or reopen a defect"), rule="R2", because=ACCEPTANCE_IS_PREPARED, may=A_TESTER, holders=_testers,
)  # fmt: skip
permit(
    "governance.close_campaign", _plans_acceptance,
    act=_("close an acceptance campaign"), rule="R2", because=ACCEPTANCE_IS_PREPARED, may=A_PLANNER,
    holders=lambda on: seats.taking_part_in(_of(on), DecisionKind.ACCEPTANCE, Nature.PROPOSE),
)  # fmt: skip
permit(
    "governance.plan_change", _plans_change,
    act=_("write the change plan"), rule="R2", because=CHANGE_IS_PREPARED, may=A_CHANGE_PLANNER,
    holders=_change_planners,
)  # fmt: skip
permit(
    "governance.freeze_plan", _plans_change,
    act=_("freeze the change plan for the owner"), rule="R2", because=CHANGE_IS_PREPARED, may=A_CHANGE_PLANNER,
    holders=_change_planners,
)  # fmt: skip
permit(
    "governance.give_feedback", _holds_a_role,
    act=_("note what recipients say"), rule="R2", because=EVERYBODY_SAYS, may=A_HOLDER,
    holders=lambda on: seats.role_holders(_of(on)),
)  # fmt: skip
permit(
    "governance.answer_feedback", _plans_change,
    act=_("answer what recipients say"), rule="R2", because=CHANGE_IS_PREPARED, may=A_CHANGE_PLANNER,
    holders=_change_planners,
)  # fmt: skip

# — the risk register —


def _keepers(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.RISK_ACCEPTANCE, Nature.PRODUCE, Nature.PROPOSE)


def _keepers_and(on: Any, role: str) -> Any:
    others = seats.holders(on.project, role) if role else []
    return list(dict.fromkeys([*_keepers(on), *others]))


permit(
    "governance.raise_risk", _holds_a_role,
    act=_("raise a risk"), rule="R2", because=RISKS_ARE_RAISED, may=A_HOLDER,
    holders=lambda on: seats.role_holders(_of(on)),
)  # fmt: skip
permit(
    "governance.raise_issue", _holds_a_role,
    act=_("raise an issue"), rule="R2", because=RISKS_ARE_RAISED, may=A_HOLDER,
    holders=lambda on: seats.role_holders(_of(on)),
)  # fmt: skip
permit(
    "governance.edit_risk", _may_edit_risk,
    act=_("change the text of this risk"), rule="R2", because=RISKS_ARE_KEPT, may=A_KEEPER_OR_THE_RAISER,
    holders=lambda risk: _keepers_and(risk, risk.raised_by_role if risk.status == RiskStatus.PROPOSED else ""),
)  # fmt: skip
permit(
    "governance.assess_risk", _keeps_risks,
    act=_("assess this risk"), rule="R2", because=RISKS_ARE_KEPT, may=A_KEEPER, holders=_keepers,
)  # fmt: skip
permit(
    "governance.treat_risk", _may_treat_risk,
    act=_("write what is done about this risk"), rule="R2", because=RISKS_ARE_KEPT,
    may=A_KEEPER_OR_THE_ANSWERING_ROLE, holders=lambda risk: _keepers_and(risk, risk.owner_role),
)  # fmt: skip
permit(
    "governance.review_risks", _reviews_risks,
    act=_("review the risk register"), rule="R2", because=RISKS_ARE_KEPT, may=THE_REVIEWER,
    holders=lambda on: seats.taking_part_in(_of(on), DecisionKind.RISK_ACCEPTANCE, Nature.PRODUCE),
)  # fmt: skip
permit(
    "governance.materialise_risk", _keeps_risks,
    act=_("note that this risk has happened"), rule="R2", because=RISKS_ARE_KEPT, may=A_KEEPER, holders=_keepers,
)  # fmt: skip
permit(
    "governance.settle_issue", _keeps_risks,
    act=_("follow this issue"), rule="R2", because=RISKS_ARE_KEPT, may=A_KEEPER, holders=_keepers,
)  # fmt: skip
permit(
    "governance.set_risk_scale", _owns,
    act=_("set the scale of risks"), rule="R1", because=THE_SCALE_IS_THE_OWNERS, may=THE_OWNER, holders=_owners,
)  # fmt: skip
permit(
    "governance.acknowledge", _reads_what_another_took,
    act=_("confirm having read this decision"), rule="R11", because=EVERYBODY_READS, may=A_READER,
    holders=lambda on: [
        seat for seat in seats.role_holders(_of(on)) if seat.holder_id != getattr(on, "decided_by_id", None)
    ],
)  # fmt: skip

# — steering: the figures, and what is made of them —


def _consolidators(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.SCHEDULE, Nature.PRODUCE)


permit(
    "governance.archive_review", _consolidates,
    act=_("archive a monthly review"), rule="R2", because=STEERING_IS_PREPARED, may=A_CONSOLIDATOR,
    holders=_consolidators,
)  # fmt: skip

# — the standards library —

permit(
    "governance.keep_standards", _keeps_standards,
    act=_("keep the standards library"), rule="R2", because=STANDARDS_ARE_KEPT, may=A_KEEPER_OF_STANDARDS,
    holders=lambda on: seats.taking_part_in(
        _of(on), DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE
    ),
)  # fmt: skip

# — steering: indicators, weather, schedule, means, success criteria, lessons —


def _followers(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.SCHEDULE, Nature.PRODUCE, Nature.SUPPORT)


def _proposers_of_criteria(on: Any) -> Any:
    kinds = (DecisionKind.SCOPE, DecisionKind.SCHEDULE)
    return list(dict.fromkeys(seat for k in kinds for seat in seats.taking_part_in(_of(on), k, Nature.PROPOSE)))


def _proposers_of_benefits(on: Any) -> Any:
    return seats.taking_part_in(_of(on), DecisionKind.REQUIREMENT_BASELINE, Nature.PROPOSE)


def _measurers(on: Any) -> Any:
    return list(dict.fromkeys([*_proposers_of_criteria(on), *_proposers_of_benefits(on)]))


def _lesson_holders(on: Any) -> Any:
    role = getattr(on, "raised_by_role", "")
    return seats.holders(_of(on), role) if role else seats.role_holders(_of(on))


permit(
    "governance.follow_indicators", _follows,
    act=_("keep the indicators of this project"), rule="R2", because=STEERING_IS_FOLLOWED, may=A_FOLLOWER,
    holders=_followers,
)  # fmt: skip
permit(
    "governance.publish_weather", _follows,
    act=_("publish the weather of this project"), rule="R2", because=STEERING_IS_FOLLOWED, may=A_FOLLOWER,
    holders=_followers,
)  # fmt: skip
permit(
    "governance.plan_schedule", _follows,
    act=_("keep the schedule of this project"), rule="R2", because=STEERING_IS_FOLLOWED, may=A_FOLLOWER,
    holders=_followers,
)  # fmt: skip
permit(
    "governance.plan_means", _follows,
    act=_("keep the means of this project"), rule="R2", because=STEERING_IS_FOLLOWED, may=A_FOLLOWER,
    holders=_followers,
)  # fmt: skip
permit(
    "governance.propose_criterion", _proposes_criteria,
    act=_("propose a success criterion"), rule="R2", because=SUCCESS_IS_PROPOSED, may=A_PROPOSER_OF_CRITERIA,
    holders=_proposers_of_criteria,
)  # fmt: skip
permit(
    "governance.propose_benefit", _proposes_benefits,
    act=_("propose a benefit"), rule="R2", because=SUCCESS_IS_PROPOSED, may=A_PROPOSER_OF_BENEFITS,
    holders=_proposers_of_benefits,
)  # fmt: skip
permit(
    "governance.freeze_criteria", _proposes_criteria,
    act=_("freeze the success criteria for the owner"), rule="R2", because=SUCCESS_IS_PROPOSED,
    may=A_PROPOSER_OF_CRITERIA, holders=_proposers_of_criteria,
)  # fmt: skip
permit(
    "governance.measure_criterion", _measures,
    act=_("note the measure of a success criterion"), rule="R2", because=SUCCESS_IS_PROPOSED, may=A_MEASURER,
    holders=_measurers,
)  # fmt: skip
permit(
    "governance.note_lesson", _may_note_lesson,
    act=_("note what was learned"), rule="R2", because=EVERYBODY_LEARNS, may=A_HOLDER, holders=_lesson_holders,
)  # fmt: skip

# — conformity with the standards, and waivers —


def keepers_of_standards(project: Project) -> Any:
    """Holders of the roles that check the conformity of `project`."""
    return seats.taking_part_in(project, DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE)


permit(
    "governance.check_conformity", _checks_conformity,
    act=_("record a conformity check"), rule="R2", because=CONFORMITY_IS_CHECKED, may=A_KEEPER_OF_STANDARDS,
    holders=lambda on: keepers_of_standards(_of(on)),
)  # fmt: skip
permit(
    "governance.close_waiver", _checks_conformity,
    act=_("close this waiver"), rule="R9", because=CONFORMITY_IS_CHECKED, may=A_KEEPER_OF_STANDARDS,
    holders=lambda on: keepers_of_standards(_of(on)),
)  # fmt: skip
permit(
    "governance.revoke_waiver", _owns,
    act=_("revoke this waiver"), rule="R9", because=OWNER_DECIDES, may=THE_OWNER, holders=_owners,
)  # fmt: skip
