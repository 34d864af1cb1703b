"""A register that was kept elsewhere: the status of its risks, who holds them, and the words of its grades."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.access import Text, can
from core.acts import cached
from core.tables.columns import fold
from pmo.registers.risks.enums import FOLLOWS, Grades, Response, RiskStatus
from pmo.registers.risks.filters import STILL_OPEN
from pmo.registers.risks.models import Risk, RiskScale
from pmo.registers.risks.services import create_review
from projects.models import Mandate, Project
from roles.models import User

TITLE_IS_EVENT = _("The title is used as the event.")
FIRST_WORDS = _("The first words of the event are used as the title.")
ACTION_KEPT = _("An action needs a due date and a responsible role: this one is kept as a line of the event.")
ACTION_KEPT_OUT = _("An action needs a due date and a responsible role: this one is not added.")
OWNER_ACCEPTS = _("Only a decision of the owner accepts an amber or red risk: it is assessed.")
NEEDS_TREATMENT = _("A treated risk needs its treatment: it is assessed.")
NEEDS_ISSUE = _("A risk that has happened becomes an issue on its page: it is assessed.")
#: Words that say the same as those of the usual scales, by the folded word of the grade.
SAME = {
    "faible": "low|basse|bas",
    "moyen": "moyenne|medium|modere|moderee|moyennement probable",
    "eleve": "elevee|fort|forte|high|important|importante",
    "tres eleve": "tres elevee|tres fort|tres forte|very high|tres important|tres importante",
    "tres faible": "tres basse|very low|minime",
}


def list_holder_words(project: Project) -> dict[str, str]:
    """Return the role of each person who holds one alone today, by their name in either order, folded."""
    now = timezone.now()
    held = Mandate.objects.filter(project=project, period__contains=now, taken_back=False).select_related(
        "holder", "role"
    )
    found: dict[str, set[str]] = {}
    for mandate in held.order_by("pk"):
        words = fold(mandate.holder.name).split()
        for turn in range(len(words)):
            found.setdefault(" ".join(words[turn:] + words[:turn]), set()).add(mandate.role.code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def list_grade_words(grades: Grades) -> dict[str, dict[str, str]]:
    """Return further words of the grades of a scale: the feminine and the usual synonyms, for each rating."""
    found: dict[str, dict[str, str]] = {}
    for name in ("likelihood", "impact"):
        words = getattr(grades, f"{name}_fr")
        found[name] = {
            other: str(number)
            for number, word in enumerate(words, start=1)
            for other in SAME.get(fold(word), "").split("|")
            if other
        }
    return found


def find_status(actor: User, risk: Risk, status: str, fields: Mapping[str, Any]) -> tuple[str, Text | None]:
    """Return the status that an import gives a risk with these fields, "" to leave it, and what is to be said."""
    is_new = risk._state.adding
    if status in {STILL_OPEN, RiskStatus.PROPOSED}:
        may_assess = is_new and can(actor, "pmo.assess_risk", risk.project)
        return (RiskStatus.ASSESSED if may_assess or not risk.is_open else ""), None
    if status == RiskStatus.MATERIALISED:
        return RiskStatus.ASSESSED, NEEDS_ISSUE
    if status == RiskStatus.TREATED and not (fields.get("response") or risk.response):
        return RiskStatus.ASSESSED, NEEDS_TREATMENT
    if status == RiskStatus.ACCEPTED and _needs_owner(risk, fields):
        return RiskStatus.ASSESSED, OWNER_ACCEPTS
    return status, None


def _needs_owner(risk: Risk, fields: Mapping[str, Any]) -> bool:
    """Return whether only the owner may accept the risk with the ratings of these fields."""
    names = ("likelihood", "impact", "residual_likelihood", "residual_impact", "opportunity")
    scale = cached((RiskScale, risk.project_id), lambda: RiskScale.objects.in_force_for(risk.project))
    rated = Risk(project=risk.project, scale=scale)
    for name in names:
        setattr(rated, name, fields.get(name, getattr(risk, name)))
    return rated.needs_owner


def can_become(risk: Risk, status: str) -> bool:
    """Return whether an import may give an existing risk this status."""
    if status in {RiskStatus.TREATED, RiskStatus.ASSESSED}:
        return RiskStatus(status) in FOLLOWS[RiskStatus(risk.status)]
    return bool(_list_path(risk, RiskStatus(status)))


def _list_path(risk: Risk, status: RiskStatus) -> list[RiskStatus]:
    """List the steps that lead a risk to a status, the shortest way."""
    after = FOLLOWS[RiskStatus(risk.status)]
    if status in after:
        return [status]
    middle = RiskStatus.ASSESSED
    return [middle, status] if middle in after and status in FOLLOWS[middle] else []


def write_status(actor: User, risk: Risk, status: str) -> None:
    """Lead a risk to a status step by step, inside an act; the reason is recorded as a review."""
    target = RiskStatus(status)
    for step in _list_path(risk, target):
        if step == RiskStatus.ACCEPTED:
            risk.response = Response.ACCEPT
        risk.status, risk.acceptance = step, None
        risk.save()
    if target not in {RiskStatus.ASSESSED, RiskStatus.TREATED}:
        with override(risk.project.language):
            create_review(risk, actor, gettext("Status of the register that was imported."))
