"""Kinds of decision that a reader may propose now."""

from core.access import Person, can
from governance.kinds.base import Kind
from governance.kinds.registry import kind_of
from governance.proposals.models import Proposal
from projects.mandates.predicates import kinds_to_propose
from projects.models import Project
from roles.enums import FOLLOWING_KINDS, STATE_KINDS


def list_kinds(user: Person, project: Project) -> list[Kind]:
    """List the kinds that `user` may propose now, by the matrix and by the state of the project."""
    lettered = kinds_to_propose(user, project)
    following = [code for code, followed in FOLLOWING_KINDS.items() if code not in STATE_KINDS and followed in lettered]
    known = [kind_of(code) for code in (*lettered, *following)]
    offered = [kind for kind in known if kind.is_offered_on(project) and not kind.is_barred_on(project)]
    return [*offered, *list_changes_of_state(user, project)]


def list_changes_of_state(user: Person, project: Project) -> list[Kind]:
    """List the kinds that change the state of the project and that `user` may propose now: they follow the gates."""
    return [
        kind
        for kind in map(kind_of, STATE_KINDS)
        if kind.is_offered_on(project) and can(user, "governance.propose", Proposal(project=project, kind=kind.code))
    ]
