"""Kinds of decision that a reader may propose now."""

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import Person, can
from governance.decide.kinds.base import Kind
from governance.decide.kinds.registry import is_known, kind_of
from governance.decide.proposals.models import Proposal
from governance.enums import GONE, Act
from governance.workflow import MERGEABLE
from projects.models import Project
from projects.seats.mandates.predicates import kinds_to_propose, proposing_role
from roles.enums import FOLLOWING_KINDS, STATE_KINDS


def list_kinds(user: Person, project: Project) -> list[Kind]:
    """List the kinds that `user` may propose now, by the matrix and by the state of the project."""
    lettered = kinds_to_propose(user, project)
    following = [code for code in FOLLOWING_KINDS if code not in lettered and proposing_role(user, project, code)]
    proposed = [code for code in (*lettered, *following) if code not in STATE_KINDS and is_known(code)]
    known = [kind_of(code) for code in proposed]
    offered = [kind for kind in known if kind.is_offered_on(project) and not kind.is_barred_on(project)]
    return [*offered, *list_changes_of_state(user, project)]


def may_counter(user: Person, proposal: Proposal) -> bool:
    """Return whether `user` may write another proposal on the question of this one now."""
    if proposal.state not in MERGEABLE or proposal.is_barred(Act.SUBMIT):
        return False
    role = proposing_role(user, proposal.project, proposal.kind)
    if not role or role == proposal.author_role:
        return False
    intended = Proposal(project=proposal.project, kind=proposal.kind)
    return role not in list_roles_on_question(proposal) and can(user, "governance.propose", intended)


def list_roles_on_question(proposal: Proposal) -> set[str]:
    """List the roles that have a file on the question of a proposal, drafts included. One query, if there are any."""
    if not proposal.may_have_rivals:
        return {proposal.author_role}
    first = proposal.counter_to_id or proposal.pk
    files = Proposal.objects.filter(Q(pk=first) | (Q(counter_to=first) & ~Q(state__in=GONE)))
    return set(files.values_list("author_role", flat=True))


def explain_not_offered(code: str, project: Project) -> str:
    """Say why a proposal of this kind cannot be written on the project by a person who writes others."""
    if not is_known(code):
        return _("This kind of decision is not known. Select another one.")
    kind = kind_of(code)
    label = capfirst(str(kind.label))
    if kind.is_offered_on(project) and not kind.is_barred_on(project):
        return _("Your role does not propose “%(kind)s” here. Select another kind of decision.") % {"kind": label}
    words = _("“%(kind)s” is not decided here: the level, the state or the workspaces do not allow it.")
    return words % {"kind": label}


def list_changes_of_state(user: Person, project: Project) -> list[Kind]:
    """List the kinds that change the state of the project and that `user` may propose now: they follow the gates."""
    return [
        kind
        for kind in map(kind_of, STATE_KINDS)
        if kind.is_offered_on(project) and can(user, "governance.propose", Proposal(project=project, kind=kind.code))
    ]
