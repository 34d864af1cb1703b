"""Launch of a project: checklist of gate G0, with who can fix each item and where (R3, R4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import can
from core.record.sealing import term_of
from governance.decide.decisions.models import Effect
from governance.decide.proposals.models import Proposal
from governance.enums import GONE, OVER
from projects.enums import ProjectState
from projects.models import Mandate, Project
from projects.seats.launch.checklist import ADMIN, Check, Item, build_checks, is_unknown, load_seats
from projects.seats.mandates.predicates import kinds_to_propose
from projects.seats.mandates.vacancies import list_role_statuses
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class Row:
    """An item, who can fix it (`by_admin`: an administrator), and the (address, label) where this reader can.

    `role` is the name of the role concerned, or empty; `declined` its last mandate, if it is vacant since.
    """

    check: Check
    role: str
    people: list[Mandate]
    by_admin: bool
    links: list[tuple[str, str]]
    declined: Mandate | None = None


@require_GET
def launch(request: HttpRequest, code: str) -> HttpResponse:
    """Render the launch checklist; after the launch, with the decision that launched the project."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("matrix"), code=code)
    seats = list(load_seats(project).select_related("holder").order_by("role__position", "pk"))
    proposals = Proposals(project, request.user)
    names = {role.code: role.name for role in project.roles()}
    checks = build_checks(project, seats)
    declined = {line.role.code: line.declined for line in list_role_statuses(project, timezone.now())}
    rows = [_build_row(check, seats, project, proposals, request.user, names, declined) for check in checks]
    because, launched = _find_effects(project), project.state != ProjectState.DRAFT
    under_way = proposals.gate is not None and proposals.gate.state not in OVER
    context = {
        "project": project,
        "rows": rows,
        "missing": len([row for row in rows if not row.check.done]),
        "gate": proposals.gate,
        "launched": launched,
        "state": because.get("state" if project.is_at_rest else "launch"),
        "provider": because.get("provider_gate"),
        "provider_gate": Gate(project.provider_gate).label if project.provider_gate else "",
        "propose_gate": "" if under_way or launched else _gate_address(project, proposals),
        "with_roles": proposals.may_join,
    }
    return render(request, "governance/life/launch/launch.html", context)


class Proposals:
    """Proposals for the launch that `user` can see, and the kinds `user` may propose."""

    def __init__(self, project: Project, user: Any) -> None:
        seen = Proposal.objects.visible_to(user).filter(project=project).exclude(state__in=GONE)
        rows = seen.select_related("project", "current__decision__project", "draft").order_by("-number")
        wanted = Q(current__terms__gate=Gate.G0) | Q(current=None, draft__terms__gate=Gate.G0)
        self.gate = rows.filter(wanted, kind=DecisionKind.GATE).first()
        self.kinds = kinds_to_propose(user, project)
        self.term = term_of(project.matrix.number, project.matrix.hash) if project.matrix else ""
        named = Q(current__terms__matrix=self.term) | Q(current=None, draft__terms__matrix=self.term)
        both = (DecisionKind.APPOINTMENT, DecisionKind.GATE)
        self.roles = rows.filter(named, kind__in=both).exclude(state__in=OVER).first()
        #: Whether one proposal may ask for the roles, which nobody has adapted, and for gate G0.
        self.may_join = (
            self.roles is None
            and not project.matrix_approved
            and {*both} <= {*self.kinds}
            and project.matrices.count() == 1
        )


def _find_effects(project: Project) -> dict[str, Effect]:
    """Return the last effects that launched the project, set its state, and the gate of its provider."""
    effects = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk)
    told = effects.filter(field__in=("state", "provider_gate")).select_related("decision__project")
    found = [effect for effect in told.order_by("pk") if effect.after]
    launches = [("launch", effect) for effect in found if effect.before == ProjectState.DRAFT]
    return dict([*((effect.field, effect) for effect in found), *launches])


def _build_row(
    check: Check,
    seats: list[Mandate],
    project: Project,
    proposals: Proposals,
    user: Any,
    names: dict[str, str],
    declined: dict[str, Mandate | None],
) -> Row:
    people = [seat for seat in seats if seat.role.code in check.by]
    links = [] if check.done else list(_list_links(check, seats, project, proposals, user))
    return Row(check, names.get(check.role, ""), people, ADMIN in check.by, links, declined.get(check.role))


def _list_links(
    check: Check, seats: list[Mandate], project: Project, proposals: Proposals, user: Any
) -> Iterator[tuple[str, str]]:
    """List the (address, label) of pages where `user` can fix an item."""
    to = partial(reverse, args=[project.code])
    if check.item == Item.ROLES_APPROVED:
        propose = _proposal_address(project, proposals.kinds, DecisionKind.APPOINTMENT, matrix=proposals.term)
        if proposals.roles:
            yield proposals.roles.get_absolute_url(), proposals.roles.reference
        elif propose and project.matrix:
            yield propose, _("Write the proposal for the roles")
    elif check.item == Item.MATRIX:
        if can(user, "governance.adapt_roles", project):
            yield to("governance:responsibilities:roles_adapt"), _("Adapt the roles")
    elif check.item == Item.ACCEPTED:
        for seat in seats:
            to_accept = seat.accepted_at is None or seat.must_renew
            if seat.role.code == check.role and to_accept and can(user, "projects.accept", seat):
                yield reverse("projects:mandates:mandate_accept", args=[seat.pk]), _("Accept the mandate")
    elif check.item == Item.EMPLOYER:
        for seat in seats:
            if seat.role.code == check.role and is_unknown(seat) and can(user, "projects.change_employer", seat.holder):
                mine = seat.holder_id == user.pk
                address = (
                    reverse("projects:people:employer")
                    if mine
                    else reverse("projects:people:employer_of", args=[seat.holder_id])
                )
                yield address, _("Enter the organisation")
    elif check.by == (ADMIN,):
        if can(user, "projects.name_owner", project):
            yield to("projects:mandates:mandate_name_owner"), _("Name the owner")
    else:
        if can(user, "projects.appoint", project):
            role = urlencode({"role": check.role})
            yield f"{to('projects:appointments:mandate_appoint')}?{role}", _("Appoint a person")
        if check.item == Item.PROVIDER and (
            propose := _proposal_address(project, proposals.kinds, DecisionKind.APPOINTMENT)
        ):
            yield propose, _("Propose the gate of the provider")


def _gate_address(project: Project, proposals: Proposals) -> str:
    """Return the address of the proposal for gate G0, with the roles where one proposal asks for both."""
    roles = {"matrix": proposals.term} if proposals.may_join else {}
    return _proposal_address(project, proposals.kinds, DecisionKind.GATE, gate=Gate.G0, **roles)


def _proposal_address(project: Project, kinds: list[str], kind: DecisionKind, **terms: str) -> str:
    """Return the address of a prefilled new proposal; empty when the reader may not write it."""
    if kind not in kinds:
        return ""
    address = reverse("governance:proposals:proposal_new", args=[project.code])
    return f"{address}?{urlencode({'kind': kind.value} | {name: str(term) for name, term in terms.items()})}"
