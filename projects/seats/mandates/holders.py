"""Queries of mandates and delegations by what they allow on a project: to notify, and to name in refusals."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.acts import act_time, cached
from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate
from roles.enums import Authority, Nature, lettered_kind, list_named_kinds


def providers(project: Project) -> list[Mandate]:
    """List the mandates of the solution provider."""
    return list(_active_mandates(project).filter(authority=Authority.DELIVERS))


def contributors(project: Project, kind: str, *natures: str) -> list[Mandate]:
    """List the mandates that make `predicates.is_contributor` true."""
    lettered = _lettered(project, kind)
    codes = [
        code
        for code, letters in _letters(project).items()
        if any(lettered in letters.get(nature, []) for nature in natures)
    ]
    held = _active_mandates(project).filter(role__code__in=codes)
    return list(held.exclude(authority__in=[Authority.DECIDES, Authority.DELIVERS]))


def owners(project: Project) -> list[Mandate]:
    """List the mandate of the owner in office: none or one."""
    return list(_active_mandates(project).deciding())


def owners_above(project: Project) -> list[Mandate]:
    """List the mandates of the owners of the nodes above, the nearest first."""
    above, found = project.parent, []
    while above:
        found += owners(above)
        above = above.parent
    return found


def advisers(project: Project) -> list[Mandate]:
    """List the mandates of adviser roles."""
    return list(_active_mandates(project).advising())


def proposers(project: Project, kind: str = "") -> list[Mandate]:
    """List the mandates that may propose a decision of `kind`, or of any kind without one."""
    return holders_with_letter(project, Nature.PROPOSE, kind)


def opinion_givers(project: Project, kind: str) -> list[Mandate]:
    """List the mandates of roles with the letter “advises” for `kind`."""
    return holders_with_letter(project, Nature.ADVISE, kind)


def list_asked_roles(project: Project, kind: str, author_role: str) -> list[str]:
    """List the codes of the roles asked for an opinion on `kind`, held or not, without the author's role.

    These are the roles that advise by the matrix in force; one that is not mandatory counts once it has been held.
    """
    lettered = _lettered(project, kind)
    advising = [
        role
        for role in project.roles()
        if role.advises and role.code != author_role and lettered in _letters(project)[role.code].get(Nature.ADVISE, [])
    ]
    optional = [role.code for role in advising if not role.mandatory]
    begun = project.mandates.filter(taken_back=False, period__startswith__lte=act_time())
    held = set(begun.filter(role__code__in=optional).values_list("role__code", flat=True)) if optional else set()
    return sorted(role.code for role in advising if role.mandatory or role.code in held)


def participants(project: Project, kind: str, author_role: str = "") -> list[Mandate]:
    """List the mandates to notify of a decision: roles with any letter for `kind`, and the author's role."""
    lettered = _lettered(project, kind)
    letters = _letters(project).items()
    codes = [code for code, natures in letters if any(lettered in kinds for kinds in natures.values())]
    return list(_active_mandates(project).filter(role__code__in=[*codes, author_role]))


def holders_with_letter(project: Project, nature: str, kind: str = "") -> list[Mandate]:
    """List the mandates, except the owner's, of roles with this letter for `kind`, or for any kind without one."""
    kinds_by_role = {code: natures.get(nature, []) for code, natures in _letters(project).items()}
    lettered = _lettered(project, kind)
    codes = [code for code, kinds in kinds_by_role.items() if (lettered in kinds if kind else kinds)]
    return list(_active_mandates(project).filter(role__code__in=codes).exclude(authority=Authority.DECIDES))


def _letters(project: Project) -> dict[str, dict[str, list[str]]]:
    """Return the powers of each role in the matrix in force, cached for the request; empty without a matrix."""
    number = project.matrix_id
    if number is None:
        return {}
    return cached(("letters", number), lambda: project.matrices.values_list("powers", flat=True).get(pk=number))


def _lettered(project: Project, kind: str) -> str:
    """Return the kind whose letters count for `kind` on the project."""
    return lettered_kind(kind, list_named_kinds(_letters(project)))


def keep_letters(project: Project, powers: dict[str, dict[str, list[str]]] | None) -> None:
    """Keep the powers of the matrix in force, which were read with the project, for the rest of the act."""
    if project.matrix_id is not None:
        cached(("letters", project.matrix_id), lambda: powers)


def holders(project: Project, code: str) -> list[Mandate]:
    """List the mandates of the role `code`."""
    return list(_active_mandates(project).filter(role__code=code))


def lead_of(mandates: Iterable[Mandate]) -> Mandate | None:
    """Return the lead of a role that several hold: whoever has held it the longest. None for fewer than two."""
    held = list(mandates)
    return min(held, key=lambda mandate: (mandate.starts_at, mandate.pk)) if len(held) > 1 else None


def role_holders(project: Project) -> list[Mandate]:
    """List all mandates in force, without delegations."""
    return list(_active_mandates(project))


def seat_holders(project: Project) -> list[Mandate | Delegation]:
    """List all mandates in force, then all delegations in force."""
    delegations = Delegation.objects.filter(mandate__project=project).active().order_by("pk")
    return [*_active_mandates(project), *delegations.select_related("delegate", "mandate__holder", "mandate__role")]


def signatories(project: Project, kind: str, amount: Decimal | None) -> list[Mandate | Delegation]:
    """List the seats that may sign a decision of this kind and amount (EUR): the owner, then delegations."""
    delegations = Delegation.objects.filter(mandate__project=project).active().covering(kind, amount)
    return [*owners(project), *delegations.select_related("delegate", "mandate__holder", "mandate__role")]


def _active_mandates(project: Project) -> Any:
    return project.mandates.active().select_related("holder", "role").order_by("pk")
