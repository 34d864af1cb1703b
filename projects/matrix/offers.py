"""What the referential offers a project: roles published since it took its own. Nothing changes by itself."""

from dataclasses import dataclass
from enum import StrEnum

from projects.project.models import Project
from roles.models import RoleTemplate
from roles.role_templates.content import Duty, Matrix, Role, published


@dataclass(frozen=True)
class Offer:
    """A published version of a role; `taken` is the version the project has, None when it has not got the role."""

    code: str
    name: str
    version: int
    taken: int | None


def offers(project: Project, content: Matrix) -> list[Offer]:
    """The published roles of the project's pack that `content` has in another version, or not at all. One query."""
    templates = RoleTemplate.objects.filter(pack__code=project.pack_id).published()
    taken = {role.code: role.version for role in content.roles}
    return [
        Offer(template.code, template.name, template.version, taken.get(template.code))
        for template in templates
        if template.version > taken.get(template.code, 0)
    ]


def offered(project: Project, code: str) -> Role | None:
    """The published version of a role of the project's pack. Three queries."""
    return published(str(project.pack_id)).role(code)


class Change(StrEnum):
    """What becomes of a responsibility."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """A responsibility that two versions of a role do not share; `before` or `after` is None where it is not there."""

    change: Change
    before: Duty | None
    after: Duty | None


def differences(before: Role | None, after: Role) -> list[Difference]:
    """What changes for who holds the role, in the order of `after`, then what is gone."""
    old = {duty.code: duty for duty in before.duties} if before else {}
    new = {duty.code: duty for duty in after.duties}
    found = [
        Difference(Change.CHANGED if code in old else Change.ADDED, old.get(code), duty)
        for code, duty in new.items()
        if duty != old.get(code)
    ]
    return [*found, *(Difference(Change.GONE, duty, None) for code, duty in old.items() if code not in new)]
