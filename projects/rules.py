"""Predicates on who holds what on a project: the vocabulary of the permission tables above.

Each is a bool on every path: False without an object, for a visitor, and for an inactive account.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.mandates.models import Delegation, Mandate
from projects.mandates.seats import Seat, seats_of
from projects.project.models import Project
from roles.access import permit
from roles.enums import DELEGABLE_KINDS, Authority


def _seats(user: Any, project: Project | None) -> list[Seat]:
    if project is None or not user.is_authenticated or not user.is_active:
        return []
    return [seat for seat in seats_of(user) if seat.project_id == project.pk]


def is_owner(user: Any, project: Project | None) -> bool:
    """Whether `user` is the project owner in office (R1)."""
    return any(s.authority == Authority.DECIDES and not s.is_delegated for s in _seats(user, project))


def signing_seat(user: Any, project: Project | None, kind: str, amount: Decimal | None) -> Seat | None:
    """The seat under which `user` may sign a decision of this kind and amount (EUR): their mandate as the owner,
    else a delegation within bounds (R1). A delegate who advises or delivers on the project signs nothing.
    """
    seats = _seats(user, project)
    if any(s.authority in {Authority.ADVISES, Authority.DELIVERS} for s in seats):
        return None
    signing = [s for s in seats if s.decides and (not s.is_delegated or _covers(s, kind, amount))]
    return min(signing, key=lambda seat: seat.is_delegated, default=None)


def _covers(delegated: Seat, kind: str, amount: Decimal | None) -> bool:
    within = delegated.cap is None or (amount or 0) <= delegated.cap
    return within and kind in DELEGABLE_KINDS and kind in (delegated.kinds or ())


def holds_decision(user: Any, project: Project | None, kind: str, amount: Decimal | None) -> bool:
    """Whether `user` may sign a decision of this kind and amount (EUR), see `signing_seat`."""
    return signing_seat(user, project, kind, amount) is not None


def advising_role(user: Any, project: Project | None) -> str | None:
    """Code of the adviser role `user` holds on the project, if any."""
    return next((s.role for s in _seats(user, project) if s.authority == Authority.ADVISES), None)


def proposing_role(user: Any, project: Project | None) -> str | None:
    """Code of the role under which `user` may write proposals: advisers and the provider propose (R2)."""
    may = {Authority.ADVISES, Authority.DELIVERS}
    return next((s.role for s in _seats(user, project) if s.authority in may), None)


def holds_role(user: Any, project: Project | None, code: str) -> bool:
    """Whether `user` holds the role `code` on the project in person."""
    return any(s.role == code and not s.is_delegated for s in _seats(user, project))


def role_held(user: Any, project: Project | None) -> str:
    """Code of the role `user` holds on the project in person, or an empty string."""
    return next((s.role for s in _seats(user, project) if not s.is_delegated), "")


def owners(project: Project) -> list[Mandate]:
    """The owner in office, as a list of none or one."""
    return list(_now(project).deciding())


def advisers(project: Project) -> list[Mandate]:
    """Holders of the adviser roles."""
    return list(_now(project).advising())


def proposers(project: Project) -> list[Mandate]:
    """Holders of the roles that may propose."""
    return list(_now(project).filter(authority__in=[Authority.ADVISES, Authority.DELIVERS]))


def holders(project: Project, code: str) -> list[Mandate]:
    """Holders of the role `code`."""
    return list(_now(project).filter(role__code=code))


def signatories(project: Project, kind: str, amount: Decimal | None) -> list[Mandate | Delegation]:
    """Who may sign a decision of this kind and amount: the owner, then the delegates within bounds."""
    delegations = Delegation.objects.filter(mandate__project=project).active().covering(kind, amount)
    return [*owners(project), *delegations.select_related("delegate", "mandate__holder", "mandate__role")]


def _now(project: Project) -> Any:
    return project.mandates.active().select_related("holder", "role").order_by("pk")


def _is_administrator(user: Any, on: Any) -> bool:
    return bool(user.is_staff)


permit(
    "projects.found",
    _is_administrator,
    act=_("open a project and name its first owner"),
    rule="R1",
    because=_("An administrator opens the project and names its owner; from then on the owner appoints."),
    may=_("an administrator"),
)
