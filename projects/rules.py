"""Predicates on who holds what on a project: what the authorities are made of.

Each is a bool on every path: False without an object, for a visitor, and for an inactive account.
"""

from decimal import Decimal
from typing import Any

from core import acts as acting
from core.access import Person
from projects.interests.models import Interest
from projects.mandates.models import Delegation, Mandate
from projects.mandates.seats import Seat, seats_of
from projects.matrix.models import Matrix
from projects.project.models import Project
from roles.enums import DELEGABLE_KINDS, Authority, DecisionKind, Nature


def held_seats(user: Person, project: Project | None) -> list[Seat]:
    """Every seat `user` holds on the project, blocked by a declared tie or not."""
    if project is None or not user.is_authenticated or not user.is_active:
        return []
    return [seat for seat in seats_of(user) if seat.project_id == project.pk]


def _seats(user: Person, project: Project | None) -> list[Seat]:
    """The seats that act: those no tie with a bidder blocks (R8)."""
    return [seat for seat in held_seats(user, project) if not seat.is_tied]


def is_owner(user: Person, project: Project | None) -> bool:
    """Whether `user` is the project owner in office (R1)."""
    return any(s.authority == Authority.DECIDES and not s.is_delegated for s in _seats(user, project))


def is_owner_even_tied(user: Person, project: Project | None) -> bool:
    """Whether `user` is the owner in office, also while a tie blocks what they do: they may always step down."""
    return any(s.authority == Authority.DECIDES and not s.is_delegated for s in held_seats(user, project))


def blocking_ties(user: Person, project: Project | None) -> list[Interest]:
    """The ties that block what `user` does on the project until its owner settles them: what a refusal says (R8)."""
    if project is None or not any(seat.is_tied for seat in held_seats(user, project)):
        return []
    mine = Interest.objects.blocking().filter(project=project, person=user.pk)
    return list(mine.select_related("project", "organisation").order_by("pk"))


def signing_seat(user: Person, project: Project | None, kind: str, amount: Decimal | None) -> Seat | None:
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


def holds_decision(user: Person, project: Project | None, kind: str, amount: Decimal | None) -> bool:
    """Whether `user` may sign a decision of this kind and amount (EUR), see `signing_seat`."""
    return signing_seat(user, project, kind, amount) is not None


def advising_role(user: Person, project: Project | None) -> str | None:
    """Code of the adviser role `user` holds on the project, if any."""
    return next((s.role for s in _seats(user, project) if s.authority == Authority.ADVISES), None)


def proposing_role(user: Person, project: Project | None, kind: str = "") -> str | None:
    """Code of the role under which `user` may propose a decision of this `kind`, of any kind without one (R2).

    The letter “proposes” of the project's matrix says who may; whoever decides never proposes.
    """
    may = (s for s in _seats(user, project) if not s.decides and s.kinds_to(Nature.PROPOSE))
    return next((s.role for s in may if not kind or s.may(Nature.PROPOSE, kind)), None)


def kinds_to_propose(user: Person, project: Project | None) -> list[str]:
    """The kinds of decision that `user` may propose on the project."""
    return sorted({k for s in _seats(user, project) if not s.decides for k in s.kinds_to(Nature.PROPOSE)})


def opining_role(user: Person, project: Project | None, kind: str) -> str | None:
    """Code of the role under which `user` may give an opinion on a decision of this `kind`: the letter “advises”."""
    return next((s.role for s in _seats(user, project) if not s.decides and s.may(Nature.ADVISE, kind)), None)


def holds_role(user: Person, project: Project | None, code: str) -> bool:
    """Whether `user` holds the role `code` on the project in person."""
    return any(s.role == code and not s.is_delegated for s in _seats(user, project))


def delivers(user: Person, project: Project | None) -> bool:
    """Whether `user` holds the role that builds (MOE)."""
    return any(s.authority == Authority.DELIVERS and not s.is_delegated for s in _seats(user, project))


def takes_part_in(user: Person, project: Project | None, kind: str, *natures: str) -> bool:
    """Whether `user` holds a role with one of these letters at the activity of `kind`, and does not decide or build."""
    outside = {Authority.DECIDES, Authority.DELIVERS}
    return any(s.may(nature, kind) for s in _seats(user, project) if s.authority not in outside for nature in natures)


def role_held(user: Person, project: Project | None) -> str:
    """Code of the role `user` holds on the project in person, or an empty string."""
    return next((s.role for s in _seats(user, project) if not s.is_delegated), "")


