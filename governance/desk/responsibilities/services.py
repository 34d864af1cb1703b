"""Act: adapt the roles of a project with a reason.

Which version is in force changes by a decision of the owner only (governance/decide/kinds, kind appointment).
"""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from core.history import Outdated
from core.meaning import is_meaningful
from governance.enums import Act
from projects.matrix.models import Matrix
from projects.matrix.versions import write_version
from projects.project.models import Project
from roles.enums import Nature
from roles.models import User
from roles.role_templates.content import Duty, Role
from roles.role_templates.content import Matrix as Content


@act("governance.adapt_roles", on="project")
def adapt_roles(*, actor: User, project: Project, base: int, content: Content, reason: str) -> Matrix:
    """Write the next version of the roles, based on number `base`; the version in force does not change.

    Raises Outdated when `base` is not the newest version, ValidationError on an empty reason.
    """
    if newest(project).number != base:
        raise Outdated
    if not is_meaningful(reason):
        raise ValidationError({"reason": _("Enter why the roles change.")})
    return write_version(actor, project, content, reason, Act.ADAPT_ROLES)


def newest(project: Project) -> Matrix:
    """Return the newest version, in force or not."""
    return project.matrices.latest("number")


# — adaptations of a content; each raises ValidationError when it does not apply —


def with_duty(content: Content, role: str, duty: Duty) -> Content:
    """Return the content with a responsibility of the project's own added to `role`."""
    holder = _role(content, role)
    if any(duty.code in {own.code for own in one.duties} for one in content.roles):
        raise ValidationError(
            {"code": ValidationError(_("The code %(code)s is taken: choose another."), params={"code": duty.code})}
        )
    if duty.nature == Nature.DECIDE and not holder.decides:
        raise ValidationError({"nature": _("Only the project owner decides.")})
    if duty.nature == Nature.PROPOSE and holder.decides:
        raise ValidationError({"nature": _("The project owner decides and does not propose.")})
    if duty.nature == Nature.ADVISE and holder.decides:
        raise ValidationError({"nature": _("The project owner decides and gives no opinion.")})
    return content.with_role(replace(holder, duties=(*holder.duties, duty)))


def without_duty(content: Content, role: str, code: str, because: str) -> Content:
    """Return the content without one responsibility of `role`.

    A responsibility of the template is recorded in `dropped` with the reason.
    """
    holder = _role(content, role)
    gone = _duty(holder, code)
    dropped = dict(holder.dropped) if gone.because else {**holder.dropped, code: because}
    duties = tuple(duty for duty in holder.duties if duty.code != code)
    return content.with_role(replace(holder, duties=duties, dropped=dropped))


def moved_duty(content: Content, role: str, code: str, to: str, because: str) -> Content:
    """Return the content with one responsibility moved from `role` to the role `to`."""
    if role == to:
        raise ValidationError(
            {"to": ValidationError(_("%(role)s has this responsibility already."), params={"role": to})}
        )
    duty = replace(_duty(_role(content, role), code), because=because)
    return with_duty(without_duty(content, role, code, because), to, duty)


def without_role(content: Content, code: str) -> Content:
    """Return the content without an optional role and its responsibilities."""
    role = _role(content, code)
    if role.mandatory:
        raise ValidationError(_("The role %(role)s is mandatory. You cannot remove it."), params={"role": code})
    return replace(content, roles=tuple(one for one in content.roles if one.code != code))


def taking_version(content: Content, published_role: Role) -> Content:
    """Return the content with the published version of a role; the project's own adaptations stay."""
    own = content.role(published_role.code)
    if own is None:
        return content.with_role(published_role)
    handed_on = {duty.code for role in content.roles if role.code != own.code for duty in role.duties if duty.because}
    duties = [duty for duty in published_role.duties if duty.code not in own.dropped and duty.code not in handed_on]
    added = [duty for duty in own.duties if duty.because and duty.code not in {one.code for one in duties}]
    return content.with_role(replace(published_role, duties=(*duties, *added), dropped=own.dropped))


def _role(content: Content, code: str) -> Role:
    role = content.role(code)
    if role is None:
        raise ValidationError(_("The project has no role %(role)s."), params={"role": code})
    return role


def _duty(role: Role, code: str) -> Duty:
    duty = next((duty for duty in role.duties if duty.code == code), None)
    if duty is None:
        raise ValidationError(_("%(role)s has no responsibility %(code)s."), params={"role": role.code, "code": code})
    return duty
