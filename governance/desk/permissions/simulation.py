"""Permissions of each role on a project, computed by the rules and the workflow themselves, not by a second table.

Every role of the matrix gets a hypothetical holder. Every permission is checked for them on a hypothetical proposal,
condition or mandate (`Supposition`). Real holders are checked by their seats (governance/desk/permissions/rights.py).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission, Person, all_permissions, can
from core.acts import cached
from governance.decide.decisions.models import Condition, Decision
from governance.decide.obligations.models import Discharge
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.enums import Act, ProposalState
from governance.life.actions.models import Action
from governance.life.carry_overs.enums import CarryOverState
from governance.life.carry_overs.models import CarryOver
from governance.life.moves.models import Move
from projects.models import Delegation, Interest, Mandate, Project, Replacement
from projects.seats.mandates.seats import HypotheticalUser, Seat
from roles.enums import DELEGABLE_KINDS, Authority, Nature, list_named_kinds
from roles.models import User
from roles.role_templates.content import Role


class Subject(models.TextChoices):
    """Subjects of permissions: the headings of the page, in order."""

    PROPOSAL = "proposal", gettext_lazy("A proposal and its decision")
    CONDITION = "condition", gettext_lazy("A condition of a decision")
    PROJECT = "project", gettext_lazy("The project and its documents")
    MANDATE = "mandate", gettext_lazy("Roles, mandates and signatures")
    INTEREST = "interest", gettext_lazy("Impartiality")
    REQUIREMENTS = "requirements", gettext_lazy("Requirements and recipients")
    ACCEPTANCE = "acceptance", gettext_lazy("Tests and acceptance")
    CHANGE = "change", gettext_lazy("Change and communication")
    RISKS = "risks", gettext_lazy("Risks and issues")
    CONFORMITY = "conformity", gettext_lazy("Conformity and waivers")
    STEERING = "steering", gettext_lazy("Standards and steering")
    INSTALLATION = "installation", gettext_lazy("Beyond the project")


#: Permission → its subject, and the act that the workflow must allow, if any. Workspaces add their own.
ABOUT: dict[str, tuple[Subject, Act | None]] = {
    "governance.propose": (Subject.PROPOSAL, None),
    "governance.edit": (Subject.PROPOSAL, Act.EDIT),
    "governance.submit": (Subject.PROPOSAL, Act.SUBMIT),
    "governance.withdraw": (Subject.PROPOSAL, Act.WITHDRAW),
    "governance.take_up": (Subject.PROPOSAL, Act.TAKE_UP),
    "governance.advise": (Subject.PROPOSAL, Act.ADVISE),
    "governance.note_binding": (Subject.PROPOSAL, Act.NOTE_BINDING),
    "governance.decide": (Subject.PROPOSAL, Act.DECIDE),
    "governance.review_decision": (Subject.PROPOSAL, None),
    "governance.look_back": (Subject.PROPOSAL, None),
    "governance.prove": (Subject.CONDITION, Act.PROVE),
    "governance.lift": (Subject.CONDITION, Act.LIFT),
    "governance.waive": (Subject.CONDITION, Act.WAIVE),
    "governance.add_document": (Subject.PROJECT, None),
    "governance.replace_document": (Subject.PROJECT, None),
    "governance.adapt_roles": (Subject.PROJECT, None),
    "projects.import_list": (Subject.PROJECT, None),
    "governance.write_earlier": (Subject.PROJECT, None),
    "governance.edit_facts": (Subject.PROJECT, None),
    "governance.switch_workspaces": (Subject.PROJECT, None),
    "governance.sign_decisions": (Subject.PROJECT, None),
    "governance.ask_move": (Subject.PROJECT, None),
    "governance.accept_move": (Subject.PROJECT, None),
    "governance.refuse_move": (Subject.PROJECT, None),
    "governance.take_back_move": (Subject.PROJECT, None),
    "governance.accept_carry_over": (Subject.PROJECT, None),
    "governance.decline_carry_over": (Subject.PROJECT, None),
    "governance.finish_carry_over": (Subject.PROJECT, None),
    "governance.refuse_carry_over": (Subject.PROJECT, None),
    "governance.give_action": (Subject.PROJECT, None),
    "governance.settle_action": (Subject.PROJECT, None),
    "governance.write_body": (Subject.PROJECT, None),
    "governance.write_session": (Subject.PROJECT, None),
    "governance.convene_session": (Subject.PROJECT, None),
    "governance.add_session_item": (Subject.PROJECT, None),
    "governance.open_session": (Subject.PROJECT, None),
    "governance.note_session_item": (Subject.PROJECT, None),
    "governance.close_session": (Subject.PROJECT, None),
    "governance.cancel_session": (Subject.PROJECT, None),
    "governance.settle_list": (Subject.PROJECT, None),
    "governance.rectify_list": (Subject.PROJECT, None),
    "governance.archive": (Subject.PROJECT, None),
    "governance.unarchive": (Subject.PROJECT, None),
    "projects.name_owner": (Subject.MANDATE, None),
    "projects.second_replacement": (Subject.MANDATE, None),
    "projects.appoint": (Subject.MANDATE, None),
    "projects.invite_holder": (Subject.MANDATE, None),
    "projects.accept": (Subject.MANDATE, None),
    "projects.decline": (Subject.MANDATE, None),
    "projects.state_competence": (Subject.MANDATE, None),
    "projects.end_mandate": (Subject.MANDATE, None),
    "projects.delegate": (Subject.MANDATE, None),
    "projects.revoke": (Subject.MANDATE, None),
    "projects.note_bidder": (Subject.INTEREST, None),
    "projects.declare_interest": (Subject.INTEREST, None),
    "projects.settle_interest": (Subject.INTEREST, None),
    "governance.acknowledge": (Subject.CHANGE, None),
    "governance.fulfil": (Subject.MANDATE, None),
    "governance.check_evidence": (Subject.MANDATE, None),
    "governance.excuse": (Subject.MANDATE, None),
    "projects.found": (Subject.INSTALLATION, None),
    "projects.find_person": (Subject.INSTALLATION, None),
    "projects.make_token": (Subject.INSTALLATION, None),
    "projects.end_token": (Subject.INSTALLATION, None),
    "projects.name_administrator": (Subject.INSTALLATION, None),
    "projects.end_administrator": (Subject.INSTALLATION, None),
    "projects.keep_organisation": (Subject.INSTALLATION, None),
    "projects.link_organisations": (Subject.INSTALLATION, None),
    "projects.end_link": (Subject.INSTALLATION, None),
    "projects.invite": (Subject.INSTALLATION, None),
    "projects.send_reset": (Subject.INSTALLATION, None),
    "projects.propose_address": (Subject.INSTALLATION, None),
    "projects.vouch": (Subject.INSTALLATION, None),
    "projects.plan_departure": (Subject.INSTALLATION, None),
    "projects.propose_replacement": (Subject.INSTALLATION, None),
    "projects.confirm_replacement": (Subject.INSTALLATION, None),
    "projects.take_replacement": (Subject.INSTALLATION, None),
    "projects.end_replacement": (Subject.INSTALLATION, None),
    "projects.state_absence": (Subject.INSTALLATION, None),
    "projects.change_employer": (Subject.INSTALLATION, None),
    "projects.close_account": (Subject.INSTALLATION, None),
    "projects.reopen_account": (Subject.INSTALLATION, None),
    "projects.edit_settings": (Subject.INSTALLATION, None),
    "roles.configure": (Subject.INSTALLATION, None),
    "projects.publish_role": (Subject.INSTALLATION, None),
    "projects.retire_role": (Subject.INSTALLATION, None),
    "projects.install_pack": (Subject.INSTALLATION, None),
}

#: Permission → factory of the object to check, where that is not the project: (project, role code) → object.
SUPPOSED: dict[str, Callable[[Project, str], Any]] = {
    "governance.fulfil": lambda project, role: Discharge(project=project, role=role),
    "governance.check_evidence": lambda project, role: Discharge(project=project, receivers=[role]),
    "governance.accept_move": lambda project, _role: Move(project=project, target=project),
    "governance.refuse_move": lambda project, _role: Move(project=project, target=project),
    "governance.accept_carry_over": lambda project, _role: CarryOver(
        project=project, target=project, state=CarryOverState.DECLINED
    ),
    "governance.refuse_carry_over": lambda project, _role: CarryOver(
        project=project, target=project, state=CarryOverState.DONE, refuse_by=date.max
    ),
}

#: Permission → factory of the object to check, where it is a seat or a tie: (project, holder) → object.
ON_SEATS: dict[str, Callable[[Project, Person], Any]] = {
    "governance.decline_carry_over": lambda project, holder: CarryOver(
        project=project, target=project, holder_id=holder.pk, due_on=date.max
    ),
    "governance.finish_carry_over": lambda project, holder: CarryOver(
        project=project, target=project, state=CarryOverState.ACCEPTED, answered_by_id=holder.pk
    ),
    "governance.settle_action": lambda project, holder: Action(
        project=project, holder_id=holder.pk, given_by_id=holder.pk
    ),
    "projects.accept": lambda project, holder: Mandate(project=project, holder_id=holder.pk),
    "projects.decline": lambda project, holder: Mandate(project=project, holder_id=holder.pk),
    "projects.state_competence": lambda project, holder: Mandate(project=project, holder_id=holder.pk),
    "projects.end_mandate": lambda project, _holder: Mandate(project=project),
    "projects.revoke": lambda project, _holder: Delegation(mandate=Mandate(project=project)),
    "projects.propose_replacement": lambda _project, _holder: User(pk=SOMEBODY_ELSE),
    **dict.fromkeys(
        (
            "projects.second_replacement",
            "projects.confirm_replacement",
            "projects.take_replacement",
            "projects.end_replacement",
        ),
        lambda project, _holder: Replacement(project=project, successor_id=SOMEBODY_ELSE),
    ),
    "projects.settle_interest": lambda project, _holder: Interest(project=project, person_id=SOMEBODY_ELSE),
}

#: Codes of columns other than roles. They cannot clash: role codes have no lowercase letters.
DELEGATE, NOBODY, ADMINISTRATOR = "delegate", "without_role", "administrator"
#: Key of an account other than the hypothetical one.
SOMEBODY_ELSE = -1_000_000


class Answer(models.TextChoices):
    """Answer of the server to one role about one act in one state."""

    YES = "yes", gettext_lazy("Yes")
    NOT_NOW = "not_now", gettext_lazy("Not in this state")
    NO = "no", gettext_lazy("No")


def concern(subject: Subject, *names: str) -> None:
    """Register the permissions of a workspace under `subject`."""
    ABOUT.update(dict.fromkeys(names, (subject, None)))


@dataclass(frozen=True)
class Column:
    """A hypothetical person, by code and name of their role or of what they are instead."""

    code: str
    name: str
    holder: HypotheticalUser

    @property
    def is_role(self) -> bool:
        """Return whether it is a role of the matrix."""
        return any(seat.role == self.code for seat in self.holder.seats)


@dataclass(frozen=True)
class Row:
    """One act: its permission, and the answer for each column in column order."""

    name: str
    permission: Permission
    answers: tuple[Answer, ...]


def build_columns(project: Project) -> list[Column]:
    """Return a holder of each role in force, a delegate within all bounds, a stranger and an administrator."""
    roles = project.roles()
    columns = [
        Column(role.code, role.name, HypotheticalUser(-place, (_seat(project, role, -place),)))
        for place, role in enumerate(roles, start=1)
    ]
    last = len(columns)
    lent = [
        Column(
            DELEGATE,
            _("A delegate, within the bounds"),
            HypotheticalUser(-last - 1, (_seat(project, role, -1, lent=True),)),
        )
        for role in roles
        if role.decides
    ]
    nobody = Column(NOBODY, _("A person without a role"), HypotheticalUser(-last - 2))
    administrator = Column(ADMINISTRATOR, _("An administrator"), HypotheticalUser(-last - 3, is_staff=True))
    return [*columns, *lent, nobody, administrator]


def _seat(project: Project, role: Role, mandate: int, *, lent: bool = False) -> Seat:
    powers = project.matrix.powers if project.matrix else {}
    return Seat(
        project_id=project.pk,
        code=project.code,
        title_fr=project.title_fr,
        title_en=project.title_en,
        archived=project.archived,
        authority=role.authority,
        role=role.code,
        powers=powers.get(role.code),
        named=list_named_kinds(powers),
        is_tied=False,
        mandate_id=mandate,
        delegation_id=mandate if lent else None,
        kinds=sorted(DELEGABLE_KINDS) if lent else None,
        cap=None,
    )


def is_allowed(column: Column, name: str, on: Any) -> bool:
    """Return whether the person of this column has the permission on `on`."""
    return can(column.holder, name, on)


def list_proposing_roles(project: Project, people: list[Column], kind: str) -> list[str]:
    """List the codes of roles that may propose this kind."""
    intended = Proposal(project=project, kind=kind)
    return [column.code for column in people if column.is_role and is_allowed(column, "governance.propose", intended)]


def list_advising_roles(people: list[Column], kind: str, author: str) -> list[str]:
    """List the adviser roles that a submission by the role `author` asks, if every role is held."""
    seats = [seat for column in people if column.is_role for seat in column.holder.seats]
    advising = [seat for seat in seats if seat.authority == Authority.ADVISES and seat.has_letter(Nature.ADVISE, kind)]
    return sorted(seat.role for seat in advising if seat.role != author)


def build_proposal(
    project: Project, kind: str, author: str, advisers: Iterable[str], state: str = ProposalState.SUBMITTED
) -> Proposal:
    """Build an unsaved proposal of this kind by the role `author`, with `advisers` asked; its amount is in any cap."""
    revision = ProposalRevision(asked_roles=list(advisers), amount=Decimal(0))
    submitted = revision if state != ProposalState.DRAFT else None
    return Proposal(
        project=project, kind=kind, author_role=author, writers=[SOMEBODY_ELSE], state=state, current=submitted
    )


def build_condition(project: Project, role: str) -> Condition:
    """Build an unsaved open condition on the project that `role` answers for."""
    return Condition(decision=Decision(project=project), role=role)


def build_object(name: str, project: Project, holder: Person) -> Any:
    """Build the object of a permission that concerns no proposal, for this `holder`."""
    if name in SUPPOSED:
        return SUPPOSED[name](project, _get_delivering_role(project))
    if name in ON_SEATS:
        return ON_SEATS[name](project, holder)
    return None if ABOUT[name][0] == Subject.INSTALLATION else project


def _get_delivering_role(project: Project) -> str:
    """Return the code of the delivering role, which hypothetical objects of workspaces concern; cached."""
    roles = project.roles  # parsing the matrix takes 6 ms, and a page asks for it hundreds of times
    return cached(
        ("delivering role", project.matrix_id), lambda: next((role.code for role in roles() if role.delivers), "")
    )


class Supposition:
    """The permissions of everybody on a proposal of one kind and author role, in each state.

    Every role counts as held. The advisers are those a submission would ask. The author's role answers for the
    condition. Only the predicates themselves query the database.
    """

    def __init__(self, project: Project, people: list[Column], kind: str, author: str) -> None:
        self.project, self.columns, self.kind, self.author = project, people, kind, author
        self.asked = list_advising_roles(people, kind, author)

    def rows(self, state: str) -> dict[Subject, list[Row]]:
        """Return the rows of every act by subject, for a proposal in `state`."""
        by_subject: dict[Subject, list[Row]] = {subject: [] for subject in Subject}
        permissions = all_permissions()
        for name, (subject, act) in ABOUT.items():
            answers = self._on_a_proposal(name, act, state) if act else self._fixed[name]
            by_subject[subject].append(Row(name, permissions[name], answers))
        return {subject: rows for subject, rows in by_subject.items() if rows}

    def _on_a_proposal(self, name: str, act: Act, state: str) -> tuple[Answer, ...]:
        proposal = build_proposal(self.project, self.kind, self.author, self.asked, state)
        about = build_condition(self.project, self.author) if ABOUT[name][0] == Subject.CONDITION else proposal
        follows = proposal.allows(act)
        return tuple(
            (Answer.YES if follows else Answer.NOT_NOW) if is_allowed(column, name, about) else Answer.NO
            for column in self.columns
        )

    @cached_property
    def _fixed(self) -> dict[str, tuple[Answer, ...]]:
        """Return the answers that do not depend on the state of a proposal."""
        return {name: tuple(self._answers(name)) for name, (_subject, act) in ABOUT.items() if act is None}

    def _answers(self, name: str) -> Iterator[Answer]:
        for column in self.columns:
            intended = Proposal(project=self.project, kind=self.kind)
            about = intended if name == "governance.propose" else build_object(name, self.project, column.holder)
            yield Answer.YES if is_allowed(column, name, about) else Answer.NO

    def plain(self) -> dict[str, Any]:
        """Return all answers in every state for machines: state → permission → column → answer."""
        codes = [column.code for column in self.columns]
        states = {
            state.value: {
                row.name: dict(zip(codes, row.answers, strict=True))
                for rows in self.rows(state).values()
                for row in rows
            }
            for state in ProposalState
        }
        return {
            "project": self.project.code,
            "matrix": _plain_matrix(self.project),
            "kind": self.kind,
            "author": self.author,
            "asked": self.asked,
            "holders": {column.code: column.name for column in self.columns},
            "acts": {name: _plain_act(permission) for name, permission in all_permissions().items() if name in ABOUT},
            "states": states,
        }


def _plain_matrix(project: Project) -> dict[str, Any] | None:
    matrix = project.matrix
    if matrix is None:
        return None
    return {"version": matrix.number, "hash": matrix.hash, "approved": project.matrix_approved}


def _plain_act(permission: Permission) -> dict[str, str]:
    return {
        "act": str(permission.act),
        "rule": permission.rule,
        "because": str(permission.because),
        "may": str(permission.authority_name),
    }
