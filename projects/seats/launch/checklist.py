"""Checklist of gate G0: the conditions for a project to start (R3, R4).

A trigger checks the same when the project becomes active (projects/project/guards.py).
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.enums import Level, ProjectState
from projects.project.models import Project
from projects.seats.mandates.models import Mandate
from roles.enums import Authority, DecisionKind, Nature
from roles.role_templates.content import Role
from roles.role_templates.lint import Finding, line_findings

#: Stands in `Check.by` for an administrator, when no role of the project can fix the item.
ADMIN = "admin"
#: Authorities that must be independent of each other.
TWO_SIDES = (Authority.ADVISES, Authority.DELIVERS)


class Item(models.TextChoices):
    """Subject of a check; the page links to where it is fixed."""

    ROLES_APPROVED = "roles_approved", gettext_lazy("Roles approved by the owner")
    HELD = "held", gettext_lazy("Role")
    ACCEPTED = "accepted", gettext_lazy("Mandate accepted")
    EMPLOYER = "employer", gettext_lazy("Organisation known")
    PROVIDER = "provider", gettext_lazy("Provider appointed, or its gate approved")
    MATRIX = "matrix", gettext_lazy("Matrix complete")


@dataclass(frozen=True)
class Check:
    """One item of the checklist.

    `sentence` says what to do and `by` lists the roles that can do it; both are empty when done.
    `role` and `line` are the codes of the role and of the activity concerned, or empty.
    """

    item: Item
    label: str
    done: bool
    sentence: str = ""
    by: tuple[str, ...] = ()
    role: str = ""
    line: str = ""


def checklist(project: Project, instant: datetime | None = None) -> list[Check]:
    """Return the checklist of `project` at `instant`, by default the time of the act. Two queries."""
    active = load_seats(project, instant)
    return build_checks(project, active) if project.matrix else build_checks(project, ())


def load_seats(project: Project, instant: datetime | None = None) -> QuerySet[Mandate]:
    """Return the mandates in force at `instant`, by default the time of the act, as `build_checks` reads them."""
    return project.mandates.active(instant).with_renewal().select_related("role", "holder")


def build_checks(project: Project, active: Iterable[Mandate]) -> list[Check]:
    """Build the checklist from the `active` mandates of `project`, with their roles and renewal. No query."""
    if project.matrix is None:
        sentence = _("The project has no roles yet. An administrator publishes those of its method.")
        return [Check(Item.ROLES_APPROVED, str(Item.ROLES_APPROVED.label), False, sentence, (ADMIN,))]
    content, seats = project.matrix.read(), list(active)
    owner = next((role.code for role in content.roles if role.decides), "")
    proposing = tuple(
        role.code
        for role in content.roles
        if not role.decides and DecisionKind.APPOINTMENT in project.matrix.powers[role.code].get(Nature.PROPOSE, ())
    )
    approval = Check(
        Item.ROLES_APPROVED,
        str(Item.ROLES_APPROVED.label),
        project.matrix_approved,
        ""
        if project.matrix_approved
        else _("Ask the owner to approve the roles: write a proposal of the kind appointment."),
        () if project.matrix_approved else proposing,
    )
    held = [_check_role(project, role, seats, owner, proposing) for role in content.roles if is_required(project, role)]
    unknown = [_check_employer(seat) for seat in seats if seat.role.authority in TWO_SIDES and is_unknown(seat)]
    gaps = [_check_finding(finding, proposing) for finding in line_findings(content)]
    return [approval, *held, *unknown, *(gaps or [Check(Item.MATRIX, str(Item.MATRIX.label), True)])]


def prefetch_seats(at: datetime, *, launched: bool = True) -> "Prefetch[Any]":
    """Build the Prefetch of mandates in force at `at` into `seats_`, for `checklist_of` and `owner_of`.

    Without `launched`, only the owners of projects that are launched, whose checklist is done.
    """
    active = Mandate.objects.active(at).with_renewal().select_related("role", "holder")
    if not launched:
        active = active.filter(Q(authority=Authority.DECIDES) | Q(project__state=ProjectState.DRAFT))
    return Prefetch("mandates", active.order_by("role__position", "pk"), "seats_")


def checklist_of(project: Any) -> list[Check]:
    """Return the checklist of a project loaded with its matrix and `prefetch_seats`. No query."""
    return build_checks(project, project.seats_)


def owner_of(project: Any) -> str:
    """Return the name of the owner of a project loaded with `prefetch_seats`, or an empty string. No query."""
    return str(next((mandate.holder for mandate in project.seats_ if mandate.decides), ""))


#: `is_required` of a role in the content of a matrix, in a JSON path that knows the level; who decides is left out.
REQUIRED = """@.mandatory == "true" && @.authority != "decides" && (@.authority == "advises" || $level == "project")"""


def is_required(project: Project, role: Role) -> bool:
    """Return whether `role` must be held before the project starts."""
    return role.mandatory and is_required_at(project.level, role.authority)


def is_required_at(level: str, authority: str) -> bool:
    """Return whether a mandatory role must be held at `level`.

    Programmes and portfolios need neither provider nor recipients (R3).
    """
    return level == Level.PROJECT or authority in {Authority.DECIDES, Authority.ADVISES}


def missing_providers(project: Project, held: Container[str]) -> list[str]:
    """List labels of the mandatory provider roles missing in `held`. No query with the matrix loaded.

    `held` contains role codes. The launch accepts a missing provider when a gate for it is approved.
    """
    needed = [role for role in project.roles() if is_required(project, role)]
    missing = [role for role in needed if role.authority == Authority.DELIVERS and role.code not in held]
    return [_("%(role)s appointed") % {"role": role.code} for role in missing]


def missing_checks(project: Project, instant: datetime | None = None) -> list[Check]:
    """List the open items; none means that the project may start."""
    return [check for check in checklist(project, instant) if not check.done]


def _check_role(project: Project, role: Role, active: list[Mandate], owner: str, proposing: tuple[str, ...]) -> Check:
    seats = [mandate for mandate in active if mandate.role.code == role.code]
    about = {"role": role.code}
    item, label = Item.HELD, _("%(role)s appointed") % about
    by: tuple[str, ...] = (owner,)
    sentence = _("Appoint a holder of the role %(role)s.") % about
    if role.decides:
        sentence, by = _("Name the project owner."), (ADMIN,)
    elif role.authority == Authority.RECEIVES:
        label = _("%(role)s represented") % about
        seats = [mandate for mandate in seats if mandate.group and not mandate.champion]
        sentence = _("Appoint a representative of at least one recipient group as %(role)s.") % about
    elif role.authority == Authority.DELIVERS:
        item, label = Item.PROVIDER, _("%(role)s appointed, or its gate approved") % about
        by = (owner, *proposing)
        sentence = (
            _("Appoint a holder of the role %(role)s, or approve the gate by which it will be appointed.") % about
        )
    if item == Item.PROVIDER and project.provider_gate:
        return Check(item, label, True, role=role.code)
    if seats and _lacks_acceptance(project, seats):
        sentence = _("Accept the mandate of the role %(role)s.") % about
        return Check(Item.ACCEPTED, _("%(role)s accepted") % about, False, sentence, (role.code,), role.code)
    return Check(item, label, bool(seats), "" if seats else sentence, () if seats else by, role.code)


def _lacks_acceptance(project: Project, seats: list[Mandate]) -> bool:
    """Return whether none of these holders has accepted what the role answers for now.

    A launched project waits only for those who accepted something else: what came later counts before it is accepted.
    """
    if project.state == ProjectState.DRAFT:
        return not any(seat.accepted_at and not seat.must_renew for seat in seats)
    return all(seat.must_renew for seat in seats)


def is_unknown(seat: Mandate) -> bool:
    """Return whether nobody knows for which organisation the holder works, so that they are not independent (R8)."""
    return seat.holder.organisation_id is None


def _check_employer(seat: Mandate) -> Check:
    about = {"role": seat.role.code, "person": seat.holder}
    label = _("%(role)s: organisation known") % about
    sentence = _("Enter the organisation of %(person)s. Without it the role %(role)s is not independent.") % about
    return Check(Item.EMPLOYER, label, False, sentence, (seat.role.code, ADMIN), seat.role.code)


def _check_finding(finding: Finding, by: tuple[str, ...]) -> Check:
    return Check(Item.MATRIX, str(Item.MATRIX.label), False, finding.sentence, by, line=finding.line)
