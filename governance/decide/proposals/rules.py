"""Permissions to write, edit, submit, withdraw and take up a proposal."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.decide.proposals.models import Proposal
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import PROPOSER, NamedRole, Subject, project_of

ADVISERS_PROPOSE = _(
    "The responsibility matrix says who proposes what. The owner does not decide on their own proposal."
)
ADVISERS_ADVISE = _(
    "The roles that advise in the responsibility matrix give one opinion per revision. It is never a vote."
)


class ProposerOfItsKind(Authority[Subject]):
    """May propose the kind of an intended proposal; on a project, any kind at all."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        return predicates.proposing_role(user, project_of(on), self.kind(on)) is not None

    def holders(self, on: Subject) -> Iterable[Holder]:
        project = project_of(on)
        return holders.proposers(project, self.kind(on)) if project else ()

    def kind(self, on: Subject | None) -> str:
        """Return the kind of an intended proposal."""
        return on.kind if isinstance(on, Proposal) else ""


class AuthorWhoProposes(Authority[Proposal]):
    """Holds the author role of the proposal, while the matrix lets it propose this kind."""

    def holds(self, user: Person, on: Proposal | None) -> bool:
        return (
            on is not None
            and predicates.holds_role(user, on.project, on.author_role)
            and predicates.proposing_role(user, on.project, on.kind) == on.author_role
        )

    def holders(self, on: Proposal) -> Iterable[Holder]:
        return [seat for seat in holders.proposers(on.project, on.kind) if seat.role.code == on.author_role]


class Opining(Authority[Proposal]):
    """Holds another role than the author's with the letter “advises” for the activity; its opinion is optional."""

    def holds(self, user: Person, on: Proposal | None) -> bool:
        if on is None or on.current is None:
            return False
        role = predicates.opining_role(user, on.project, on.kind)
        if role is None or role == on.author_role:
            return False
        # Advisers are fixed at submission; other roles with the letter may give an optional opinion.
        return role in on.current.asked_roles or role != predicates.advising_role(user, on.project)

    def holders(self, on: Proposal) -> Iterable[Holder]:
        return [seat for seat in holders.opinion_givers(on.project, on.kind) if seat.role.code != on.author_role]


class AskedAdviser(Opining):
    """Holds an adviser role asked for its opinion when the proposal was submitted."""

    def holds(self, user: Person, on: Proposal | None) -> bool:
        if on is None or on.current is None:
            return False
        return predicates.advising_role(user, on.project) in on.current.asked_roles


ADVISER = Opining(_("a holder of a role that advises in the responsibility matrix"))
AUTHORS_ROLE = NamedRole(_("a holder of the role that wrote the proposal"), "author_role")

PERMISSIONS = (
    Permission(
        "governance.propose",
        _("write a proposal on this project"),
        "R2",
        ADVISERS_PROPOSE,
        ProposerOfItsKind(PROPOSER.label),
    ),
    Permission("governance.edit", _("change this proposal"), "R2", ADVISERS_PROPOSE, AUTHORS_ROLE),
    Permission(
        "governance.submit", _("submit this proposal"), "R2", ADVISERS_PROPOSE, AuthorWhoProposes(AUTHORS_ROLE.label)
    ),
    Permission("governance.withdraw", _("withdraw this proposal"), "R2", ADVISERS_PROPOSE, AUTHORS_ROLE),
    Permission(
        "governance.take_up",
        _("start the review of this proposal"),
        "R2",
        ADVISERS_ADVISE,
        AskedAdviser(ADVISER.label),
    ),
)
