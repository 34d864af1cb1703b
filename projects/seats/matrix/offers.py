"""Role templates published since a project took its own. Nothing is applied automatically."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.project.models import Project
from projects.seats.matrix.levels import has_taken_rules
from roles.enums import Recurrence
from roles.models import RoleTemplate
from roles.role_templates.content import RHYTHM_FIELDS, Duty, Matrix, Role, published_matrix


@dataclass(frozen=True)
class Offer:
    """A published version of a role; `taken` is the version the project has, or None."""

    code: str
    name: str
    version: int
    taken: int | None


def offers(project: Project, content: Matrix) -> list[Offer]:
    """List published roles of the project's pack that are newer than, or missing in, `content`. One query.

    A node that took the rules of its level has none: its pack is that of a project.
    """
    if has_taken_rules(project.level, str(project.pack_id), {role.authority for role in content.roles}):
        return []
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


def taking_version(content: Matrix, published_role: Role) -> Matrix:
    """Return the content with the published version of a role; the project's own adaptations stay."""
    own = content.role(published_role.code)
    if own is None:
        return content.with_role(published_role)
    handed_on = {duty.code for role in content.roles if role.code != own.code for duty in role.duties if duty.because}
    duties = [duty for duty in published_role.duties if duty.code not in own.dropped and duty.code not in handed_on]
    duties = [_keep_rhythm(duty, own) for duty in duties]
    added = [duty for duty in own.duties if duty.because and duty.code not in {one.code for one in duties}]
    return content.with_role(replace(published_role, duties=(*duties, *added), dropped=own.dropped))


def _keep_rhythm(duty: Duty, own: Role) -> Duty:
    """Return a published responsibility with the rhythms that the project chose for it, if it did."""
    chosen = next((one for one in own.duties if one.code == duty.code and one.rhythm_because), None)
    if chosen is None or (Recurrence.EVENT in chosen.rhythms and not duty.days):
        return duty
    days = duty.days if Recurrence.EVENT in chosen.rhythms else ""
    rhythm = {name: getattr(chosen, name) for name in RHYTHM_FIELDS} | {"days": days}
    return replace(duty, **rhythm, rhythm_because=chosen.rhythm_because)


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


def describe_differences(before: Matrix, after: Matrix) -> str:
    """Return the changed responsibilities by role in words, a line each, in the active language."""
    return "\n".join(f"- {line}" for line in _describe_roles(before, after))


def _describe_roles(before: Matrix, after: Matrix) -> Iterator[str]:
    for role in after.roles:
        codes: dict[Change, list[str]] = {}
        for difference in differences(before.role(role.code), role):
            duty = difference.after or difference.before
            codes.setdefault(difference.change, []).append(duty.code if duty else "")
        if codes:
            changes = [
                gettext("%(label)s: %(value)s") % {"label": change.label, "value": ", ".join(codes[change])}
                for change in Change
                if change in codes
            ]
            yield " · ".join([role.code, *changes])
