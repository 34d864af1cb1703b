"""Mandates and delegations by what they allow on a project: whom to tell, and whom a refusal names."""

from decimal import Decimal
from typing import Any

from core import acts as acting
from projects.mandates.models import Delegation, Mandate
from projects.project.models import Project
from roles.enums import Authority, Nature


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
    return acting.cached(("letters", number), lambda: project.matrices.values_list("powers", flat=True).get(pk=number))


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
