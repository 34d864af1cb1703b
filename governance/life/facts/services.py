"""Acts of the owner on the facts of a project: title, prefix, language, workspaces."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.acts import act
from core.history import ensure_unchanged
from governance.enums import Act
from governance.life.facts.guards import NAMES
from governance.life.facts.queries import has_references
from projects.enums import Workspace
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.project.level_workspaces import ensure_may_have
from projects.project.rows import save_fields
from projects.seats.mandates.audience import list_seat_audience
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import seat_holders
from projects.seats.mandates.models import Delegation
from projects.seats.mandates.services import RoleNotice, split_by_page
from projects.workspaces import installed, requirements_of
from roles.models import User


@act("governance.edit_facts", on="project")
def edit_facts(*, actor: User, project: Project, fields: Mapping[str, Any], seen: str) -> Project:
    """Change the titles, the prefix and the language of the project; fields that are left out stay.

    Raises Outdated, and ValidationError on a project that has ended, a prefix in use ("prefix"), and another prefix
    once a reference begins with the present one ("prefix").
    """
    _ensure_open(project, seen)
    changes = {name: value for name, value in fields.items() if name in NAMES and value != getattr(project, name)}
    if "prefix" in changes:
        _ensure_prefix_is_free(project, changes["prefix"])
    if save_fields(project, changes):
        record_in_role(Act.EDIT_FACTS, project, changed=",".join(sorted(changes)))
    return project


@act("governance.switch_workspaces", on="project")
def switch_workspaces(*, actor: User, project: Project, workspaces: Collection[str], seen: str) -> Project:
    """Switch these workspaces on and the other installed ones off; their rows stay as they are.

    Raises Outdated, and ValidationError on a project that has ended, on one that is required ("workspaces") and on one
    that its level does not have.
    """
    _ensure_open(project, seen)
    ensure_may_have(project.level, set(workspaces) - set(project.workspaces))
    _ensure_has_required(project, workspaces)
    here = {workspace.value for workspace in installed()}
    kept = set(project.workspaces) - here
    chosen = [code for code in Workspace.values if code in kept or (code in here and code in workspaces)]
    before = set(project.workspaces)
    if save_fields(project, {"workspaces": chosen}):
        on, off = sorted(set(chosen) - before), sorted(before - set(chosen))
        record_in_role(Act.SWITCH_WORKSPACES, project, on=",".join(on), off=",".join(off))
    return project


@act("governance.sign_decisions", on="project")
def sign_decisions(*, actor: User, project: Project, required: bool, seen: str) -> Project:
    """Require that decisions on the project be signed with a passkey, or no longer; who must know is told.

    Raises Outdated, and ValidationError on a project that has ended.
    """
    _ensure_open(project, seen)
    if save_fields(project, {"signed_decisions": required}):
        event = record_in_role(Act.SIGN_DECISIONS, project, required="yes" if required else "no")
        _tell_signing(event, actor, project)
    return project


def _tell_signing(event: LedgerEvent, actor: User, project: Project) -> None:
    """Notify all who must know who decides and how they are proved, also the one who acts."""
    deciding = [seat.person for seat in seat_holders(project) if isinstance(seat, Delegation) or seat.decides]
    people = [actor, *deciding, *list_seat_audience(project)]
    for about, readers in split_by_page(RoleNotice(project, event.role), people):
        notify(event=event, reason=Reason.SIGNING_CHANGED, about=about, people=readers, the_actor_too=True)


@act("governance.archive", on="project")
def archive(*, actor: User, project: Project, seen: str) -> Project:
    """Archive a project that has ended: read only, and left out of lists.

    Raises Outdated, and ValidationError on a project that has not ended.
    """
    ensure_unchanged(project, seen)
    if not project.is_over:
        raise ValidationError(_("The project has not ended. Only a closed or abandoned project is archived."))
    if save_fields(project, {"archived": True}):
        record_in_role(ProjectAct.ARCHIVE, project)
    return project


@act("governance.unarchive", on="project")
def unarchive(*, actor: User, project: Project, seen: str) -> Project:
    """Take a project out of the archive. Raises Outdated."""
    ensure_unchanged(project, seen)
    if save_fields(project, {"archived": False}):
        record_in_role(ProjectAct.UNARCHIVE, project)
    return project


def _ensure_open(project: Project, seen: str) -> None:
    ensure_unchanged(project, seen)
    if project.is_over:
        raise ValidationError(_("The project has ended: it stays as it is."))


def _ensure_has_required(project: Project, workspaces: Collection[str]) -> None:
    left_out = [one for one in requirements_of(project) if one.workspace.value not in workspaces]
    if left_out:
        sentence = _("%(workspace)s stays on: %(because)s.")
        words = [sentence % {"workspace": capfirst(one.workspace.label), "because": one.because} for one in left_out]
        raise ValidationError({"workspaces": words})


def _ensure_prefix_is_free(project: Project, prefix: str) -> None:
    if has_references(project):
        raise ValidationError({"prefix": _("A reference already begins with the present prefix: it stays.")})
    if Project.objects.filter(prefix=prefix).exclude(pk=project.pk).exists():
        raise ValidationError({"prefix": _("This prefix is already used. Enter another prefix.")})
