"""Authorities on a project and its rows, for the permission tables (`rules.py`)."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Person, Text
from projects.project.models import Project
from projects.seats.mandates import holders, predicates

OWNER_DECIDES = _("Only the project owner, or a delegate within the bounds of a written delegation, decides.")


class OnProject(Protocol):
    """An object with a project."""

    @property
    def project(self) -> Project: ...


type Subject = Project | OnProject


def project_of(on: Subject | None) -> Project | None:
    """Return `on` itself if it is a project, else its project."""
    return on if on is None or isinstance(on, Project) else on.project


class ProjectAuthority(Authority[Subject]):
    """Authority decided by the project alone."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        project = project_of(on)
        return project is not None and self.holds_on(user, project)

    def holders(self, on: Subject) -> Iterable[Holder]:
        project = project_of(on)
        return self.holders_on(project) if project else ()

    def holds_on(self, user: Person, project: Project) -> bool:
        """Return whether `user` has the authority on `project`."""
        raise NotImplementedError

    def holders_on(self, project: Project) -> Iterable[Holder]:
        """List the mandates and delegations that carry the authority on `project` today."""
        raise NotImplementedError


class Owner(ProjectAuthority):
    """Authority of the owner in office."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.is_owner(user, project)

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.owners(project)


class Proposer(ProjectAuthority):
    """Authority of the roles with the letter “proposes” for `kind`, or for any kind without one."""

    def __init__(self, label: Text, kind: str = "") -> None:
        super().__init__(label)
        self.kind = kind

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.proposing_role(user, project, self.kind) is not None

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.proposers(project, self.kind)


class TakingPart(ProjectAuthority):
    """Authority of the roles with one of these letters for `kind`, without owner and provider."""

    def __init__(self, label: Text, kind: str, *natures: str) -> None:
        super().__init__(label)
        self.kind, self.natures = kind, natures

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.is_contributor(user, project, self.kind, *self.natures)

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.contributors(project, self.kind, *self.natures)


class Provider(ProjectAuthority):
    """Authority of the solution provider."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.is_provider(user, project)

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.providers(project)


class AnyRole(ProjectAuthority):
    """Authority of every role holder; delegates hold no role."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return bool(predicates.role_code_of(user, project))

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.role_holders(project)


class NamedRole(Authority[OnProject]):
    """Authority of the role named by `field` of the object; nobody while it is empty."""

    def __init__(self, label: Text, field: str) -> None:
        super().__init__(label)
        self.field = field

    def holds(self, user: Person, on: OnProject | None) -> bool:
        code = self.code(on) if on else ""
        return on is not None and bool(code) and predicates.holds_role(user, on.project, code)

    def holders(self, on: OnProject) -> Iterable[Holder]:
        code = self.code(on)
        return holders.holders(on.project, code) if code else ()

    def code(self, on: OnProject) -> str:
        """Return the code of the role in `field`."""
        return str(getattr(on, self.field))


OWNER = Owner(_("the project owner"))
PROPOSER = Proposer(_("a holder of a role that proposes in the responsibility matrix"))
OWNER_OR_PROPOSER = (OWNER | PROPOSER).with_label(_("the project owner, or a holder of a role that proposes"))
PROVIDER = Provider(_("the solution provider"))
ROLE_HOLDER = AnyRole(_("a holder of a role on the project"))
