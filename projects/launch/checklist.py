"""What a project still lacks before it may start (R3, R4): the checklist of gate G0.

The database asks the same when the project becomes active (projects/project/guards.py).
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import acts as acting
from projects.enums import Level
from projects.mandates.models import Mandate
from projects.project.models import Project
from roles.enums import Authority, DecisionKind, Nature
from roles.role_templates.content import Role
from roles.role_templates.lint import Finding, findings

#: Who puts an item right when no role of the project can.
ADMIN = "admin"


class Item(models.TextChoices):
    """What an item of the checklist is about; the page links to where it is put right."""

    ROLES_APPROVED = "roles_approved", gettext_lazy("Roles approved by the owner")
    HELD = "held", gettext_lazy("Role held")
    PROVIDER = "provider", gettext_lazy("Provider held, or its gate approved")
    MATRIX = "matrix", gettext_lazy("Matrix complete")


@dataclass(frozen=True)
class Check:
    """One item: whether it is there, and when it is not, what to do, in a sentence; `by` are the roles that can.

    `role` is the code of the role it is about, `line` that of the activity; empty when not concerned.
    """

    item: Item
    label: str
    done: bool
    sentence: str = ""
    by: tuple[str, ...] = ()
    role: str = ""
    line: str = ""


def checklist(project: Project, instant: datetime | None = None) -> list[Check]:
    """Every item of the launch of `project` at `instant`, by default that of the act. Two queries."""
    active = project.mandates.during(instant or acting.act_time()).filter(holder__is_active=True).select_related("role")
    return checks(project, active) if project.matrix else checks(project, ())


def checks(project: Project, active: Iterable[Mandate]) -> list[Check]:
    """The checklist read from the mandates of `project` that are `active`, whose roles are at hand. No query more."""
    if project.matrix is None:
        sentence = _("The project has no roles yet: an administrator publishes those of its method pack.")
        return [Check(Item.ROLES_APPROVED, str(Item.ROLES_APPROVED.label), False, sentence, (ADMIN,))]
    content, seats = project.matrix.read(), list(active)
    owner = next((role.code for role in content.roles if role.decides), "")
    proposing = tuple(
        role.code
        for role in content.roles
        if not role.decides and DecisionKind.APPOINTMENT in project.matrix.powers[role.code].get(Nature.PROPOSE, ())
    )
    approval = Check(
        Item.ROLES_APPROVED, str(Item.ROLES_APPROVED.label), project.matrix_approved,
        "" if project.matrix_approved else _("Put the roles to the owner in a proposal of the kind appointment."),
        () if project.matrix_approved else proposing,
    )  # fmt: skip
    held = [_held(project, role, seats, owner, proposing) for role in content.roles if must_be_held(project, role)]
    gaps = [_lacking(finding, proposing) for finding in findings(content) if finding.line]
    return [approval, *held, *(gaps or [Check(Item.MATRIX, str(Item.MATRIX.label), True)])]


def seated(at: datetime) -> "Prefetch[Any]":
    """Prefetch into `seats_` of projects their mandates in force at `at`, as `checklist_of` reads them."""
    active = Mandate.objects.during(at).filter(holder__is_active=True).select_related("role", "holder")
    return Prefetch("mandates", active.order_by("role__position", "pk"), "seats_")


def checklist_of(project: Any) -> list[Check]:
    """Return the checklist of a project loaded with `seated` and its matrix, without a query."""
    return checks(project, project.seats_)


def owner_of(project: Any) -> str:
    """Return who decides on a project loaded with `seated`, empty while nobody does. No query."""
    return str(next((mandate.holder for mandate in project.seats_ if mandate.decides), ""))


def must_be_held(project: Project, role: Role) -> bool:
    """Whether the project does not start without `role`."""
    return role.mandatory and matters_at(project.level, role.authority)


def matters_at(level: str, authority: str) -> bool:
    """Whether a mandatory role must be held at that level; a programme needs neither provider nor recipients (R3)."""
    return level == Level.PROJECT or authority in {Authority.DECIDES, Authority.ADVISES}


def unheld_providers(project: Project, held: Container[str]) -> list[str]:
    """The roles that build and nobody holds, in words; the launch lets them come later, by a gate. No query more.

    `held` are the codes of the roles that are held, the matrix of the project is at hand.
    """
    needed = [role for role in project.roles() if must_be_held(project, role)]
    missing = [role for role in needed if role.authority == Authority.DELIVERS and role.code not in held]
    return [_("%(role)s held") % {"role": role.code} for role in missing]


def lacking(project: Project, instant: datetime | None = None) -> list[Check]:
    """The items that are not there; none means that the project may start."""
    return [check for check in checklist(project, instant) if not check.done]


def _held(project: Project, role: Role, active: list[Mandate], owner: str, proposing: tuple[str, ...]) -> Check:
    seats = [mandate for mandate in active if mandate.role.code == role.code]
    about = {"role": role.code}
    item, label, done = Item.HELD, _("%(role)s held") % about, bool(seats)
    by: tuple[str, ...] = (owner,)
    sentence = _("Appoint a holder of the role %(role)s.") % about
    if role.decides:
        sentence, by = _("Name the project owner."), (ADMIN,)
    elif role.authority == Authority.RECEIVES:
        label = _("%(role)s represented") % about
        done = any(mandate.group and not mandate.champion for mandate in seats)
        sentence = _("Appoint a representative of at least one recipient group as %(role)s.") % about
    elif role.authority == Authority.DELIVERS:
        item, label = Item.PROVIDER, _("%(role)s held, or its gate approved") % about
        done, by = done or bool(project.provider_gate), (owner, *proposing)
        sentence = (
            _("Appoint a holder of the role %(role)s, or approve the gate by which it will be appointed.") % about
        )
    return Check(item, label, done, "" if done else sentence, () if done else by, role.code)


def _lacking(finding: Finding, by: tuple[str, ...]) -> Check:
    return Check(Item.MATRIX, str(Item.MATRIX.label), False, finding.sentence, by, line=finding.line)
