"""Predicates and lookups of the seats of one user on a project, used by the authorities.

Predicates return False without an object, for a visitor and for an inactive account.
"""

from collections.abc import Iterable
from decimal import Decimal

from core.access import Person
from projects.project.models import Project
from projects.seats.mandates.seats import Seat, seats_of
from roles.enums import DELEGABLE_KINDS, Authority, Nature


def project_seats(user: Person, project: Project | None) -> list[Seat]:
    """List all seats of `user` on the project, including those blocked by a declared tie."""
    if project is None or not user.is_authenticated or not user.is_active:
        return []
    return [seat for seat in seats_of(user) if seat.project_id == project.pk]


def acting_seats(user: Person, project: Project | None) -> list[Seat]:
    """List the seats of `user` on the project that no tie with a bidder blocks (R8)."""
    return [seat for seat in project_seats(user, project) if not seat.is_tied]


def is_owner(user: Person, project: Project | None) -> bool:
    """Return whether `user` is the project owner in office (R1)."""
    return any(s.authority == Authority.DECIDES and not s.is_delegated for s in acting_seats(user, project))


def is_owner_despite_ties(user: Person, project: Project | None) -> bool:
    """Return whether `user` is the owner in office, ignoring ties: they may always step down."""
    return any(s.authority == Authority.DECIDES and not s.is_delegated for s in project_seats(user, project))


def is_accepted_owner(user: Person, project: Project | None) -> bool:
    """Return whether `user` is the owner in office, and has accepted where they follow another one (R1)."""
    owned = (s for s in acting_seats(user, project) if s.authority == Authority.DECIDES and not s.is_delegated)
    return any(not s.is_pending for s in owned)


def signing_seat(user: Person, project: Project | None, kind: str, amount: Decimal | None) -> Seat | None:
    """Return the seat under which `user` may sign a decision of this kind and amount (EUR), if any (R1).

    It is the owner's mandate, else a delegation within bounds: an unknown amount is within no cap. A delegate who
    advises or delivers signs nothing, and so does an owner who has not accepted to follow another one.
    """
    seats = acting_seats(user, project)
    if any(s.authority in {Authority.ADVISES, Authority.DELIVERS} for s in seats):
        return None
    signing = [s for s in seats if s.decides and not s.is_pending and (not s.is_delegated or _covers(s, kind, amount))]
    return min(signing, key=lambda seat: seat.is_delegated, default=None)


def _covers(delegated: Seat, kind: str, amount: Decimal | None) -> bool:
    within = delegated.cap is None or (amount is not None and amount <= delegated.cap)
    return within and kind in DELEGABLE_KINDS and kind in (delegated.kinds or ())


def can_sign(user: Person, project: Project | None, kind: str, amount: Decimal | None) -> bool:
    """Return whether `user` may sign a decision of this kind and amount (EUR), see `signing_seat`."""
    return signing_seat(user, project, kind, amount) is not None


def advising_role(user: Person, project: Project | None) -> str | None:
    """Return the code of the adviser role of `user` on the project, if any."""
    return next((s.role for s in acting_seats(user, project) if s.authority == Authority.ADVISES), None)


def proposing_role(user: Person, project: Project | None, kind: str = "") -> str | None:
    """Return the code of the role under which `user` may propose a decision of `kind`, by default any (R2).

    The letter “proposes” of the project's matrix gives the right; the owner and delegates never propose.
    """
    proposing = (s for s in acting_seats(user, project) if not s.decides and s.kinds_with(Nature.PROPOSE))
    return next((s.role for s in proposing if not kind or s.has_letter(Nature.PROPOSE, kind)), None)


def kinds_to_propose(user: Person, project: Project | None) -> list[str]:
    """List the kinds with a line in the matrix that `user` may propose on the project."""
    return sorted({k for s in acting_seats(user, project) if not s.decides for k in s.kinds_with(Nature.PROPOSE)})


def opining_role(user: Person, project: Project | None, kind: str) -> str | None:
    """Return the code of the role of `user` with the letter “advises” for `kind`, if any."""
    return next(
        (s.role for s in acting_seats(user, project) if not s.decides and s.has_letter(Nature.ADVISE, kind)), None
    )


def holds_role(user: Person, project: Project | None, code: str) -> bool:
    """Return whether `user` holds the role `code` on the project, not by delegation."""
    return any(s.role == code and not s.is_delegated for s in acting_seats(user, project))


def is_provider(user: Person, project: Project | None) -> bool:
    """Return whether `user` is the solution provider (MOE) of the project."""
    return any(s.authority == Authority.DELIVERS and not s.is_delegated for s in acting_seats(user, project))


def is_contributor(user: Person, project: Project | None, kind: str, *natures: str) -> bool:
    """Return whether `user` has a role with one of these letters for `kind`, other than owner and provider."""
    return any(_contributes(seat, kind, natures) for seat in acting_seats(user, project))


def list_contributed(user: Person, kind: str, *natures: str) -> list[int]:
    """List the keys of the projects on which `is_contributor` holds for `user`. No query once their seats are read."""
    if not user.is_authenticated or not user.is_active:
        return []
    return sorted({s.project_id for s in seats_of(user) if not s.is_tied and _contributes(s, kind, natures)})


def _contributes(seat: Seat, kind: str, natures: Iterable[str]) -> bool:
    outside = {Authority.DECIDES, Authority.DELIVERS}
    return seat.authority not in outside and any(seat.has_letter(nature, kind) for nature in natures)


def role_code_of(user: Person, project: Project | None) -> str:
    """Return the code of the role of `user` on the project, or an empty string; delegations do not count."""
    return next((s.role for s in acting_seats(user, project) if not s.is_delegated), "")