def liaison(user: Person, project: Project) -> tuple[str, str]:
    """Codes of the role under which `user` asks about a requirement, and of the role that is asked.

    Who builds asks who writes the requirements, and the reverse. Either is empty where the project has none.
    """
    kind, outside = DecisionKind.REQUIREMENT_BASELINE, {Authority.DECIDES, Authority.DELIVERS}
    mine = [s for s in _seats(user, project) if not s.is_delegated]
    building = next((s.role for s in mine if s.authority == Authority.DELIVERS), "")
    if building:
        asked = taking_part_in(project, kind, Nature.PROPOSE) or taking_part_in(project, kind, Nature.PRODUCE)
        return building, next((mandate.role.code for mandate in asked), "")
    writing = (s.role for s in mine if s.authority not in outside and _takes_part(s, kind))
    return next(writing, ""), _building_role(project)


def _takes_part(seat: Seat, kind: str) -> bool:
    return seat.may(Nature.PROPOSE, kind) or seat.may(Nature.PRODUCE, kind)


def _building_role(project: Project) -> str:
    """Code of the role that builds: one that is held, else the first of the matrix, which somebody will hold."""
    held = next((mandate.role.code for mandate in providers(project)), "")
    return held or next((role.code for role in project.roles() if role.authority == Authority.DELIVERS), "")


def providers(project: Project) -> list[Mandate]:
    """Holders of the role that builds."""
    return list(_now(project).filter(authority=Authority.DELIVERS))


def taking_part_in(project: Project, kind: str, *natures: str) -> list[Mandate]:
    """Holders of the roles `takes_part_in` speaks of."""
    codes = [
        code for code, letters in _letters(project).items()
        if any(kind in letters.get(nature, []) for nature in natures)
    ]  # fmt: skip
    held = _now(project).filter(role__code__in=codes)
    return list(held.exclude(authority__in=[Authority.DECIDES, Authority.DELIVERS]))


def owners(project: Project) -> list[Mandate]:
    """The owner in office, as a list of none or one."""
    return list(_now(project).deciding())


def advisers(project: Project) -> list[Mandate]:
    """Holders of the adviser roles."""
    return list(_now(project).advising())


def proposers(project: Project, kind: str = "") -> list[Mandate]:
    """Holders of the roles that may propose a decision of this `kind`, of any kind without one."""
    return with_letter(project, Nature.PROPOSE, kind)


def opining(project: Project, kind: str) -> list[Mandate]:
    """Holders of the roles whose opinion on a decision of this `kind` is welcome: the letter “advises”."""
    return with_letter(project, Nature.ADVISE, kind)


def taking_part(project: Project, kind: str, author_role: str = "") -> list[Mandate]:
    """Holders of every role that has a letter at the activity of this `kind`, and of the author's: those a decision is
    told to.
    """
    codes = [code for code, natures in _letters(project).items() if any(kind in kinds for kinds in natures.values())]
    return list(_now(project).filter(role__code__in=[*codes, author_role]))


def with_letter(project: Project, nature: str, kind: str = "") -> list[Mandate]:
    """Holders of the roles, but the deciding one, with this letter at the activity of `kind`, or at any."""
    found = {code: natures.get(nature, []) for code, natures in _letters(project).items()}
    codes = [code for code, kinds in found.items() if (kind in kinds if kind else kinds)]
    return list(_now(project).filter(role__code__in=codes).exclude(authority=Authority.DECIDES))


def _letters(project: Project) -> dict[str, dict[str, list[str]]]:
    """The powers of each role in the matrix in force; none before the roles are applied."""
    number = project.matrix_id
    if number is None:
        return {}
    return acting.cached(("letters", number), lambda: Matrix.objects.values_list("powers", flat=True).get(pk=number))


def holders(project: Project, code: str) -> list[Mandate]:
    """Holders of the role `code`."""
    return list(_now(project).filter(role__code=code))


def role_holders(project: Project) -> list[Mandate]:
    """Everybody who holds a role in person; a delegate signs for an owner and holds none."""
    return list(_now(project))


def everybody(project: Project) -> list[Mandate | Delegation]:
    """Everybody with a seat: the holders of every role, then the delegates."""
    delegations = Delegation.objects.filter(mandate__project=project).active().order_by("pk")
    return [*_now(project), *delegations.select_related("delegate", "mandate__holder", "mandate__role")]


def signatories(project: Project, kind: str, amount: Decimal | None) -> list[Mandate | Delegation]:
    """Who may sign a decision of this kind and amount: the owner, then the delegates within bounds."""
    delegations = Delegation.objects.filter(mandate__project=project).active().covering(kind, amount)
    return [*owners(project), *delegations.select_related("delegate", "mandate__holder", "mandate__role")]


def _now(project: Project) -> Any:
    return project.mandates.active().select_related("holder", "role").order_by("pk")
