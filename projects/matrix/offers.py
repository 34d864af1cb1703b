"""Role templates published since a project took its own. Nothing is applied automatically."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.project.models import Project
from roles.models import RoleTemplate
from roles.role_templates.content import Duty, Matrix, Role, published_matrix


@dataclass(frozen=True)
class Offer:
    """A published version of a role; `taken` is the version the project has, or None."""

    code: str
    name: str
    version: int
    taken: int | None


def offers(project: Project, content: Matrix) -> list[Offer]:
    """List published roles of the project's pack that are newer than, or missing in, `content`. One query."""
    templates = RoleTemplate.objects.filter(pack__code=project.pack_id).published()
    taken = {role.code: role.version for role in content.roles}
    return [
        Offer(template.code, template.name, template.version, taken.get(template.code))
        for template in templates
        if template.version > taken.get(template.code, 0)
    ]


def published_role(project: Project, code: str) -> Role | None:
    """Return the published version of a role of the project's pack, if any. Three queries."""
    return published_matrix(str(project.pack_id)).role(code)


class Change(models.TextChoices):
    """Change of a responsibility between two versions of a role."""

    ADDED = "added", _("Added")
    GONE = "gone", _("Left out")
    CHANGED = "changed", _("Changed")


@dataclass(frozen=True)
class Difference:
    """A responsibility that differs between two versions of a role; None on the side that lacks it."""

    change: Change
    before: Duty | None
    after: Duty | None

    @property
    def label(self) -> str:
        """Return the change in words."""
        return str(self.change.label)


def differences(before: Role | None, after: Role) -> list[Difference]:
    """List the changed and added responsibilities in the order of `after`, then the removed ones."""
    old = {duty.code: duty for duty in before.duties} if before else {}
    new = {duty.code: duty for duty in after.duties}
    differing = [
        Difference(Change.CHANGED if code in old else Change.ADDED, old.get(code), duty)
        for code, duty in new.items()
        if duty != old.get(code)
    ]
    return [*differing, *(Difference(Change.GONE, duty, None) for code, duty in old.items() if code not in new)]
