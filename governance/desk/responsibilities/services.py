"""Act: adapt the roles of a project with a reason.

Which version is in force changes by a decision of the owner only (governance/decide/kinds, kind appointment).
"""

from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from core.history import Outdated
from core.record.meaning import is_meaningful
from projects.ledger.enums import Act
from projects.project.models import Project
from projects.seats.matrix.models import Matrix
from projects.seats.matrix.versions import write_version
from roles.enums import Nature, Recurrence
from roles.models import User
from roles.role_templates.content import RHYTHM_FIELDS, Duty, Role
from roles.role_templates.content import Matrix as Content
from roles.role_templates.lint import list_rhythm_findings
from roles.role_templates.rhythms import ALWAYS, Window


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


def with_rhythm(
    content: Content, role: str, code: str, rhythms: Sequence[str], because: str, window: Window = ALWAYS
) -> Content:
    """Return the content with other rhythms of one responsibility of `role`, the first one first.

    Its periods count in `window`. Events are those of the role template: a responsibility without one gets none.
    """
    holder = _role(content, role)
    duty = _duty(holder, code)
    if Recurrence.EVENT in rhythms and Recurrence.EVENT not in duty.rhythms:
        raise ValidationError({"recurrence": _("The role template names no event for this responsibility.")})
    days = duty.days if Recurrence.EVENT in rhythms else ""
    rhythm = {"recurrence": rhythms[0], "also": tuple(rhythms[1:]), "days": days, **window._asdict()}
    changed = replace(duty, **rhythm, rhythm_because=because)
    if gaps := [gap.sentence for gap in list_rhythm_findings(holder, changed)]:
        raise ValidationError({"also": gaps})
    return content.with_role(_with_changed(holder, changed))


def with_usual_rhythm(content: Content, role: str, code: str, published: Role | None) -> Content:
    """Return the content with the rhythms of the role template for one responsibility of `role`."""
    holder = _role(content, role)
    usual = next((duty for duty in published.duties if duty.code == code), None) if published else None
    if usual is None:
        raise ValidationError({"recurrence": _("The role template does not have this responsibility.")})
    rhythm = {name: getattr(usual, name) for name in RHYTHM_FIELDS}
    return content.with_role(_with_changed(holder, replace(_duty(holder, code), **rhythm, rhythm_because="")))


def _with_changed(role: Role, changed: Duty) -> Role:
    return replace(role, duties=tuple(changed if duty.code == changed.code else duty for duty in role.duties))


def without_role(content: Content, code: str) -> Content:
    """Return the content without an optional role and its responsibilities."""
    role = _role(content, code)
    if role.mandatory:
        raise ValidationError(_("The role %(role)s is mandatory. You cannot remove it."), params={"role": code})
    return replace(content, roles=tuple(one for one in content.roles if one.code != code))


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
